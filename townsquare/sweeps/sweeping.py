"""Runs every arm with every seed, goes on where an earlier attempt stopped, and writes the table."""

import json
import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

from townsquare.protocols import durable
from townsquare.protocols.errors import InputError, RunFolderError
from townsquare.protocols.runfolder import RunFolder
from townsquare.runs import scenario_of
from townsquare.sweeps.children import Child, Ending, endings
from townsquare.sweeps.outcome import SweepResult, failure, fill, log_of
from townsquare.sweeps.plan import Arm, Plan, flattened, read

Progress = Callable[[int, int], None]
"""Called with (ticks done, ticks in all) over all runs, several times a second and once at the end."""
FORMAT = 1
_MOST_WORKERS = 4


def sweep(
    source: str | Path,
    *,
    out: str | Path,
    jobs: int | None = None,
    set: Mapping[str, Any] | None = None,
    seeds: Sequence[int] | str | None = None,
    progress: Progress | None = None,
) -> SweepResult:
    """Run a sweep file, or a built-in sweep by name, into the folder ``out``.

    ``set`` goes on top of every arm and ``seeds`` in place of the file's. Of a sweep that is in ``out`` already,
    finished runs are kept, interrupted ones resumed and failed ones tried again. A run that fails is a row of
    ``failures``. KeyboardInterrupt leaves everything ready to go on.
    """
    if jobs is not None and jobs < 1:
        raise InputError(f"jobs must be 1 or more (got {jobs}).")
    plan = read(source, set, seeds)
    return _Sweep(plan, Path(out), jobs or _cores()).result(progress)


