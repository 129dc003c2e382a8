"""``evaluate polarisation``: how polarised a network is, every score beside random networks with the same degrees."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from townsquare.evaluate.network import network_of
from townsquare.evaluate.network_sides import Cut, cut_of, opinions_of
from townsquare.protocols import FloatArray, InputError, IntArray
from townsquare.sim.graphs.graph import Graph
from townsquare.sim.graphs.labelled import LabelledGraph
from townsquare.sim.polarisation.bimodality import bimodality
from townsquare.sim.polarisation.controversy import usual_k
from townsquare.sim.polarisation.fiedler import fiedler_sides
from townsquare.sim.polarisation.null import SWAPS, beside, rewirings
from townsquare.sim.polarisation.panel import of_opinions, of_sides
from townsquare.sim.polarisation.sides import checked, sizes
from townsquare.sim.polarisation.ties import Ties
from townsquare.sim.polarisation.variance import variance

FEW = 20
"""Rewirings below which the null is told to be rough."""


@dataclass(frozen=True, slots=True)
class PolarisationResult:
    """What came of an evaluation."""

    nodes: int
    ties: int
    sides: dict[str, int] | None
    """How many nodes are on each side; None where there are no sides."""
    table: tuple[dict[str, Any], ...]
    """A row per score: ``measure, score, null, null_sd, excess, z``; NaN for what cannot be said."""
    remarks: tuple[str, ...]
    """What a reader of the table should know, one sentence each."""

    def rows(self) -> list[dict[str, Any]]:
        """The table."""
        return [dict(row) for row in self.table]


def evaluate_polarisation(
    graph: str | Path | Graph | LabelledGraph,
    sides: str | Path | Sequence[int] | IntArray | None = None,
    *,
    nodes: str | Path | None = None,
    directed: bool = False,
    rewired: int = 20,
    influencers: int | None = None,
    seed: int = 0,
    progress: Callable[[str, int, int], None] | None = None,
) -> PolarisationResult:
    """Every score that the graph, its sides and its opinions allow.

    Args:
        graph: a file of edges, ``karate``, or a graph; see ``network.network_of``. A column ``opinion`` of the nodes,
            numbers in [0, 1], adds the scores of opinions.
        sides: a column of two values, a table with the columns ``id`` and ``side``, ``opinions`` (below .5 and from .5
            up), ``fiedler`` (the cut that the graph suggests, of its largest connected part), or 0 and 1 for each node.
            None: the column ``side``, else opinions, else fiedler.
        nodes: a table of all nodes, for a file of edges.
        directed: whether the edges of a file hold one way only.
        rewired: random graphs with the same degrees, 2 or more; 20 are usual.
        influencers: of either side, for random-walk controversy; None: 10, but a tenth of the smaller side at most.
        seed: of the random graphs.
        progress: told how many of them there are.

    Raises:
        InputError: a wrong value, or sides too unequal to be compared where there are no opinions to look at instead.
    """
    if rewired < 2:
        raise InputError(f"--rewirings must be 2 or more, so that their spread can be told (got {rewired}).")
    labelled = network_of(graph, nodes, directed=directed)
    if not len(labelled.graph) or not labelled.graph.edges:
        raise InputError("the graph has no edges, so nothing can be said about who is joined to whom.")
    ties, opinions = Ties.of(labelled.graph.weights), opinions_of(labelled)
    remarks = list(labelled.notes)
    cut = cut_of(labelled, sides, opinions)
    if cut.sides is None:
        ties, opinions = _part(ties, opinions, remarks)
    here = fiedler_sides(ties) if cut.sides is None else cut.sides
    by_sides = _told(here, cut, ties.n, remarks, refuse=opinions is None)
    if by_sides:
        k = _influencers(influencers, here)
        remarks.append(_walks(k))
    else:
        k = 0
    table = [_alone(name, of(opinions)) for name, of in _ALONE if opinions is not None]
    nulls = rewirings(ties, rewired, seed, step=progress and (lambda done: progress("random graphs", done, rewired)))
    found = beside(_scores(here if by_sides else None, cut, opinions, k), ties, nulls)
    table += [
        {"measure": name, "score": s.score, "null": s.mean, "null_sd": s.sd, "excess": s.excess, "z": s.z}
        for name, s in found.items()
    ]
    remarks += _about_null(rewired, cut, by_sides=by_sides, directed=labelled.graph.directed)
    shown = dict(zip(cut.names, sizes(here), strict=True))
    return PolarisationResult(ties.n, len(ties), shown, tuple(table), tuple(remarks))


_ALONE: tuple[tuple[str, Callable[[Any], float]], ...] = (("variance", variance), ("bimodality", bimodality))


def _alone(name: str, score: float) -> dict[str, Any]:
    nothing = float("nan")
    return {"measure": name, "score": score, "null": nothing, "null_sd": nothing, "excess": nothing, "z": nothing}


def _scores(
    sides: IntArray | None, cut: Cut, opinions: FloatArray | None, k: int
) -> Callable[[Ties], Mapping[str, float]]:
    def scores(ties: Ties) -> dict[str, float]:
        found: dict[str, float] = {}
        if sides is not None:
            found |= of_sides(ties, sides, k) if cut.sides is not None else _recut(ties, k)
        if opinions is not None:
            found |= of_opinions(ties, opinions)
        return found

    return scores


def _recut(ties: Ties, k: int) -> dict[str, float]:
    """Scores with a random graph's own cut, of its largest part."""
    part = ties.among(ties.largest())
    return of_sides(part, fiedler_sides(part), k)


