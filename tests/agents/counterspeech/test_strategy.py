"""Strategies: the grid, and how one is chosen."""

from collections import Counter

import numpy as np
import pytest

from townsquare.agents.counterspeech.strategy import MOVES, Context, Strategy, choose, matched
from townsquare.protocols import Streams
from townsquare.protocols.counterspeech import CELLS, Policy

STREAMS = Streams(3)


def chosen(policy: Policy, context: Context | None = None, n: int = 400) -> list[Strategy]:
    return [choose(policy, context or Context(), 1, key, STREAMS) for key in range(n)]


def test_the_grid_has_all_four_cells_and_every_move_is_in_one() -> None:
    assert set(CELLS) == {(a, t) for a in ("cognitive", "affective") for t in ("positive", "negative")}
    assert {move for cell in CELLS.values() for move in cell} == set(MOVES)


def test_by_default_every_reply_is_cognitive_and_positive() -> None:
    found = chosen(Policy())
    assert {(one.appeal, one.tone) for one in found} == {("cognitive", "positive")}
    assert {one.move for one in found} == {"facts", "consequences"}


@pytest.mark.parametrize("cell", CELLS, ids="-".join)
def test_a_fixed_cell_is_kept_and_a_fixed_move_too(cell: tuple[str, str]) -> None:
    policy = Policy(appeal=cell[0], tone=cell[1])
    assert {(one.appeal, one.tone) for one in chosen(policy)} == {cell}
    move = CELLS[cell][-1]
    assert set(chosen(Policy(appeal=cell[0], tone=cell[1], move=move))) == {Strategy(*cell, move)}


def test_at_random_the_cells_come_alike_often_and_the_same_for_one_comment() -> None:
    found = chosen(Policy(by="random"), n=4000)
    counts = Counter((one.appeal, one.tone) for one in found)
    assert set(counts) == set(CELLS)
    assert max(counts.values()) - min(counts.values()) < 200  # 1000 each, standard deviation 27
    assert all(one.move in CELLS[one.appeal, one.tone] for one in found)
    assert found == chosen(Policy(by="random"), n=4000)
    others = [choose(Policy(by="random"), Context(), 2, key, STREAMS) for key in range(4000)]
    assert others != found


def test_what_fits_which_context() -> None:
    assert matched(Context("threat")) == Strategy("cognitive", "negative", "consequences")
    assert matched(Context("stereotype")) == Strategy("cognitive", "positive", "facts")
    assert matched(Context("stereotype", temperature=0.7)) == Strategy("affective", "positive", "affiliation")
    assert matched(Context("stereotype", temperature=0.7, audience=50)).appeal == "cognitive"
    assert matched(Context("insult")) == Strategy("affective", "positive", "empathy")
    assert matched(Context("insult", audience=50)) == Strategy("affective", "negative", "denouncing")
    assert matched(Context()) == Strategy()
    assert set(chosen(Policy(by="matched"), Context("threat"), 20)) == {matched(Context("threat"))}


def test_every_strategy_that_is_chosen_is_in_the_grid() -> None:
    for kind in ("none", "insult", "stereotype", "threat"):
        for temperature in np.linspace(0, 1, 5).tolist():
            for audience in (0, 100):
                one = matched(Context(kind, "", temperature, audience))  # type: ignore[arg-type]
                assert one.move in CELLS[one.appeal, one.tone]
