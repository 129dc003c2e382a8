"""How far a campaign moved those who were shown it."""

from townsquare.sim.measures.timeline_view import TimelineView


def campaign(view: TimelineView) -> dict[str, float]:
    """Nothing yet."""
    return {}
