"""What a rule is asked, and what it answers: whom to reach first."""

from typing import Protocol, runtime_checkable

from townsquare.protocols import InputError, IntArray
from townsquare.sim.graphs.graph import Graph


@runtime_checkable
class SeedingRule(Protocol):
    """A class registered under ``townsquare.seeding``, built as ``Class(config, streams)``."""

    def choose(self, graph: Graph, k: int, probability: float) -> IntArray:
        """Choose k different nodes, the most useful first.

        Args:
            graph: entry (i, j) of its weights: i listens to j, so that what j says may reach i.
            k: how many, 1 to n.
            probability: how likely one who says something is to reach each one who listens, above 0, at most 1.

        Raises:
            InputError: see ``check``.
        """
        ...


def check(graph: Graph, k: int, probability: float) -> None:
    """Raise InputError where a question makes no sense; every rule calls this first."""
    n = len(graph)
    if not 1 <= k <= n:
        raise InputError(f"k, how many are reached first, must be from 1 to the {n:,} nodes of the graph (got {k:,}).")
    if not 0 < probability <= 1:
        raise InputError(f"p, the probability of being reached, must be above 0 and at most 1 (got {probability:g}).")
