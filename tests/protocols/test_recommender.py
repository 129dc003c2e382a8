"""The half of a recommender that most share: from scores to slates."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from townsquare.protocols import (
    Catalogue,
    ContractError,
    Events,
    InputError,
    IntArray,
    Interactions,
    Recommender,
    Scorer,
    Settings,
    Stateful,
    Streams,
)
from townsquare.protocols.recommender import allowed_after, answerable, sealed_columns


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


class Odd(Sum):
    """Gives what it was told to."""

    def __init__(self, scores: object = None, known: object = None) -> None:
        super().__init__(Settings(), Streams(0))
        self.scores, self.known = scores, known

    def score(self, agents: IntArray, items: IntArray, *, tick: int) -> np.ndarray:
        return super().score(agents, items, tick=tick) if self.scores is None else self.scores

    def knows(self, agents: IntArray, items: IntArray) -> tuple[np.ndarray, np.ndarray]:
        return super().knows(agents, items) if self.known is None else (self.known, items > 0)


@pytest.mark.parametrize("scores", [np.zeros((3, 2)), np.zeros(3), np.zeros((1, 3)), np.full((2, 3), "x")])
def test_scores_of_another_shape_or_kind_name_the_plug_in(scores: np.ndarray) -> None:
    with pytest.raises(ContractError, match=r"recommender .*\.Odd: score gave .* not numbers of shape \(2, 3\)\.$"):
        Odd(scores).recommend(np.array([0, 1]), 2, tick=0, candidates=CANDIDATES)


@pytest.mark.parametrize("known", [np.ones(2, int), np.ones(3, bool), None])
def test_who_is_known_is_said_in_booleans(known: object) -> None:
    if known is None:
        Odd().recommend(np.array([0, 1]), 2, tick=0, candidates=CANDIDATES)
        return
    with pytest.raises(ContractError, match=r"\.Odd: knows gave .* not booleans of shape \(2,\)\.$"):
        Odd(known=known).recommend(np.array([0, 1]), 2, tick=0, candidates=CANDIDATES)


def test_what_a_plug_in_raises_names_it_and_what_we_raise_stays() -> None:
    with (
        pytest.raises(ContractError, match=r"^mind .*\.Sum failed in decide at tick 3: ValueError: two lines\.$"),
        answerable("mind", MADE, "decide", 3),
    ):
        raise ValueError("two\n lines.")
    for ours in (InputError("too many items."), MemoryError()):
        with pytest.raises(type(ours)), answerable("recommender", MADE, "fit", 0):
            raise ours


def test_sealed_columns_are_the_same_and_cannot_be_written() -> None:
    likes = Interactions(np.zeros(2, int), np.arange(2), np.ones(2), np.zeros(2, int), 1, 2)
    lent = sealed_columns(likes)
    with pytest.raises(ValueError, match="read-only"):
        lent.items[0] = 5
    likes.items[0] = 1
    assert lent.items.tolist() == [1, 1]
    assert lent.n_items == 2
    assert sealed_columns(Catalogue.bare(2)).vectors is None
