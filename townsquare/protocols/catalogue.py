"""What can be shown: the items of a town, as columns."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from townsquare.protocols.columns import FloatArray, IntArray


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Items as columns; an item's id is its row. All arrays have ``len(catalogue)`` rows.

    ``vectors`` may be None (a data set of bare interactions); content-based recommenders then refuse to fit.
    """

    authors: IntArray
    """(n,) agent ids; -1 where unknown."""
    born: IntArray
    """(n,) the tick an item appeared in."""
    categories: IntArray
    """(n,) category numbers; -1 where unknown."""
    vectors: FloatArray | None = None
    """(n, d) content vectors."""
    keys: NDArray[np.uint64] = field(default_factory=lambda: np.zeros(0, np.uint64))
    """(n,) what an item's random draws hang on: the same story has the same key in every arm of an experiment."""

    def __len__(self) -> int:
        return len(self.authors)

    @classmethod
    def bare(cls, n_items: int) -> "Catalogue":
        """A catalogue of ``n_items`` items about which nothing is known but their ids."""
        nothing = np.full(n_items, -1, np.int32)
        return cls(nothing, np.zeros(n_items, np.int32), nothing, None, np.arange(n_items, dtype=np.uint64))
