"""What measures look at: one finished tick of a timeline."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TimelineView:
    """One tick, after everything in it has happened."""

    tick: int
