"""Blocks of rows, by one thread or several."""

import threading
import time

import numpy as np
import pytest

from townsquare.protocols import Streams
from townsquare.protocols.workers import BLOCK, Workers


@pytest.mark.parametrize("n_rows", [0, 1, BLOCK - 1, BLOCK, BLOCK + 1, 5 * BLOCK + 7])
def test_blocks_cover_every_row_once_in_order(n_rows: int) -> None:
    for count in (1, 3):
        rows = [r for part in Workers(count).blocks(n_rows, lambda s: list(range(s.start, s.stop))) for r in part]
        assert rows == list(range(n_rows))


def test_the_cut_does_not_depend_on_the_number_of_threads() -> None:
    cuts = [Workers(count).blocks(1000, lambda s: (s.start, s.stop)) for count in (0, 1, 3, 16)]
    assert all(cut == cuts[0] for cut in cuts)


def test_results_come_in_the_order_of_rows_even_when_the_last_is_first() -> None:
    def slow_first(rows: slice) -> int:
        time.sleep(0.02 if rows.start == 0 else 0)
        return rows.start

    assert Workers(3).blocks(4 * BLOCK, slow_first) == [0, BLOCK, 2 * BLOCK, 3 * BLOCK]


def test_threads_really_share_the_work() -> None:
    both = threading.Barrier(2, timeout=5)  # breaks unless two blocks are under way at once
    assert Workers(2).blocks(2 * BLOCK, lambda rows: both.wait() >= 0) == [True, True]


def test_a_product_is_the_same_to_the_last_bit() -> None:
    rng = Streams(0).get("matrix")
    a, b = rng.standard_normal((500, 40)), rng.standard_normal((40, 70))
    one, three = (np.concatenate(Workers(n).blocks(500, lambda rows: a[rows] @ b)) for n in (1, 3))
    assert (one == three).all()


def test_an_error_in_a_block_comes_through() -> None:
    def fail(rows: slice) -> None:
        if rows.start:
            raise RuntimeError("in the second block")

    for count in (1, 2):
        with pytest.raises(RuntimeError, match="in the second block"):
            Workers(count).blocks(2 * BLOCK, fail)