def _part(ties: Ties, opinions: FloatArray | None, remarks: list[str]) -> tuple[Ties, FloatArray | None]:
    """The largest connected part, which is what a cut by Fiedler is made of."""
    nodes = ties.largest()
    if len(nodes) == ties.n:
        return ties, opinions
    remarks.append(f"Looked at: the largest connected part, {len(nodes):,} of {ties.n:,} nodes.")
    return ties.among(nodes), None if opinions is None else opinions[nodes]


def _told(sides: IntArray, cut: Cut, n: int, remarks: list[str], *, refuse: bool) -> bool:
    """Whether the sides can be compared; their sizes, or why not, become a remark."""
    first, second = sizes(sides)
    try:
        checked(sides, n, cut.names)
    except InputError as error:
        if refuse:
            raise
        remarks.append(f"No scores of sides: {error}")
        return False
    remarks.append(f"Sides {cut.how}: {cut.names[0]!r} {first:,} and {cut.names[1]!r} {second:,} of {n:,} nodes.")
    return True


def _influencers(k: int | None, sides: IntArray) -> int:
    smaller = min(sizes(sides))
    if k is not None and not 1 <= k < smaller:
        raise InputError(
            f"--influencers must be from 1 to {smaller - 1}, one less than the smaller side has nodes (got {k})."
        )
    return usual_k(sides) if k is None else k


def _walks(k: int) -> str:
    who = "the node with most ties" if k == 1 else f"the {k} nodes with most ties"
    return (
        f"Random-walk controversy: influencers are {who} of each side; controversy is P(start | end) as in Garimella "
        "et al., controversy_end_start P(end | start)."
    )


def _about_null(count: int, cut: Cut, *, by_sides: bool, directed: bool) -> list[str]:
    remarks = [
        f"Null: {count} random graphs with the degree of every node kept, each after at least {SWAPS} edge swaps for "
        "each tie; excess is the score less their mean, z is that in units of their standard deviation."
    ]
    if by_sides and cut.sides is None:
        remarks.append("Each random graph is cut anew, so that the null holds what cutting alone achieves.")
    if count < FEW:
        remarks.append(f"Fewer than {FEW} random graphs make a rough null.")
    if directed:
        remarks.append("Directions are left out: two nodes are tied where one of them, or each, listens to the other.")
    return remarks
