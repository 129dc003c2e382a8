"""How far people moved towards their opponents."""

from townsquare.sim.measures.debate_view import DebateView


def debate(view: DebateView) -> dict[str, float]:
    """Nothing yet."""
    return {}
