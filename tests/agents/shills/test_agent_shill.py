"""The reconstruction of agents that shill, decided by rule."""

import asyncio
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.agents.shills.goods import STARS, M, N, crafted, known, shop, titles
from tests.datafiles import data_file
from townsquare.agents.reviewers.behavioural import with_reviews
from townsquare.agents.reviewers.words import names
from townsquare.agents.shills.agent_shill import AgentShill
from townsquare.agents.shills.pages import Pages
from townsquare.protocols import Attack, Campaign, Catalogue, InputError, Knowledge, Streams, make
from townsquare.protocols.attack import ROLE
from townsquare.sim.data import ratings
from townsquare.sim.measures.stealth import rating_distances, text_duplication
from townsquare.sim.recommenders.reviews import Reviews
from townsquare.testing import AttackContract

LOG, CATALOGUE = shop()
KNOWN = known(LOG, CATALOGUE)
TARGETS = [5, 33, 51, 78, 90]


class TestPromises(AttackContract):
    name = "agent-shill"


def test_it_is_registered_and_black() -> None:
    made = make("attack", "agent-shill", {"memory": False}, Streams(0))
    assert isinstance(made, AgentShill)
    assert isinstance(made, Attack)
    assert made.level == "black"
    assert not made.config.memory


@pytest.mark.parametrize(("intent", "rating"), [("push", 5.0), ("nuke", 1.0)])
def test_profiles_have_the_size_of_the_baselines(intent: str, rating: float) -> None:
    made = crafted(KNOWN, [5, 33], accounts=7, fillers=12, intent=intent)
    assert np.bincount(made.profile).tolist() == [14] * 7
    assert np.all(np.diff(made.profile) >= 0)
    target = made.role == ROLE["target"]
    assert np.array_equal(target, np.isin(made.items, [5, 33]))
    assert set(made.values[target]) == {rating}
    assert np.isin(made.values, np.arange(1, 6)).all()
    for account in range(7):
        mine = made.profile == account
        assert len(set(made.items[mine])) == 14
        assert set(np.flatnonzero(target[mine])) <= set(range(4, 10))  # the middle third of 14
    assert made.texts is not None
    assert all(made.texts)


def test_the_same_streams_give_the_same_profiles() -> None:
    one, two, other = (crafted(KNOWN, [5], seed=seed) for seed in (3, 3, 4))
    for name in ("profile", "items", "values", "role", "texts"):
        assert np.array_equal(getattr(one, name), getattr(two, name))
    assert not np.array_equal(one.items, other.items)
    assert not np.array_equal(one.texts, other.texts)


def test_accounts_are_different_people_and_one_more_changes_none() -> None:
    made, more = crafted(KNOWN, [5], accounts=6), crafted(KNOWN, [5], accounts=7)
    assert len({tuple(sorted(made.items[made.profile == account])) for account in range(6)}) == 6
    assert np.array_equal(more.items[more.profile < 6], made.items)
    assert np.array_equal(more.texts[more.profile < 6], made.texts)  # type: ignore[index]


def test_ratings_lie_about_what_the_shop_prints() -> None:
    """Printed mean + (match - 1/2) + N(0, .7): within a star, to the better side, for choices suit the profile."""
    made = crafted(KNOWN, [5], accounts=40)
    filler = made.role == ROLE["filler"]
    off = made.values[filler] - KNOWN.means[made.items[filler]]
    assert 0.0 < off.mean() < 0.5
    assert 0.5 < off.std() < 1.1
    exact = crafted(KNOWN, [5], accounts=40, spread=0.0, profile=False)
    filler = exact.role == ROLE["filler"]
    assert np.array_equal(exact.values[filler], STARS.nearest(KNOWN.means[exact.items[filler]]))


def test_reviews_carry_features_of_the_target_and_never_its_title() -> None:
    pages = Pages(KNOWN, Streams(0))
    for target in TARGETS:
        made = crafted(KNOWN, [target])
        assert made.texts is not None
        features = pages.features(target)
        others = made.texts[made.role == ROLE["filler"]]
        carried = [sum(word in text.lower() for word in features) for text in others]
        assert min(carried) >= 2
        assert not any(names(text, titles()[target]) for text in made.texts)


def test_reviews_are_not_copies_of_one_another() -> None:
    made = crafted(KNOWN, [5], accounts=20)
    assert made.texts is not None
    assert text_duplication(made.texts.tolist()) < 0.1


def test_without_the_review_attack_reviews_are_ordinary_and_ratings_the_same() -> None:
    made, plain = crafted(KNOWN, [5]), crafted(KNOWN, [5], review_attack=False)
    assert np.array_equal(made.items, plain.items)
    assert np.array_equal(made.values, plain.values)
    assert made.texts is not None
    assert plain.texts is not None
    features = Pages(KNOWN, Streams(0)).features(5)
    filler = plain.role == ROLE["filler"]
    carried = [sum(word in text.lower() for word in features) for text in plain.texts[filler]]
    assert np.mean(carried) < 1.0
    assert np.array_equal(made.texts[~filler], plain.texts[~filler])


