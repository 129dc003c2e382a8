"""How opinions are spread."""

from townsquare.sim.measures.network_view import NetworkView


def opinions(view: NetworkView) -> dict[str, float]:
    """Nothing yet."""
    return {}
