"""Runs and sweeps that are set against each other. No Streamlit here."""

import json
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from townsquare.comparison import Comparison, compare
from townsquare.protocols.runfolder import RunFolder
from townsquare.view import queries


def sweeps_below(root: Path) -> dict[str, list[str]]:
    """Sweep folders by name, each with its runs that have finished a tick; those of its base arm come first."""
    found: dict[str, list[str]] = {}
    for one in queries.runs_below(root):
        if one.problem or not one.info["ticks"] or one.name == ".":
            continue
        for parent in (root / one.name).parents:
            if (parent / "sweep.json").is_file():
                name = "." if parent == root else str(parent.relative_to(root))
                found.setdefault(name, []).append(one.name)
                break
            if parent == root:
                break
    return {name: _base_first(root / name, root, sorted(runs)) for name, runs in sorted(found.items())}


def _base_first(folder: Path, root: Path, runs: list[str]) -> list[str]:
    """The order that makes the sweep's base arm the base of the comparison."""
    try:
        told = json.loads((folder / "sweep.json").read_text("utf-8"))
        base = root / folder / str(told["arms"][told["base"]]["folder"])
    except (OSError, ValueError, KeyError, TypeError):
        return runs
    return sorted(runs, key=lambda name: base not in (root / name).parents)


def compared(runs: Sequence[RunFolder], *, level: float, burn_in: int) -> Comparison:
    """``compare``; what was worked out once is kept until a run has a tick more."""
    return _compared(tuple((run.path, run.info.ticks_done, run.info.digest) for run in runs), level, burn_in)


@lru_cache(maxsize=16)
def _compared(runs: tuple[tuple[Path, int, str], ...], level: float, burn_in: int) -> Comparison:
    return compare(*(path for path, _, _ in runs), level=level, burn_in=burn_in)
