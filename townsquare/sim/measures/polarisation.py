"""How polarised a network is, each figure beside its degree-preserving null."""

import numpy as np

from townsquare.protocols import FloatArray, IntArray, steady
from townsquare.sim.measures.network_view import NetworkView
from townsquare.sim.polarisation.bimodality import bimodality
from townsquare.sim.polarisation.exposure import cross_share, distance, neighbours
from townsquare.sim.polarisation.null import Beside, beside, rewirings
from townsquare.sim.polarisation.panel import of_opinions, of_sides
from townsquare.sim.polarisation.sides import of_opinions as sides_of
from townsquare.sim.polarisation.sides import sizes, tiny
from townsquare.sim.polarisation.ties import Ties

_EVERY = 2_000_000
"""Entries of the graph up to which neighbours are looked at in every tick; larger ones as often as positions are kept.
"""
_NULLS = 100_000
"""The same up to which scores stand beside their null; for larger graphs, see `townsquare evaluate polarisation`."""
_GRAPH = ("ei_index", "adaptive_ei", "assortativity", "modularity", "controversy", "opinion_assortativity")


def polarisation(view: NetworkView) -> dict[str, float]:
    """Sides are opinions below .5 and from .5 up; of more than one opinion per node, the first counts.

    Every tick: ``bimodality`` of opinions; ``smaller_side``, its share of the nodes; ``cross_side_neighbours``, the
    share of those one listens to who are on the other side; ``neighbour_distance``, how far their opinions are on
    average (in graphs of more than 2,000,000 entries only when positions are kept).

    When positions are kept, and at the end: ``ei_index, adaptive_ei, assortativity, modularity, controversy``
    (random-walk, convention start|end) and ``opinion_assortativity``, each with ``_excess``, the score less the mean
    of 20 random graphs with the same degrees and the same opinions, and ``_z``, that in units of their standard
    deviation. The random graphs are drawn once for a graph. NaN where nothing can be said: the smaller side has less
    than a twentieth of the nodes, all ends of ties have one opinion, or the graph has more than 100,000 entries.
    """
    opinions = view.first
    sides = sides_of(opinions)
    found = {"bimodality": bimodality(opinions), "smaller_side": min(sizes(sides)) / max(len(sides), 1)}
    if view.last or view.graph.nnz <= _EVERY:
        listener, heard = neighbours(view.graph)
        found["cross_side_neighbours"] = cross_share(sides[listener], sides[heard])
        found["neighbour_distance"] = distance(opinions[listener], opinions[heard])
    if view.last:
        for name, score in _scores(view, opinions, sides).items():
            found |= {name: score.score, f"{name}_excess": score.excess, f"{name}_z": score.z}
    # sums of floats differ in their last bits from one CPU to another
    return dict(zip(found, steady(np.array(list(found.values()))).tolist(), strict=True))


def _scores(view: NetworkView, opinions: FloatArray, sides: IntArray) -> dict[str, Beside]:
    nothing = Beside(float("nan"), float("nan"), float("nan"))
    made = dict.fromkeys(_GRAPH, nothing)
    if view.graph.nnz > _NULLS:
        return made
    ties = Ties.of(view.graph)

    def scores(of: Ties) -> dict[str, float]:
        by_sides = {} if tiny(sides) else of_sides(of, sides)
        return by_sides | of_opinions(of, opinions)

    return made | {name: s for name, s in beside(scores, ties, rewirings(ties, seed=view.seed)).items() if name in made}
