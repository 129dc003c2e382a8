"""Paired differences between runs, with intervals (docs/compare-and-sweep.md)."""

from townsquare.comparison.differences import Comparison, compare

__all__ = ["Comparison", "compare"]
