"""Readers: equations 6 and 7 of SimuLine by hand and over many draws."""

import asyncio
from typing import Any

import numpy as np
import pytest
from scipy.stats import chisquare

from townsquare.agents.minds.reader import Reader
from townsquare.protocols import Actions, Observations, Streams


def seen(items: Any, match: Any, quality: Any, limit: int = 2, tick: int = 1, **traits: Any) -> Observations:
    items = np.array(items)
    n = len(items)
    agents = traits.pop("agents", np.arange(n))
    keys = traits.pop("keys", np.maximum(items, 0).astype(np.uint64))
    given = {"concentration": 0.5, "threshold": 0.3, "quality_weight": 0.5} | traits
    shape = items.shape
    return Observations(
        tick, "users", "read", np.asarray(agents), limit, items,
        {name: np.broadcast_to(np.asarray(value, float), n) for name, value in given.items()},
        {name: np.broadcast_to(np.asarray(x, float), shape) for name, x in (("match", match), ("quality", quality))},
        keys,
    )  # fmt: skip


def decide(what: Observations, seed: int = 0) -> Actions:
    return asyncio.run(Reader(Reader.Config(), Streams(seed)).decide(what))


def clicks(actions: Actions) -> Actions:
    return Actions(
        *(c[actions.kind == 0] for c in (actions.agent, actions.kind, actions.item, actions.value, actions.vector))
    )


def likes(actions: Actions) -> set[tuple[int, int]]:
    here = actions.kind == 1
    return set(zip(actions.agent[here].tolist(), actions.item[here].tolist(), strict=True))


def test_equation_7_by_hand() -> None:
    """Utility = w q + (1 - w) m: .25*.8 + .75*.2 = .35, .25*0 + .75*.4 = .3, .25*.4 + .75*(-.2) = -.05."""
    actions = decide(seen([[7, 8, 9]], [[0.2, 0.4, -0.2]], [[0.8, 0.0, 0.4]], limit=3, quality_weight=0.25))
    made = clicks(actions)
    value = dict(zip(made.item.tolist(), made.value.tolist(), strict=True))
    assert value == pytest.approx({7: 0.35, 8: 0.3, 9: -0.05})
    assert likes(actions) == {(0, 7)}  # 0.3 is not more than the threshold of 0.3


@pytest.mark.parametrize(("threshold", "liked"), [(0.349, {(0, 7)}), (0.351, set())])
def test_a_like_takes_more_than_the_threshold(threshold: float, liked: set[tuple[int, int]]) -> None:
    assert likes(decide(seen([[7]], 0.2, 0.8, quality_weight=0.25, threshold=threshold))) == liked


def test_equation_6_clicks_in_proportion_to_exp_of_concentration_times_match() -> None:
    """First of three with concentration .8 and matches 1, 0, -1: e^.8, 1, e^-.8 over their sum."""
    n = 20_000
    what = seen(np.tile([3, 4, 5], (n, 1)), np.tile([1.0, 0.0, -1.0], (n, 1)), 0.0, limit=2, concentration=0.8)
    made = clicks(decide(what))
    weights = np.exp([0.8, 0.0, -0.8])
    first, second = made.item[::2], made.item[1::2]
    assert chisquare(np.bincount(first - 3), n * weights / weights.sum()).pvalue > 0.001
    after_3 = np.bincount(second[first == 3] - 3, minlength=3)
    assert after_3[0] == 0  # without replacement
    assert chisquare(after_3[1:], after_3.sum() * weights[1:] / weights[1:].sum()).pvalue > 0.001


def test_without_concentration_every_place_is_as_good() -> None:
    n = 10_000
    what = seen(np.tile([3, 4, 5, 6], (n, 1)), np.tile([1.0, 0.5, 0, -1], (n, 1)), 0.0, limit=1, concentration=1e-8)
    assert chisquare(np.bincount(clicks(decide(what)).item - 3)).pvalue > 0.001


def test_clicks_are_different_shown_and_within_the_limit() -> None:
    items = np.array([[4, 9, 2, -1, -1], [-1] * 5, [8, -1, -1, -1, -1], [1, 2, 3, 4, 5]])
    made = clicks(decide(seen(items, 0.5, 0.5, limit=3)))
    for agent, wanted in enumerate((3, 0, 1, 3)):
        own = made.item[made.agent == agent].tolist()
        assert len(own) == len(set(own)) == wanted
        assert set(own) <= set(items[agent]) - {-1}


def test_a_limit_beyond_the_list_is_no_error() -> None:
    assert len(clicks(decide(seen([[1, 2]], 0.5, 0.5, limit=9)))) == 2
    assert len(decide(seen(np.zeros((2, 0), int), 0.5, 0.5, limit=9))) == 0


def test_article_zero_is_clicked_and_liked() -> None:
    actions = decide(seen([[0]], 1.0, 1.0, limit=1))
    assert actions.item.tolist() == [0, 0]
    assert likes(actions) == {(0, 0)}


def test_luck_hangs_on_reader_story_and_tick_and_on_nothing_else() -> None:
    """With one place to click, whom a reader prefers of two stories does not depend on place, ids or neighbours."""
    keys = np.array([[11, 22]], np.uint64)
    for agent in range(30):
        one = decide(seen([[5, 6]], 0.5, 0.0, limit=1, agents=[agent], keys=keys)).item[0] - 5
        # the other way round, under other ids, beside another reader
        other = seen(
            [[1, 2], [41, 40]], 0.5, 0.0, limit=1, agents=[99, agent], keys=np.array([[7, 8], [22, 11]], np.uint64)
        )
        assert decide(other).item[1] - 40 == one
    firsts = [
        tuple(clicks(decide(seen(np.tile([5, 6], (40, 1)), 0.5, 0.0, 1, tick=t))).item.tolist()) for t in range(3)
    ]
    assert len(set(firsts)) == 3


def test_breaking_news_leaves_all_other_luck_alone() -> None:
    """A third story with no pull changes only the choices that fall on it."""
    n = 2000
    two = seen(np.tile([5, 6], (n, 1)), 0.5, 0.0, 1, keys=np.tile(np.array([11, 22], np.uint64), (n, 1)))
    three = seen(np.tile([5, 7, 9], (n, 1)), 0.5, 0.0, 1, keys=np.tile(np.array([11, 33, 22], np.uint64), (n, 1)))
    before, after = decide(two).item, decide(three).item
    same = after != 7
    assert 0.5 < same.mean() < 0.8
    assert (np.where(before == 5, 5, 9)[same] == after[same]).all()