class _Sweep:
    def __init__(self, plan: Plan, out: Path, jobs: int) -> None:
        self.plan, self.out, self.jobs = plan, out, jobs
        self.arms = {arm.name: arm for arm in plan.arms}
        self.keys = [(arm.name, seed) for seed in plan.seeds for arm in plan.arms]
        self.endings: dict[tuple[str, int], Ending] = {}

    def result(self, progress: Progress | None) -> SweepResult:
        """Run what is to run and count it together."""
        self._claim()
        children = [child for key in self.keys if (child := self._child(*key)) is not None]
        self._save(self._counted())
        tell = partial(self._tell, progress)
        with closing(endings(children, self.jobs, tell)) as ended:
            for ending in ended:
                self.endings[ending.child.key] = ending
                self._save(self._counted())
        tell()
        result = self._counted()
        finished: dict[str, dict[int, RunFolder]] = {arm: {} for arm in self.arms}
        for run in result.runs:
            finished[run["arm"]][run["seed"]] = RunFolder(run["run_folder"])
        fill(result, finished, len(self.plan.seeds))
        self._save(result)
        text = result.table().to_csv(index=False)
        durable.write(self.out / "table.csv", lambda stream: stream.write(text.encode()))
        return result

    def _tell(self, progress: Progress | None) -> None:
        """How many ticks of all runs are on disk, and how many there will be."""
        if progress is not None:
            done = sum(len(list((self._folder(*key) / "events").glob("*.parquet"))) for key in self.keys)
            progress(done, sum(self.arms[arm].scenario.ticks for arm, _ in self.keys))

    # ---- what is there already -----------------------------------------------------------------------------------

    def _claim(self) -> None:
        """Make the folder, or see that it holds this very sweep."""
        try:
            held = json.loads((self.out / "sweep.json").read_text("utf-8"))["identity"]
        except FileNotFoundError:
            if self.out.exists() and (not self.out.is_dir() or any(self.out.iterdir())):
                raise InputError(f"{self.out} exists already and holds no sweep; choose another folder.") from None
        except (OSError, ValueError, KeyError, TypeError):
            path = self.out / "sweep.json"
            raise InputError(f"{path} was not written by townsquare; choose another folder.") from None
        else:
            if held != self.plan.identity():
                raise InputError(f"{self.out} holds another sweep (other arms or settings); choose another folder.")
        try:
            self.out.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise InputError(f"the folder {self.out} cannot be made: {error.strerror}.") from error

    def _folder(self, arm: str, seed: int) -> Path:
        return self.out / self.arms[arm].folder / f"seed-{seed}"

    def _child(self, name: str, seed: int) -> Child | None:
        """The process that a run still needs; None when it is finished."""
        arm, folder = self.arms[name], self._folder(name, seed)
        log = log_of(folder)
        workers = ("--workers", str(max(1, min(_MOST_WORKERS, _cores() // min(self.jobs, len(self.keys))))))
        if (folder / "run.json").exists():
            if self._finished(name, seed):
                return None
            return Child((name, seed), ("resume", str(folder), "--json", *workers), log)
        if folder.exists():
            _put_aside(folder)
        sets = [part for path, value in arm.set.items() for part in ("--set", f"{path}={as_toml(value)}")]
        told = ("run", self.plan.scenario, *sets, "--seed", str(seed), "--out", str(folder), "--json", *workers)
        return Child((name, seed), told, log)

    def _finished(self, arm: str, seed: int) -> RunFolder | None:
        """The run, when it is finished; InputError when the folder holds another one."""
        folder = self._folder(arm, seed)
        try:
            run = RunFolder(folder)
        except RunFolderError:
            return None
        wanted, found = self.arms[arm].scenario, scenario_of(run)
        if hasattr(wanted, "budget"):  # a resume may have raised it since
            found = found.model_copy(update={"budget": wanted.budget})
        if run.info.seed != seed or found.fingerprint() != self.arms[arm].fingerprint():
            raise InputError(f"{folder} holds another run than arm {arm!r} with seed {seed}; move it away.")
        return run if run.info.status == "finished" else None

    # ---- what came of it -----------------------------------------------------------------------------------------

    def _counted(self) -> SweepResult:
        """Runs and failures as they stand."""
        result = SweepResult(self.out, self.plan.base)
        for arm, seed in self.keys:
            ending = self.endings.get((arm, seed))
            try:
                run = self._finished(arm, seed)
            except InputError as error:
                # what was there before is looked at before anything runs; this one came while we were at work
                result.failures.append(failure(arm, seed, str(error), self._folder(arm, seed)))
                continue
            if run is not None:
                info = run.info
                result.runs.append(
                    {
                        "arm": arm,
                        "seed": seed,
                        "status": info.status,
                        "run_folder": str(run.path),
                        "digest": info.digest,
                        "seconds": round(info.seconds, 3),
                        "peak_memory_mb": info.peak_memory_mb,
                    }
                )
            elif ending is not None:
                code = None if ending.signal else ending.code
                message = ending.last_line or f"ended by {ending.signal or f'exit code {code}'} without a word"
                result.failures.append(failure(arm, seed, message, self._folder(arm, seed), code, ending.signal))
        return result

    def _save(self, result: SweepResult) -> None:
        arms = {arm.name: _described(arm) for arm in self.plan.arms}
        head = {"format": FORMAT, "identity": self.plan.identity(), "scenario": self.plan.scenario, "arms": arms}
        body = {**head, "seeds": list(self.plan.seeds), **json.loads(result.to_json())}
        text = json.dumps(body, indent=1) + "\n"
        durable.write(self.out / "sweep.json", lambda stream: stream.write(text.encode()))


def _described(arm: Arm) -> dict[str, Any]:
    return {"folder": arm.folder, "set": flattened(arm.set)}


def _put_aside(folder: Path) -> None:
    """Rename a folder that a run was killed in before it had written its first line; nothing is deleted."""
    n = 1
    while (aside := folder.with_name(f"{folder.name}.torn-{n}")).exists():
        n += 1
    folder.rename(aside)


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def as_toml(value: Any) -> str:
    """A value as --set takes it."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{json.dumps(key)} = {as_toml(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(as_toml(inner) for inner in value) + "]"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    return json.dumps(value) if isinstance(value, bool) else str(value)
