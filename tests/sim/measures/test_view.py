"""What measures look at."""

import numpy as np
import pytest

from townsquare.sim.measures.view import TickView, mean, weighted_mean


class Rows:
    def __init__(self, agent: list[int], item: list[int], slot: list[int]) -> None:
        self.agent, self.item, self.slot = (np.array(x, int) for x in (agent, item, slot))


def view() -> TickView:
    """Two readers, articles 0 to 4; 0 is too old, 1 and 2 go round, 3 and 4 are new."""
    articles = {
        "shown": np.array([9, 2, 1, 1, 0]),
        "clicks": np.array([9, 1, 0, 1, 0]),
        "likes": np.array([9, 1, 0, 0, 0]),
    }
    nothing = np.zeros(2)
    return TickView(
        tick=2, articles=articles, active=np.array([1, 2]), new=np.array([3, 4]), n_readers=2, n_creators=1,
        shown=np.array([[2, 1], [3, -1]]), sources=np.zeros((2, 2)), match=np.zeros((2, 2)),
        clicked=Rows([0, 1], [1, 3], [1, 0]), liked=Rows([0], [1], [1]), is_liked=np.array([True, False]),
        quality_part=nothing, match_part=nothing,
        before=np.zeros((2, 1)), readers=np.zeros((2, 1)), trained_readers=np.zeros(2, bool), trained_articles=0,
        memory=None, streams=None,  # type: ignore[arg-type]
    )  # fmt: skip


def test_the_window_holds_what_goes_round_and_what_is_new() -> None:
    assert view().window.tolist() == [1, 2, 3, 4]


def test_who_touched_what_where() -> None:
    assert [x.tolist() for x in view().touched("exposure")] == [[0, 0, 1], [2, 1, 3], [0, 1, 0]]
    assert [x.tolist() for x in view().touched("click")] == [[0, 1], [1, 3], [1, 0]]
    assert [x.tolist() for x in view().touched("like")] == [[0], [1], [1]]


def test_incidence_has_a_row_per_reader_and_a_column_per_article_of_the_window() -> None:
    made = view()
    assert made.incidence("exposure").toarray().tolist() == [[1, 1, 0, 0], [0, 0, 1, 0]]
    assert made.incidence("like").toarray().tolist() == [[1, 0, 0, 0], [0, 0, 0, 0]]
    assert made.incidence("like") is made.incidence("like")


def test_totals_are_of_all_time_over_the_window() -> None:
    assert [view().total(kind).tolist() for kind in ("exposure", "click", "like")] == [
        [2, 1, 1, 0],
        [1, 0, 1, 0],
        [1, 0, 0, 0],
    ]


def test_means_of_nothing_are_nothing_without_a_warning() -> None:
    none = np.zeros(0)
    assert np.isnan(mean(none))
    assert np.isnan(weighted_mean(none, none))
    assert np.isnan(weighted_mean(np.ones(2), np.zeros(2)))
    assert mean(np.array([1.0, 2.0])) == 1.5
    assert weighted_mean(np.array([1.0, 2.0]), np.array([1.0, 3.0])) == pytest.approx(1.75)
