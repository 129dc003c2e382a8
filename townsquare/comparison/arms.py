"""Runs sorted into arms: one scenario each, its runs told apart by their seeds."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from townsquare.protocols.errors import InputError
from townsquare.protocols.runfolder import RunFolder

_SHOWN = 3


@dataclass(slots=True)
class Arm:
    """The runs of one scenario."""

    label: str
    """What sets it apart from the first arm, as settings; for the first arm its scenario's name."""
    runs: dict[int, RunFolder] = field(default_factory=dict)
    """By seed."""

    def described(self) -> dict[str, Any]:
        """The arm as JSON."""
        return {"label": self.label, "runs": {str(seed): str(run.path) for seed, run in sorted(self.runs.items())}}


def opened(runs: Sequence[RunFolder | str | Path]) -> list[RunFolder]:
    """Run folders that can be compared at all; InputError, one sentence, otherwise."""
    folders = [run if isinstance(run, RunFolder) else RunFolder(run) for run in runs]
    if len(folders) < 2:
        raise InputError(f"a comparison takes two runs or more (got {len(folders)}).")
    places: set[Path] = set()
    for run in folders:
        place = run.path.resolve()
        if place in places:
            raise InputError(f"{run.path} is given twice; a run cannot be compared with itself.")
        places.add(place)
        if not run.info.ticks_done:
            raise InputError(f"{run.path} has no finished tick yet; there is nothing to compare.")
    return folders


def sorted_into_arms(folders: Sequence[RunFolder]) -> list[Arm]:
    """Arms in the order of their first runs. Where all runs are of one scenario, each is an arm of its own."""
    groups: dict[str, list[RunFolder]] = {}
    for run in folders:
        groups.setdefault(json.dumps(_without_seed(run), sort_keys=True), []).append(run)
    if len(groups) == 1:
        return [Arm(str(run.path), {run.info.seed: run}) for run in folders]
    base = next(iter(groups.values()))[0]
    arms = []
    for group in groups.values():
        arm = Arm(base.info.name if group[0] is base else _apart(base, group[0]))
        for run in group:
            if run.info.seed in arm.runs:
                first = arm.runs[run.info.seed].path
                raise InputError(f"{first} and {run.path} are the same arm with the same seed; give one of them.")
            arm.runs[run.info.seed] = run
        arms.append(arm)
    return arms


def _without_seed(run: RunFolder) -> dict[str, Any]:
    return {key: value for key, value in run.info.scenario.items() if key != "seed"}


def _apart(base: RunFolder, other: RunFolder) -> str:
    """The settings of ``other`` that ``base`` does not share, such as ``slate.hot=0.2``."""
    if other.info.name != base.info.name:
        return other.info.name
    theirs, ours = (dict(_leaves(_without_seed(run))) for run in (base, other))
    changed = [f"{path}={_short(ours.get(path))}" for path in ours | theirs if ours.get(path) != theirs.get(path)]
    changed.sort(key=lambda text: not text.partition("=")[0].endswith(".name"))
    more = f" and {len(changed) - _SHOWN} more" if len(changed) > _SHOWN else ""
    return ", ".join(changed[:_SHOWN]) + more


def _leaves(table: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in table.items():
        if isinstance(value, Mapping) and value:
            yield from _leaves(value, f"{before}{key}.")
        else:
            yield before + key, value


def _short(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value)
    return text if len(text) <= 40 else text[:37] + "..."
