"""What measures look at: one finished stage of a debate trial."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DebateView:
    """One stage, after everything in it has happened."""

    tick: int
