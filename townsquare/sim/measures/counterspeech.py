"""What counterspeech changed in threads."""

from townsquare.sim.measures.timeline_view import TimelineView


def counterspeech(view: TimelineView) -> dict[str, float]:
    """Nothing yet."""
    return {}
