"""The scores that are looked at together."""

from townsquare.protocols import FloatArray, IntArray
from townsquare.sim.polarisation.adaptive_ei import adaptive_ei
from townsquare.sim.polarisation.assortativity import assortativity, numeric_assortativity
from townsquare.sim.polarisation.controversy import controversies
from townsquare.sim.polarisation.ei_index import ei_index
from townsquare.sim.polarisation.exposure import cross_share, distance
from townsquare.sim.polarisation.modularity import modularity
from townsquare.sim.polarisation.ties import Ties


def of_sides(ties: Ties, sides: IntArray, k: int | None = None) -> dict[str, float]:
    """All that ties and sides say; ``k``: influencers of random-walk controversy, see ``controversy.usual_k``."""
    walks = controversies(ties, sides, k)
    return {
        "ei_index": ei_index(ties, sides),
        "adaptive_ei": adaptive_ei(ties, sides),
        "assortativity": assortativity(ties, sides),
        "modularity": modularity(ties, sides),
        "controversy": walks["start|end"],
        "controversy_end_start": walks["end|start"],
        "cross_side_ties": cross_share(sides[ties.one], sides[ties.other]),
    }


def of_opinions(ties: Ties, opinions: FloatArray) -> dict[str, float]:
    """All that ties and opinions say."""
    return {
        "opinion_assortativity": numeric_assortativity(ties, opinions),
        "opinion_distance": distance(opinions[ties.one], opinions[ties.other]),
    }
