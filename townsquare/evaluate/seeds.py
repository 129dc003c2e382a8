"""``evaluate seeds``: whom to reach first, so that most are reached in the end."""

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from townsquare.evaluate.network import network_of
from townsquare.protocols import ContractError, FloatArray, InputError, IntArray, Streams, make
from townsquare.protocols.errors import did_you_mean
from townsquare.protocols.intervals import t_interval
from townsquare.sim.graphs.graph import Graph
from townsquare.sim.graphs.labelled import LabelledGraph
from townsquare.sim.influence.cascade import Cascades
from townsquare.sim.influence.reach import Reached, ReachSeeds
from townsquare.sim.influence.rule import check

RULES = ("random", "degree", "reach", "celf")
DRAWS = 20
"""How often the rule random chooses: a single draw says little."""

Progress = Callable[[str, int, int], None]
"""Called with what is being done, how much of it is done, and how much there is."""


@dataclass(frozen=True, slots=True)
class SeedsResult:
    """What came of an evaluation."""

    nodes: int
    edges: int
    table: tuple[dict[str, Any], ...]
    """A row per rule: ``rule, spread, spread_low, spread_high, share, seconds, seeds`` (ids in order; of random the
    first draw) and ``guarantee``, the share of the best possible spread that is reached for sure, else None.
    """
    remarks: tuple[str, ...]
    """What a reader of the table should know, one sentence each."""

    def rows(self) -> list[dict[str, Any]]:
        """The table."""
        return [dict(row) for row in self.table]


def evaluate_seeds(
    graph: str | Path | Graph | LabelledGraph,
    k: int = 10,
    probability: float = 0.1,
    rules: Sequence[str] = RULES,
    *,
    nodes: str | Path | None = None,
    directed: bool = False,
    settings: Mapping[str, Mapping[str, Any]] | None = None,
    runs: int = 1000,
    seed: int = 0,
    progress: Progress | None = None,
) -> SeedsResult:
    """The expected spread of what each rule chooses, by independent cascades that had no part in the choice.

    Rules that choose the same nodes get the same figure.

    Args:
        graph: a file of edges, ``karate``, or a graph; see ``network.network_of``. Where i listens to j, influence goes
            from j to i.
        k: how many are reached first.
        probability: how likely one who says something is to reach each one who listens.
        rules: registered names, kind ``seeding``.
        nodes: a table of all nodes, for a file of edges.
        directed: whether the edges of a file hold one way only.
        settings: of rules, by name: ``{"reach": {"epsilon": 0.05}}``.
        runs: cascades; of random these are shared out over 20 draws.
        seed: of all draws.
        progress: told which rule is at work.

    Raises:
        InputError: k or probability out of range, an unknown rule or setting, a graph that a rule cannot take.
        ContractError: a rule that does not choose k different nodes.
    """
    if runs < DRAWS:
        raise InputError(f"--runs must be {DRAWS} or more (got {runs}).")
    labelled = network_of(graph, nodes, directed=directed)
    check(labelled.graph, k, probability)
    own = settings or {}
    stray = next((name for name in own if name not in rules), None)
    if stray is not None:
        raise InputError(f"settings for {stray!r}, which is none of the rules{did_you_mean(stray, rules)}")
    made = {name: make("seeding", name, dict(own.get(name, {})), Streams(seed)) for name in dict.fromkeys(rules)}
    return _evaluated(labelled, k, probability, made, runs, seed, progress or _quiet)


def _evaluated(
    labelled: LabelledGraph,
    k: int,
    probability: float,
    made: Mapping[str, Any],
    runs: int,
    seed: int,
    progress: Progress,
) -> SeedsResult:
    graph = labelled.graph
    cascades, table, remarks = Cascades(graph, probability), [], []
    for done, (name, rule) in enumerate(made.items()):
        progress(name, done, len(made))
        began = time.process_time()
        known = rule.bounded(graph, k, probability) if isinstance(rule, ReachSeeds) else None
        first = _checked(name, rule.choose(graph, k, probability) if known is None else known.nodes, graph, k)
        seconds = time.process_time() - began
        sizes = _sizes(cascades, _draws(name, first, graph, k, seed), runs, seed)
        table.append(
            {
                "rule": name,
                **_interval(sizes, k, len(graph)),
                "share": float(sizes.mean()) / len(graph),
                "seconds": seconds,
                "guarantee": None if known is None else known.guarantee,
                "seeds": [graph.ids[node] for node in first],
            }
        )
        if known is not None:
            remarks += _bounds(known, k)
    return SeedsResult(
        len(graph), graph.edges, tuple(table), (*labelled.notes, *_about(runs, probability, made), *remarks)
    )


def _interval(sizes: FloatArray, k: int, n: int) -> dict[str, float]:
    low, high = t_interval(sizes) or (float("nan"), float("nan"))
    return {"spread": float(sizes.mean()), "spread_low": max(low, float(k)), "spread_high": min(high, float(n))}


def _bounds(known: Reached, k: int) -> list[str]:
    said = [
        f"reach: {known.sets:,} reverse-reachable sets; with probability {known.confidence:.4g} its seeds reach "
        f"{known.lower:,.1f} or more and no {k} nodes more than {known.upper:,.1f}."
    ]
    if known.guarantee < known.aim:
        said.append(
            f"reach was to reach {known.aim:.3f} of the best for sure, and stopped at its limit of memory (--set "
            "reach.entries=N moves it); on such a graph the rules often differ little."
        )
    return said


def _about(runs: int, probability: float, rules: Collection[str]) -> list[str]:
    said = [
        f"Spread: mean of {runs:,} independent cascades in which who says something reaches each listener with "
        f"probability {probability:g}, with its 95 % interval; seeds count."
    ]
    if "random" in rules:
        said.append(f"random is a mean over {DRAWS} draws of seeds, and its interval is over draws.")
    return said


def _draws(name: str, first: IntArray, graph: Graph, k: int, seed: int) -> list[IntArray]:
    """What is chosen, in lots: the rule random chooses anew several times."""
    if name != "random":
        return [first]
    rng = Streams(seed).get("seeding", "evaluation", "random")
    return [first, *(rng.choice(len(graph), k, replace=False) for _ in range(DRAWS - 1))]


def _sizes(cascades: Cascades, draws: Sequence[IntArray], runs: int, seed: int) -> FloatArray:
    """What to take the mean of: sizes of cascades, or, of several draws, the mean sizes of each."""
    rng = Streams(seed).get("seeding", "evaluation")
    if len(draws) == 1:
        return cascades.sizes(np.sort(draws[0]), runs, rng).astype(np.float64)
    return np.array([cascades.sizes(np.sort(nodes), runs // len(draws), rng).mean() for nodes in draws])


def _checked(name: str, chosen: Any, graph: Graph, k: int) -> IntArray:
    nodes = np.asarray(chosen)
    if nodes.shape != (k,) or len(np.unique(nodes)) < k or nodes.min() < 0 or nodes.max() >= len(graph):
        raise ContractError(f"seeding {name!r} must choose {k} different nodes from 0 to {len(graph) - 1}.")
    return nodes


def _quiet(what: str, done: int, of: int) -> None:
    """Tell nobody."""
