"""The network that an evaluation is of, however it is given."""

from pathlib import Path

from townsquare.protocols import InputError, Streams
from townsquare.sim.graphs.graph import Graph
from townsquare.sim.graphs.labelled import LabelledGraph
from townsquare.sim.graphs.made import GraphSettings, make_labelled
from townsquare.sim.graphs.read import read_labelled


def network_of(
    graph: str | Path | Graph | LabelledGraph, nodes: str | Path | None = None, *, directed: bool = False
) -> LabelledGraph:
    """The graph with what is known of its nodes.

    Args:
        graph: a file of edges (``graphs.read.read_labelled``), ``karate``, or a graph.
        nodes: a table of all nodes, for a file of edges.
        directed: whether the edges of a file hold one way only.

    Raises:
        InputError: ``nodes`` or ``directed`` beside a graph that needs neither.
        DataError: a file that cannot be read, an edge that dangles.
    """
    if isinstance(graph, str | Path) and (str(graph) != "karate" or Path(graph).exists()):
        return read_labelled(graph, table=nodes, directed=directed)
    if nodes is not None or directed:
        raise InputError("--nodes and --directed go with a file of edges; this graph has its own.")
    if isinstance(graph, Graph):
        return LabelledGraph(graph)
    return graph if isinstance(graph, LabelledGraph) else make_labelled(GraphSettings(kind="karate"), Streams(0))