def test_without_a_profile_what_is_rated_suits_the_target_less() -> None:
    """Three of ten candidates are near the target still."""
    near = Pages(KNOWN, Streams(0))
    with_one, without = (crafted(KNOWN, [5], accounts=20, profile=profile) for profile in (True, False))
    alike = [near.near(near.vectors[5])[made.items[made.role == ROLE["filler"]]].mean() for made in (with_one, without)]
    assert alike[0] > 1.2 * alike[1]


def test_without_memory_nothing_is_compared_and_other_things_are_chosen() -> None:
    with_one, without = (crafted(KNOWN, [5], accounts=10, memory=memory) for memory in (True, False))
    assert with_one.texts is not None
    assert without.texts is not None
    compares = ("the one I had", "one from before", "one I had", "a step up from", "about level with")
    assert sum(any(words in text.lower() for words in compares) for text in with_one.texts) > 20
    assert not any(any(words in text.lower() for words in compares) for text in without.texts)
    assert not np.array_equal(with_one.items, without.items)
    first = with_one.profile == 0
    assert with_one.items[first][0] == without.items[first][0]  # there is nothing to remember yet


def test_words_woven_in_move_a_recommender_that_reads_and_less_so_without_them() -> None:
    """The mean place of the target among all items, by words alone, for those who have not rated it."""
    for target in TARGETS:
        people = np.setdiff1d(np.arange(N), LOG.users[LOG.items == target])
        places = [_place(target, people)]
        for review_attack in (False, True):
            made = crafted(KNOWN, [target], accounts=12, fillers=20, review_attack=review_attack)
            places.append(_place(target, people, made.joining(LOG, 0)))
        clean, ordinary, woven = places
        assert woven < 0.7 * ordinary
        assert woven < clean


def _place(target: int, people: np.ndarray, log: object = LOG) -> float:  # type: ignore[type-arg]
    model = Reviews(Reviews.Config(text=1.0, mf={"epochs": 1}), Streams(0))  # type: ignore[arg-type]
    model.fit(log, CATALOGUE)  # type: ignore[arg-type]
    scores = model.score(people, np.arange(M), tick=0)
    return float((scores > scores[:, [target]]).sum(axis=1).mean())


def test_only_what_is_public_is_read() -> None:
    """Whoever wrote the ratings may change, and nothing else does."""
    shuffled = replace(LOG, users=Streams(1).get("shuffle").permutation(LOG.users))
    one, two = crafted(KNOWN, [5]), crafted(known(shuffled, CATALOGUE), [5])
    assert np.array_equal(one.items, two.items)
    assert np.array_equal(one.texts, two.texts)


def test_a_shop_that_says_nothing() -> None:
    log, _ = shop(reviews=False)
    bare = known(log, Catalogue.bare(M), titles=None, category_names=())
    made = crafted(bare, [5])
    assert made.texts is not None
    assert all(made.texts)
    assert len(set(made.items)) > 40  # nothing is near anything, so it is not the same few


def test_nobody_nothing_and_too_much() -> None:
    assert len(crafted(KNOWN, [5], accounts=0)) == 0
    alone = crafted(KNOWN, [5, 33], accounts=2, fillers=0)
    assert sorted(alone.items[:2]) == [5, 33]
    everything = crafted(KNOWN, [5], accounts=1, fillers=M - 1)
    assert sorted(everything.items) == list(range(M))
    with pytest.raises(InputError, match=f"{M} fillers are more than the {M - 1} items that are no targets"):
        crafted(KNOWN, [5], fillers=M)


def test_its_page_tells_of_every_setting_and_its_python_runs(capsys: pytest.CaptureFixture[str]) -> None:
    page = (Path(__file__).parents[3] / "docs" / "agent-shill.md").read_text("utf-8")
    assert all(f"`{name}`" in page for name in AgentShill.Config.model_fields)
    (code,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    exec(code, {})
    assert capsys.readouterr().out.startswith("39 ")


@pytest.mark.slow
@pytest.mark.parametrize("reviewed", [True, False])
def test_on_movielens_ratings_are_nearer_to_genuine_ones_than_those_of_random_and_average(reviewed: bool) -> None:
    """Jensen-Shannon of the ratings that items get, for 50 accounts with 36 fillers, on each of five targets."""
    data = ratings.load(data_file("ml-100k/u.data").parent)
    log = data.log
    if reviewed:
        log = with_reviews(log, data.titles, data.catalogue.categories, Streams(0), category_names=data.category_names)
    number = {name: item for item, name in enumerate(data.item_ids)}
    for target in (number[str(1 + row)] for row in (62, 1077, 785, 1419, 1257)):
        apart = []
        for attack in (make("attack", name, {}, Streams(1)) for name in ("agent-shill", "average", "random")):
            knows = Knowledge(
                log,
                data.catalogue,
                attack.level,
                0.1,
                Streams(1).get("sample"),
                titles=data.titles,
                category_names=data.category_names,
            )
            made = asyncio.run(attack.craft(knows, Campaign(np.array([target]), 50, 36)))
            fake, genuine = (made.items, made.values), (log.items, log.values)
            assert log.scale is not None
            apart.append(rating_distances(fake, genuine, log.n_items, log.scale)["js"])
            if made.texts is not None:
                assert data.titles is not None
                assert not any(names(text, data.titles[target]) for text in made.texts)
        assert apart[0] < 0.95 * min(apart[1:])
