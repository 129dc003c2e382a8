"""What measures look at: one finished tick of a network of opinions."""

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from townsquare.protocols.columns import FloatArray, IntArray


@dataclass(frozen=True, slots=True)
class NetworkView:
    """One tick, after everything in it has happened."""

    tick: int
    last: bool
    """Whether this is the last tick, or one of which everybody's position is kept: costly measures look then."""
    graph: sp.csr_array
    """(n, n) symmetric where the graph is undirected; entry (i, j): i listens to j, its weight the value."""
    opinions: FloatArray
    """(n,) or (n, d), in [0, 1]."""
    before: FloatArray
    """The same before this tick."""
    seed: int
    """Root seed of the run: null models are a pure function of it and of the graph."""
    panel: IntArray
    """Nodes whose opinions a mind decides; the others follow the model."""

    @property
    def first(self) -> FloatArray:
        """(n,) opinions on one dimension: the first."""
        return np.asarray(self.opinions if self.opinions.ndim == 1 else self.opinions[:, 0])
