"""Work over rows in fixed blocks, by one or several threads, with the same result either way."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

R = TypeVar("R")

BLOCK = 64
"""Rows per block. Fixed, because the last bits of a matrix product depend on its shape."""


class Workers:
    """Runs a function over blocks of rows. numpy lets go of the interpreter, so threads are enough."""

    def __init__(self, count: int = 1) -> None:
        self.count = max(1, count)

    def blocks(self, n_rows: int, work: Callable[[slice], R]) -> list[R]:
        """``work`` on every block of ``BLOCK`` rows; results in the order of the rows."""
        parts = [slice(start, min(start + BLOCK, n_rows)) for start in range(0, n_rows, BLOCK)]
        if self.count == 1 or len(parts) < 2:
            return [work(part) for part in parts]
        with ThreadPoolExecutor(self.count) as pool:
            return list(pool.map(work, parts))
