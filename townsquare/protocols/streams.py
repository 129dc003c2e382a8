"""Named random streams: every draw is a pure function of the run's seed and its own name.

Nobody shares a generator. Two doors: ``get`` gives an ordinary numpy generator for one purpose, and ``uniform``
gives one number per (row, column, tick) by counter-based hashing, so that the same agent facing the same item at
the same tick draws the same number in every arm of an experiment (common random numbers).
"""

import json
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from townsquare.protocols.columns import FloatArray, IntArray

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_MIX_A = np.uint64(0xBF58476D1CE4E5B9)
_MIX_B = np.uint64(0x94D049BB133111EB)


class Streams:
    """The random numbers of one run. ``seed`` is any non-negative integer."""

    def __init__(self, seed: int) -> None:
        self.seed = seed

    def _key(self, name: tuple[str | int, ...]) -> bytes:
        # json, not hash(): hash() differs between processes, and ("a", "bc") must differ from ("ab", "c")
        return blake2b(json.dumps([self.seed, *name]).encode(), digest_size=16).digest()

    def get(self, *name: str | int) -> np.random.Generator:
        """A fresh generator for ``name``; asking twice gives the same numbers."""
        words = np.frombuffer(self._key(name), dtype="<u4")
        return np.random.Generator(np.random.Philox(np.random.SeedSequence([int(w) for w in words])))

    def uniform(self, name: str, tick: int, rows: IntArray, columns: IntArray) -> FloatArray:
        """One uniform in (0, 1) per (row, column) at ``tick``; shapes broadcast, float64.

        Rows are usually agent ids and columns item keys (``Catalogue.keys``). The number does not depend on which
        other rows or columns are asked for.
        """
        key = np.frombuffer(self._key((name, int(tick))), dtype="<u8")
        row = _mix(np.asarray(rows).astype(np.uint64) * _GOLDEN + key[0])
        column = _mix(np.asarray(columns).astype(np.uint64) * _GOLDEN + key[1])
        mixed = _mix(row + column * _MIX_B)
        mixed >>= np.uint64(11)
        out = mixed.astype(np.float64)
        out += 0.5
        out *= 2.0**-53
        np.minimum(out, 1.0 - 2.0**-53, out=out)  # the largest draw would round up to 1, and its logarithm to nothing
        return out

    def gumbel(self, name: str, tick: int, rows: IntArray, columns: IntArray) -> FloatArray:
        """Standard Gumbel noise per (row, column): adding it to log-weights and keeping the k largest draws k
        without replacement in proportion to the weights (Gumbel-top-k).
        """
        return -np.log(-np.log(self.uniform(name, tick, rows, columns)))

    def normal(self, name: str, tick: int, rows: IntArray, columns: IntArray) -> FloatArray:
        """One standard normal per (row, column), by the inverse of the distribution function."""
        out: FloatArray = ndtri(self.uniform(name, tick, rows, columns))
        return out


def _mix(x: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """The splitmix64 finaliser (Steele, Lea and Flood 2014), element by element on a copy."""
    x = x + _GOLDEN
    x ^= x >> np.uint64(30)
    x *= _MIX_A
    x ^= x >> np.uint64(27)
    x *= _MIX_B
    x ^= x >> np.uint64(31)
    return x
