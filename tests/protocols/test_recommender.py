"""The half of a recommender that most share: from scores to slates."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from townsquare.protocols import (
    Catalogue,
    Events,
    IntArray,
    Interactions,
    Recommender,
    Scorer,
    Settings,
    Stateful,
    Streams,
)
from townsquare.protocols.recommender import allowed_after


class Sum(Scorer):
    """Agent 0 likes large ids, agent 1 small ones; agent 2 and odd items are unknown."""

    def fit(self, interactions: Interactions, catalogue: Catalogue) -> None:
        pass

    def score(self, agents: IntArray, items: IntArray, *, tick: int) -> np.ndarray:
        return np.where(agents[:, None] == 0, 1.0, -1.0) * items[None, :]

    def knows(self, agents: IntArray, items: IntArray) -> tuple[np.ndarray, np.ndarray]:
        return agents != 2, items % 2 == 0


MADE = Sum(Settings(), Streams(0))
CANDIDATES = np.array([2, 3, 4, 6, 9])


def test_best_known_candidates_in_the_order_asked() -> None:
    slates = MADE.recommend(np.array([1, 2, 0]), 2, tick=0, candidates=CANDIDATES)
    assert slates.items.tolist() == [[2, 4], [-1, -1], [6, 4]]
    assert slates.scores.tolist() == [[-2, -4], [-np.inf, -np.inf], [6, 4]]


def test_excluded_items_are_left_out_for_the_right_agent() -> None:
    exclude = np.array([[6, -1, 77], [2, 6, 4], [-1, -1, -1]])
    slates = MADE.recommend(np.array([0, 1, 0]), 3, tick=0, candidates=CANDIDATES, exclude=exclude)
    assert slates.items.tolist() == [[4, 2, -1], [-1, -1, -1], [6, 4, 2]]


def test_nobody_known_or_nothing_known_is_an_empty_slate() -> None:
    for agents, candidates in (
        (np.array([2, 2]), CANDIDATES),
        (np.array([0, 1]), np.array([3, 9])),
        (np.array([0, 1]), CANDIDATES[:0]),
    ):
        assert (MADE.recommend(agents, 3, tick=0, candidates=candidates).items == np.full((2, 3), -1)).all()
    assert MADE.recommend(np.zeros(0, int), 3, tick=0, candidates=CANDIDATES).items.shape == (0, 3)
    assert MADE.recommend(np.array([0]), 0, tick=0, candidates=CANDIDATES).items.shape == (1, 0)


def test_the_contracts_are_recognised() -> None:
    assert isinstance(MADE, Recommender)
    assert not isinstance(MADE, Stateful)
    assert MADE.update(Events.concat([])) is None
    bare = Scorer(Settings(), Streams(0))
    with pytest.raises(NotImplementedError):
        bare.score(np.array([0]), CANDIDATES, tick=0)
    agents, items = bare.knows(np.array([4, 5]), CANDIDATES)
    assert agents.all() and items.all() and (len(agents), len(items)) == (2, 5)  # noqa: PT018


SORTED = st.lists(st.integers(0, 12), unique=True, max_size=8).map(lambda ids: np.array(sorted(ids), np.int64))


@given(
    SORTED,
    st.tuples(st.integers(0, 3), st.integers(0, 5)).flatmap(
        lambda s: arrays(np.int64, s, elements=st.integers(-1, 14))
    ),
)
def test_allowed_after_is_membership(items: np.ndarray, exclude: np.ndarray) -> None:
    allowed = allowed_after(exclude, items)
    assert allowed.shape == (len(exclude), len(items))
    for i, row in enumerate(exclude.tolist()):
        assert allowed[i].tolist() == [item not in row for item in items.tolist()]
