"""Those who together reach most people, with a guarantee: reverse-reachable sets until enough is known."""

import math
from dataclasses import dataclass

from pydantic import Field

from townsquare.protocols import IntArray, Settings, Streams
from townsquare.sim.graphs.graph import Graph
from townsquare.sim.influence.reverse_sets import ReverseSets, covering
from townsquare.sim.influence.rule import check

_PILOT = 32


@dataclass(frozen=True, slots=True)
class Reached:
    """Seeds, and how good they are for sure."""

    nodes: IntArray
    """(k,) in the order they were chosen."""
    lower: float
    """Their expected spread is at least this."""
    upper: float
    """No k nodes have an expected spread above this."""
    sets: int
    """Reverse-reachable sets of each of the two collections."""
    aim: float
    """The share of the best possible spread that was asked for."""
    confidence: float
    """The probability with which both bounds hold together."""

    @property
    def guarantee(self) -> float:
        """Share of the best possible spread that these nodes reach at least."""
        return min(1.0, self.lower / self.upper) if self.upper > 0 else 0.0


class ReachSeeds:
    """Those who together reach most people, by reverse-reachable sets, with a guarantee.

    OPIM-C (Tang, Tang, Xiao and Yuan, "Online processing algorithms for influence maximization", SIGMOD 2018), with two
    independent collections of sets. The seeds are chosen greedily by how many sets of the first they are in; the
    second, which had no part in the choice, says how many they reach at least, the first how many any others could
    reach at most. Both collections are doubled until the ratio of the two is ``1 - 1/e - epsilon``.
    """

    class Config(Settings):
        """How sure, and how large it may grow."""

        epsilon: float = Field(default=0.1, gt=0, lt=0.6)
        "What may be lacking from 1 - 1/e of the best possible spread."
        delta: float | None = Field(default=None, gt=0, lt=1)
        "Probability that the guarantee does not hold; empty: 1 / n."
        least: int = Field(default=500_000, ge=1)
        "Members of all sets of a collection at least: small graphs need fewer, but the choice gets better with more."
        entries: int = Field(default=40_000_000, ge=1000)
        "Members of all sets of a collection at most (memory: some 20 bytes each); then the guarantee may stay lower."

    def __init__(self, config: Config, streams: Streams) -> None:
        self.config, self.streams = config, streams

    def choose(self, graph: Graph, k: int, probability: float) -> IntArray:
        """The k nodes in the order they were chosen."""
        return self.bounded(graph, k, probability).nodes

    def bounded(self, graph: Graph, k: int, probability: float) -> Reached:
        """The same with bounds.

        Where sets are large, because what one says reaches a large part of the graph, ``entries`` allows but few. How
        many is settled before any is drawn, by the mean size in a pilot of 32, so that bounds hold all the same.
        """
        check(graph, k, probability)
        n = len(graph)
        delta = self.config.delta or min(1 / n, 0.5)
        pilot = ReverseSets(graph, probability, self.streams.get("seeding", "reach", "pilot"))
        pilot.grow(_PILOT)
        mean = pilot.entries / _PILOT
        most, fewest = _numbers(n, k, self.config.epsilon, delta)
        fewest = max(fewest, int(self.config.least / mean))
        most = max(most, fewest)
        allowed = max(2, int(self.config.entries / mean))
        rounds = math.ceil(math.log2(most / fewest)) + 1
        doubt = math.log(3 * rounds / delta)
        aim = 1 - 1 / math.e - self.config.epsilon
        first, second = (ReverseSets(graph, probability, self.streams.get("seeding", "reach", i)) for i in (1, 2))
        count = min(fewest, allowed)
        while True:
            first.grow(count)
            second.grow(count)
            found = covering(first.table(), k)
            lower = _at_least(second.held(found.nodes), doubt) * n / count
            upper = min(n, _at_most(found.most, doubt) * n / count)
            known = Reached(found.nodes, max(lower, k), max(upper, k), count, aim, 1 - delta)
            if known.guarantee >= aim or count >= min(most, allowed):
                return known
            count = min(2 * count, most, allowed)


def _numbers(n: int, k: int, epsilon: float, delta: float) -> tuple[int, int]:
    """How many sets suffice whatever the graph, and how many to begin with (OPIM-C)."""
    choices = math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)
    share, doubt = 1 - 1 / math.e, math.log(6 / delta)
    enough = 2 * (share * math.sqrt(doubt) + math.sqrt(share * (choices + doubt))) ** 2
    return max(2, math.ceil(enough * n / (epsilon**2 * k))), max(2, math.ceil(enough))


def _at_least(hits: float, doubt: float) -> float:
    """The expected number of hits is at least this, but for a probability of exp(-doubt) (OPIM-C)."""
    root = math.sqrt(hits + 2 * doubt / 9) - math.sqrt(doubt / 2)
    return max(0.0, root**2 - doubt / 18) if root > 0 else 0.0


def _at_most(hits: float, doubt: float) -> float:
    """The expected number of hits is at most this, but for a probability of exp(-doubt) (OPIM-C)."""
    return (math.sqrt(hits + doubt / 2) + math.sqrt(doubt / 2)) ** 2
