"""Arms x seeds over processes, one table at the end (docs/compare-and-sweep.md)."""

from townsquare.sweeps.outcome import SweepResult
from townsquare.sweeps.sweeping import sweep

__all__ = ["SweepResult", "sweep"]
