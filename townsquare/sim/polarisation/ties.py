"""Who is joined to whom: what is left of a graph when directions and weights are put aside."""

from dataclasses import dataclass
from hashlib import blake2b

import numpy as np
import scipy.sparse as sp
from scipy.sparse.csgraph import connected_components

from townsquare.protocols import IntArray


@dataclass(frozen=True, slots=True)
class Ties:
    """The pairs of nodes of which one, or each, listens to the other; each pair once, nobody with oneself.

    Measures of polarisation count ties, because the random graphs that they are compared with keep the number of ties
    of each node and know neither weights nor directions.
    """

    n: int
    """Nodes, those without ties included."""
    one: IntArray
    """(m,) int32 node numbers."""
    other: IntArray
    """(m,) int32 node numbers; which end stands where means nothing."""

    @classmethod
    def of(cls, graph: sp.csr_array) -> "Ties":
        """The ties of a matrix (n, n) in which an entry (i, j) says that i listens to j, or that both do."""
        coo = graph.tocoo()
        low, high = np.minimum(coo.row, coo.col), np.maximum(coo.row, coo.col)
        apart = low < high
        half = sp.csr_array((np.ones(int(apart.sum()), np.int8), (low[apart], high[apart])), shape=graph.shape).tocoo()
        return cls(int(graph.shape[0]), half.row.astype(np.int32), half.col.astype(np.int32))

    def __len__(self) -> int:
        return len(self.one)

    def degrees(self) -> IntArray:
        """(n,) ties of each node."""
        return np.bincount(self.one, minlength=self.n) + np.bincount(self.other, minlength=self.n)

    def adjacency(self) -> sp.csr_array:
        """(n, n) float64, symmetric, 1 where there is a tie; indices sorted."""
        ends = np.concatenate([self.one, self.other]), np.concatenate([self.other, self.one])
        made = sp.csr_array((np.ones(2 * len(self)), ends), shape=(self.n, self.n))
        made.sort_indices()
        return made

    def largest(self) -> IntArray:
        """Nodes of the largest connected part, ascending; of parts of the same size that with the lowest node."""
        parts = connected_components(self.adjacency(), directed=False)[1]
        return np.flatnonzero(parts == np.argmax(np.bincount(parts)))

    def among(self, nodes: IntArray) -> "Ties":
        """The ties between ``nodes``, which are numbered anew from 0 in the order given."""
        place = np.full(self.n, -1, np.int32)
        place[nodes] = np.arange(len(nodes))
        one, other = place[self.one], place[self.other]
        both = (one >= 0) & (other >= 0)
        return Ties(len(nodes), one[both], other[both])

    def digest(self) -> str:
        """The same for the same ties in the same order."""
        found = blake2b(str(self.n).encode(), digest_size=16)
        for ends in (self.one, self.other):
            found.update(np.ascontiguousarray(ends, "<i4").tobytes())
        return found.hexdigest()
