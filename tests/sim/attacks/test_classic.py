"""What holds of all attacks by formula."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.sim.attacks.shops import STARS, against, movies, put_to_work, role
from townsquare.protocols import Campaign, InputError, Interactions
from townsquare.protocols.attack import ROLE
from townsquare.sim.measures.stealth import rating_distances
from townsquare.testing.attack_contract import little_shop

BOTH = ("random", "average", "bandwagon", "segment", "copy", "aop")
ABLE = [*((name, intent) for name in BOTH for intent in ("push", "nuke"))]
ABLE += [("popular", "push"), ("love-hate", "nuke"), ("reverse-bandwagon", "nuke")]
SELECTED = {"bandwagon": 1, "segment": 3, "reverse-bandwagon": 3}


@pytest.mark.parametrize(("name", "intent"), ABLE)
def test_counts_on_movielens(name, intent):
    log = movies()
    made, _ = put_to_work(name, log, against(61, 50, 36, intent))
    assert (np.bincount(made.profile) == 1 + 36 + SELECTED.get(name, 0)).all()
    assert (np.bincount(made.profile[made.role == ROLE["filler"]]) == 36).all()
    assert len(np.unique(made.profile * log.n_items + made.items)) == len(made)
    assert np.isin(made.values, [1, 2, 3, 4, 5]).all()
    assert (role(made, "target")[1] == (5 if intent == "push" else 1)).all()
    again, _ = put_to_work(name, log, against(61, 50, 36, intent))
    assert all(np.array_equal(getattr(made, c), getattr(again, c)) for c in ("profile", "items", "values", "role"))


@pytest.mark.parametrize("name", BOTH)
def test_a_larger_campaign_goes_on_from_a_smaller_one(name):
    log = little_shop()[0]
    own = {"share": 1.0} if name == "aop" else {}
    few, _ = put_to_work(name, log, against(3, 2, 8), **own)
    many, _ = put_to_work(name, log, against(3, 5, 8), **own)
    assert np.array_equal(few.items, many.items[: len(few)])
    assert np.array_equal(few.values, many.values[: len(few)])


def test_fillers_are_uniform_and_differ_between_profiles():
    made, _ = put_to_work("random", little_shop()[0], against(3, 2000, 8))
    counts = np.bincount(role(made, "filler")[0], minlength=40)
    assert counts[3] == 0
    assert np.abs(np.delete(counts, 3) - 2000 * 8 / 39).max() < 4 * np.sqrt(2000 * 8 / 39)


def test_targets_stand_anywhere_in_a_profile():
    made, _ = put_to_work("random", little_shop()[0], against(3, 200, 3))
    assert set(np.flatnonzero(made.role == ROLE["target"]) % 4) == {0, 1, 2, 3}


@pytest.mark.parametrize(
    ("name", "intent"), [("popular", "nuke"), ("love-hate", "push"), ("reverse-bandwagon", "push")]
)
def test_what_an_attack_cannot_do_names_who_can(name, intent):
    with pytest.raises(InputError, match=f"'{name}' can only .* a target; to {intent} one, use one of ") as caught:
        put_to_work(name, little_shop()[0], against(3, 2, 3, intent))
    named = str(caught.value).removesuffix(".").split("use one of ")[1].split(", ")
    assert sorted(named) == sorted(one for one, can in ABLE if can == intent)


@pytest.mark.parametrize(("name", "intent"), ABLE)
def test_nobody_changes_nothing(name, intent):
    log = little_shop()[0]
    made, _ = put_to_work(name, log, against(3, 0, 8, intent))
    assert made.joining(log, 9) is log


@settings(max_examples=40)
@given(
    st.sampled_from(ABLE),
    st.integers(1, 5),
    st.integers(0, 12),
    st.lists(st.integers(0, 19), min_size=1, max_size=3, unique=True),
    st.integers(0, 99),
)
def test_any_small_shop(able, profiles, n_fillers, targets, seed):
    """``put_to_work`` has all that ``crafted`` checks: no overlap, ratings on the scale, every target."""
    rng = np.random.default_rng(seed)
    pairs = np.unique(rng.integers(0, 12 * 40, int(rng.integers(20, 120))))
    values = STARS.nearest(rng.normal(3, 1.5, len(pairs)))
    log = Interactions(pairs // 40, pairs % 40, values, np.zeros(len(pairs)), 12, 40, STARS)
    own = {"aop": {"share": 1.0}, "reverse-bandwagon": {"raters": 1}}.get(able[0], {})
    campaign = Campaign(np.array(targets), profiles, n_fillers, able[1])
    made, _ = put_to_work(able[0], log, campaign, seed, **own)
    assert (np.bincount(made.profile) == len(targets) + SELECTED.get(able[0], 0) + n_fillers).all()
    assert (np.bincount(made.profile[made.role == ROLE["filler"]], minlength=profiles) == n_fillers).all()


def test_distances_from_genuine_ratings_are_ordered_as_measured_before():
    """Of 50 profiles of 36 fillers: a copy is nearest, then the average attack, random, and a segment is farthest."""
    log = movies()

    def distance(name):
        made, _ = put_to_work(name, log, against(61, 50))
        return rating_distances((made.items, made.values), (log.items, log.values), log.n_items, STARS)

    found = {name: distance(name) for name in ("copy", "average", "random", "segment")}
    for kind in ("tvd", "js"):
        order = [found[name][kind] for name in ("copy", "average", "random", "segment")]
        assert order == sorted(order)
    assert found["random"]["tvd"] == pytest.approx(0.694, abs=0.03)
    assert found["average"]["tvd"] == pytest.approx(0.596, abs=0.03)
