"""What the opinion dynamics of a network promise: all opinions in, all opinions a tick later out."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, runtime_checkable

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from townsquare.protocols.columns import BoolArray, FloatArray, IntArray
from townsquare.protocols.errors import InputError, did_you_mean
from townsquare.protocols.streams import Streams


@dataclass(frozen=True, slots=True)
class Ground:
    """What stays as it is while opinions move. A model is built as ``Class(config, ground)``."""

    weights: sp.csr_array
    """(n, n) float32, indices sorted; entry (i, j) > 0: i listens to j."""
    directed: bool
    """Whether an edge holds one way only; if not, ``weights`` is symmetric."""
    start: FloatArray
    """(n,) or (n, d) opinions before the first tick, in [0, 1]."""
    held: BoolArray
    """(n,) nodes that others listen to, and that the model may not move: the stubborn, and those whom a mind decides
    for.
    """
    streams: Streams
    """The run's random numbers. A model draws from streams whose names hold the tick, so that a run can be resumed."""
    columns: Mapping[str, NDArray[Any]] = field(default_factory=dict)
    """What the table of nodes says: column -> (n,) numbers, NaN where a cell is none."""

    def column(self, name: str) -> FloatArray:
        """(n,) a column of the table of nodes, every cell in [0, 1]. Raises InputError in one sentence."""
        if name not in self.columns:
            known = list(self.columns)
            there = ", ".join(known) or "none"
            raise InputError(f"the graph has no column {name!r}{did_you_mean(name, known)} Its columns: {there}.")
        values = np.asarray(self.columns[name], np.float64)
        bad = np.flatnonzero(~((values >= 0) & (values <= 1)))
        if len(bad):
            raise InputError(
                f"column {name!r} of the graph must hold numbers from 0 to 1; {len(bad):,} of {len(values):,} cells do "
                f"not, the first of them that of node number {bad[0] + 1} (got {values[bad[0]]:g})."
            )
        return values


@runtime_checkable
class OpinionModel(Protocol):
    """How opinions move.

    A class may say with ``dimensions: int`` how many opinions a node has: (n, d) then, and (n,) without it.
    """

    def step(self, opinions: FloatArray, tick: int) -> FloatArray:
        """All opinions at the end of ``tick``, in a new array: a pure function of ``opinions``, tick and ground. Held
        nodes come out as they went in.
        """


@runtime_checkable
class Pairwise(OpinionModel, Protocol):
    """A model in which nodes meet two at a time; what the schedule ``matching`` needs."""

    def meetings(self, opinions: FloatArray, tick: int) -> IntArray:
        """(m, 2) who would meet whom in ``tick``, in the order of the draws, all of them drawn beforehand."""

    def meet(self, first: FloatArray, second: FloatArray) -> tuple[FloatArray, FloatArray]:
        """What the two sides of k meetings think afterwards; (k,) each. Element by element."""
