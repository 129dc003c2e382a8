"""A graph with what is known of its nodes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from townsquare.sim.graphs.graph import Graph


@dataclass(frozen=True, slots=True)
class LabelledGraph:
    """A graph as it was made or read."""

    graph: Graph
    labels: Mapping[str, NDArray[Any]] = field(default_factory=dict)
    """Column -> (n,) one cell per node, as text (str objects, "" where empty): ``side``, ``opinion``, whatever the
    table of nodes or the file of the graph holds.
    """
    notes: tuple[str, ...] = ()
    """What was made of the input that its author may not expect, a sentence each."""

    def numbers(self, name: str) -> NDArray[np.float64]:
        """(n,) a column as numbers; NaN where a cell is none. KeyError where there is no such column."""
        import pandas as pd  # made-up graphs have no need of it

        return pd.to_numeric(pd.Series(self.labels[name]), errors="coerce").to_numpy(np.float64)
