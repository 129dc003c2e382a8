"""``top_k``: ties, holes, and nothing decided by the last bit."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from townsquare.protocols import Streams, top_k

LEVELS = st.sampled_from([-np.inf, np.nan, np.inf, -2.5, -1.0, 0.0, 0.25, 0.5, 0.500001, 1.0, 7.0])
TABLES = st.tuples(st.integers(1, 4), st.integers(0, 9)).flatmap(
    lambda shape: arrays(np.float64, shape, elements=LEVELS)
)


def by_hand(row: list[float], ids: list[int], k: int, allowed: list[bool]) -> list[int]:
    """A plain stable sort of what may be chosen."""
    columns = [c for c in range(len(row)) if allowed[c] and np.isfinite(row[c])]
    best = sorted(columns, key=lambda c: -round(row[c], 6))[:k]
    return [ids[c] for c in best] + [-1] * (k - len(best))


@given(TABLES, st.integers(0, 12), st.data())
def test_agrees_with_a_plain_sort(scores: np.ndarray, k: int, data: st.DataObject) -> None:
    items = np.arange(scores.shape[1]) * 10 + 3
    allowed = data.draw(arrays(bool, scores.shape))
    slates = top_k(scores, items, k, allowed)
    assert slates.items.shape == slates.scores.shape == (len(scores), k)
    for i in range(len(scores)):
        assert slates.items[i].tolist() == by_hand(scores[i].tolist(), items.tolist(), k, allowed[i].tolist())
        for item, score in zip(slates.items[i], slates.scores[i], strict=True):
            assert score == (-np.inf if item < 0 else pytest.approx(scores[i, (item - 3) // 10], abs=1e-6))


@pytest.mark.parametrize("k", [1, 2, 3, 4])
def test_ties_go_to_the_earlier_column(k: int) -> None:
    scores = np.array([[1.0, 2.0, 2.0, 1.0, 2.0]])
    assert top_k(scores, np.array([9, 8, 7, 6, 5]), k).items.tolist() == [[8, 7, 5, 9][:k]]


def test_all_equal_takes_the_first_columns_in_order() -> None:
    assert top_k(np.zeros((2, 100)), np.arange(100), 7).items.tolist() == [list(range(7))] * 2


def test_what_is_not_finite_is_never_chosen() -> None:
    scores = np.array([[np.nan, 1.0, np.inf, -np.inf], [np.nan] * 4])
    slates = top_k(scores, np.arange(4), 3)
    assert slates.items.tolist() == [[1, -1, -1], [-1, -1, -1]]
    assert slates.scores.tolist() == [[1.0, -np.inf, -np.inf], [-np.inf] * 3]


def test_k_beyond_the_columns_leaves_empty_places_last() -> None:
    assert top_k(np.array([[1.0, 3.0]]), np.array([4, 5]), 4).items.tolist() == [[5, 4, -1, -1]]


def test_no_rows_and_no_columns() -> None:
    assert top_k(np.zeros((0, 3)), np.arange(3), 2).items.shape == (0, 2)
    assert top_k(np.zeros((2, 0)), np.arange(0), 2).items.tolist() == [[-1, -1]] * 2


def test_last_bits_change_nothing() -> None:
    """Scores with many near-ties, as two CPUs would give them."""
    rng = Streams(4).get("scores")
    scores = np.round(rng.normal(size=(50, 200)), 2)
    noisy = scores * (1 + 1e-12 * rng.standard_normal(scores.shape))
    assert (noisy != scores).any()
    for k in (1, 20, 200):
        a, b = top_k(scores, np.arange(200), k), top_k(noisy, np.arange(200), k)
        assert (a.items == b.items).all()
        assert (a.scores == b.scores).all()


def test_differences_from_the_sixth_decimal_count() -> None:
    assert top_k(np.array([[0.5, 0.500002]]), np.arange(2), 1).items.tolist() == [[1]]
    assert top_k(np.array([[0.5, 0.5000002]]), np.arange(2), 1).items.tolist() == [[0]]


def test_arguments_stay_as_they_were() -> None:
    scores, allowed = np.array([[3.0, np.nan, 1.0]], np.float32), np.array([[True, True, False]])
    top_k(scores, np.arange(3), 2, allowed)
    assert np.array_equal(scores, np.array([[3.0, np.nan, 1.0]], np.float32), equal_nan=True)
    assert allowed.tolist() == [[True, True, False]]
