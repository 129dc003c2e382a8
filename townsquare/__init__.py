"""Townsquare: societies of agents in towns whose feeds come from recommenders."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from townsquare.comparison import compare
    from townsquare.runs import Run, arun, open_run, run
    from townsquare.sweeps import sweep

__version__ = "0.1.0"
__all__ = ["Run", "__version__", "arun", "compare", "open_run", "run", "sweep"]

_HOME = {"Run": "runs", "arun": "runs", "open_run": "runs", "run": "runs", "compare": "comparison", "sweep": "sweeps"}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'townsquare' has no attribute {name!r}")
    return getattr(import_module(f"townsquare.{_HOME[name]}"), name)
