"""How polarised a network is, each figure beside its degree-preserving null."""

from townsquare.sim.measures.network_view import NetworkView


def polarisation(view: NetworkView) -> dict[str, float]:
    """Nothing yet."""
    return {}
