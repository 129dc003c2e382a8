"""One run: build the town, tick, record; resume it, fork it, replay it."""

import asyncio
import os
import time
import traceback
from collections.abc import Callable, Coroutine, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from threadpoolctl import threadpool_limits

from townsquare import __version__, build
from townsquare.protocols.errors import DiskFull, InputError, RunFolderError, ScenarioError, TownsquareError
from townsquare.protocols.events import Events
from townsquare.protocols.machine import peak_memory_mb, versions
from townsquare.protocols.recording import RunWriter, State, newest_checkpoint
from townsquare.protocols.runfolder import FORMAT, Parent, RunFolder, RunInfo, tick_digest
from townsquare.protocols.scenario import Change, Scenario, load, validate
from townsquare.sim import engine
from townsquare.sim.scenarios.news import News

T = TypeVar("T")
Progress = Callable[[int, int], None]
"""Called with (ticks done, ticks in all) after each tick."""


class RunFailed(TownsquareError):
    """Something broke while the run was under way; log.txt in the run folder holds the traceback."""


class Run(RunFolder):
    """A run folder with the verbs one wants at hand in Python."""

    def summary(self) -> list[dict[str, Any]]:
        """Start, peak and end of each main measure, as plain rows."""
        from townsquare.dashboard.summary import summarise

        return summarise(self.measures())

    def phases(self) -> list[Any]:
        """Start-up, growth, maturity and decline, as far as the curves show them."""
        from townsquare.dashboard.phases import phases_of

        return list(phases_of(self.measures()))

    def fork(self, at: int, set: Mapping[str, Any] | None = None, out: str | Path | None = None) -> "Run":
        """A run that shares the first ``at`` ticks with this one and goes on with ``set`` changed."""
        return _wait(afork(self, at, set, out=out))

    def resume(self) -> "Run":
        """Go on where this run stopped."""
        return _wait(aresume(self))

    def report(self, target: str | Path, control: "Run | None" = None) -> Path:
        """Write one self-contained HTML page; with a ``control`` run it holds the paired differences."""
        from townsquare.comparison import compare
        from townsquare.dashboard import report

        rows = None if control is None else compare(control, self).rows()
        return report.write(self, Path(target), control=control, comparison=rows)


def open_run(path: str | Path) -> Run:
    """A run folder, opened for reading."""
    return Run(path)


def run(
    scenario: str | Path | Scenario = "news",
    *,
    seed: int | None = None,
    set: Mapping[str, Any] | None = None,
    out: str | Path | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
) -> Run:
    """Run a scenario from start to end and return its run folder, opened.

    ``scenario`` is a built-in name, a .toml file or a Scenario; ``set`` maps dotted paths to values; ``out`` is the
    folder to make (by default runs/NAME_FINGERPRINT_seedN). Works in a notebook too; there ``await arun(...)`` keeps
    the notebook's own loop running meanwhile.
    """
    return _wait(arun(scenario, seed=seed, set=set, out=out, workers=workers, progress=progress))


async def arun(
    scenario: str | Path | Scenario = "news",
    *,
    seed: int | None = None,
    set: Mapping[str, Any] | None = None,
    out: str | Path | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
) -> Run:
    """``run`` for those who already have an event loop."""
    wanted = resolve(scenario, seed, set)
    target = free_folder(wanted, out)
    built = build.build(wanted, workers or default_workers())
    with RunWriter.create(target, _info(wanted, built), built.agents) as writer:
        return await _tick_on(built, wanted, writer, 0, progress)


async def aresume(path: str | Path | RunFolder, workers: int | None = None, progress: Progress | None = None) -> Run:
    """Go on from the last finished tick; a finished run is returned as it is."""
    folder = path if isinstance(path, RunFolder) else RunFolder(path)
    if folder.info.status == "finished":
        return Run(folder.path)
    scenario = scenario_of(folder)
    built = build.build(scenario, workers or default_workers())
    _same_data(folder, built)
    writer, done, state = RunWriter.reopen(folder)
    with writer:
        await _restore(built, scenario, folder, done, state, folder.info.ticks_done)
        return await _tick_on(built, scenario, writer, folder.info.ticks_done, progress)


async def afork(
    parent: str | Path | RunFolder,
    at: int,
    set: Mapping[str, Any] | None = None,
    *,
    out: str | Path | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
) -> Run:
    """A run whose ticks before ``at`` are read from ``parent``, with ``set`` changed from tick ``at`` on."""
    folder = parent if isinstance(parent, RunFolder) else RunFolder(parent)
    if not 0 <= at <= folder.info.ticks_done:
        raise InputError(
            f"cannot fork at tick {at}: {folder.path} has finished ticks 0 to {folder.info.ticks_done - 1}; "
            f"--at may be 0 to {folder.info.ticks_done}."
        )
    scenario = _forked(scenario_of(folder), at, dict(set or {}))
    target = free_folder(scenario, out, suffix=f"_fork{at}")
    built = build.build(scenario, workers or default_workers())
    _same_data(folder, built)
    digest = next((d for tick, d in folder.digests() if tick == at - 1), "")
    info = _info(scenario, built)
    info.parent = Parent(path=os.path.relpath(folder.path, target), at=at, digest=digest)
    info.ticks_done, info.digest = at, digest
    done, state = newest_checkpoint(folder, before=at)
    await _restore(built, scenario, folder, done, state, at)
    with RunWriter.create(target, info, built.agents) as writer:
        return await _tick_on(built, scenario, writer, at, progress)


@dataclass(frozen=True, slots=True)
class Difference:
    """The first place where a replay is not what was recorded."""

    tick: int
    row: int
    column: str
    recorded: object
    replayed: object

    def __str__(self) -> str:
        return (
            f"tick {self.tick}, row {self.row}, column {self.column}: recorded {self.recorded}, "
            f"replayed {self.replayed}"
        )


async def areplay(path: str | Path, workers: int | None = None, progress: Progress | None = None) -> Difference | None:
    """Run everything again without writing; None when every finished tick comes out identical."""
    folder = RunFolder(path)
    scenario = scenario_of(folder)
    built = build.build(scenario, workers or default_workers())
    _same_data(folder, built)
    with threadpool_limits(1, "blas"):
        for t in folder.ticks():
            events = await _one_tick(built, scenario, t)
            found = _first_difference(t, folder.tick_events(t), events)
            if found is not None:
                return found
            if progress is not None:
                progress(t + 1, folder.info.ticks_done)
    return None


def resolve(scenario: str | Path | Scenario, seed: int | None, values: Mapping[str, Any] | None) -> News:
    """The checked scenario with every override applied."""
    changed = dict(values or {}) | ({} if seed is None else {"seed": seed})
    if isinstance(scenario, Scenario):
        found = validate(scenario.model_dump(mode="json"), changed)
    else:
        found = load(scenario, changed)
    if not isinstance(found, News):
        raise ScenarioError(f"scenario {found.scenario!r} has no environment to run in.")
    return found


def scenario_of(folder: RunFolder) -> News:
    """The scenario that a run folder records."""
    try:
        return resolve(validate(folder.info.scenario), None, None)
    except (KeyError, ScenarioError) as error:
        raise RunFolderError(f"the scenario in {folder.path / 'run.json'} is not valid any more: {error}") from error


def other_versions(folder: RunFolder) -> dict[str, tuple[str, str]]:
    """What was different about software and machine when a run was made: name -> (then, now)."""
    now = versions()
    return {
        name: (then, now.get(name, "missing"))
        for name, then in folder.info.versions.items()
        if now.get(name, "missing") != then
    }


def estimate(scenario: News) -> dict[str, float]:
    """Rough size of a run before it starts: model calls, tokens and USD (none yet), events, MB and seconds.

    The constants are fitted to ``make bench`` on two cores with the default recommender: expect a factor of two
    elsewhere.
    """
    readers, length, ticks = scenario.users.count, scenario.slate.length, scenario.ticks
    new, window = scenario.creators.count * scenario.creators.articles, scenario.window
    cells = readers * new * window
    events = ticks * (readers * (length * scenario.record.exposures + 1.85 * scenario.clicks) + new)
    # lists of the window, tastes by creator, positions and means, vectors: MB
    checkpoint = 4e-6 * (readers * (length * (window + 1) + scenario.creators.count + 500) + 100 * new * (window + 1))
    kept = 2 + ticks // scenario.record.checkpoints
    snapshots = (2 + ticks / scenario.record.snapshots) * 4e-4 * (readers + new * window)
    return {
        "model_calls": 0,
        "tokens": 0,
        "usd": 0.0,
        "events": round(events),
        "seconds": round(ticks * (0.04 + 5e-9 * cells + 1.4e-6 * readers * length), 1),
        "memory_mb": round(200 + 4e-7 * cells + 0.012 * readers + 0.002 * new * window + 1.2e-4 * readers * length),
        "disk_mb": round(7e-6 * events + 4e-4 * ticks * new + kept * checkpoint + snapshots, 1),
    }


def default_workers() -> int:
    """Threads for the heavy steps: the cores at hand, 4 at most; results do not depend on it."""
    return min(4, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1)


async def _tick_on(built: build.Built, scenario: News, writer: RunWriter, start: int, progress: Progress | None) -> Run:
    """Tick to the end, committing each tick; whatever ends the run, its status says so."""
    writer.info.status = "running"
    writer.save_info()
    try:
        with threadpool_limits(1, "blas"):
            for t in range(start, scenario.ticks):
                began = time.perf_counter()
                events = await _one_tick(built, scenario, t)
                _commit(built, scenario, writer, t, events, began)
                if progress is not None:
                    progress(t + 1, scenario.ticks)
        writer.info.status = "finished"
        writer.save_info()
    except (KeyboardInterrupt, asyncio.CancelledError):
        _leave(writer, "interrupted")
        raise
    except DiskFull:
        _leave(writer, "stopped: disk full")
        raise
    except Exception as error:
        _leave(writer, f"failed: {type(error).__name__}", traceback.format_exc())
        if isinstance(error, TownsquareError):
            raise
        raise RunFailed(
            f"{type(error).__name__} in tick {writer.info.ticks_done}: {error}; {writer.path / 'log.txt'} has the "
            "traceback."
        ) from error
    return Run(writer.path)


async def _one_tick(built: build.Built, scenario: News, t: int) -> Events:
    build.retune(built.town, scenario, t)
    return await engine.tick(t, built.town)


def _commit(built: build.Built, scenario: News, writer: RunWriter, t: int, events: Events, began: float) -> None:
    measures = build.measure(built, t)
    keep = t % scenario.record.snapshots == 0 or t == scenario.ticks - 1
    writer.commit(
        t,
        events,
        build.items_table(built.environment, t),
        measures,
        build.state_of(built),
        snapshot=built.environment.snapshot() if keep else None,
        seconds=time.perf_counter() - began,
        memory=peak_memory_mb(),
    )


def _leave(writer: RunWriter, status: str, log: str = "") -> None:
    """Note why a run ended; with no room for even that, the folder still resumes from its last finished tick."""
    writer.info.status = status
    try:
        writer.save_info()
        if log:
            writer.log(log)
    except OSError:
        pass
    except DiskFull:
        pass


async def _restore(
    built: build.Built, scenario: News, folder: RunFolder, done: int, state: State | None, wanted: int
) -> None:
    """Bring a fresh town to the start of tick ``wanted``: load the checkpoint, tick over what lies between."""
    if state is not None:
        build.restore(built, scenario, done, state)
    digest = bytes(state["run.digest"]) if state is not None else b""
    with threadpool_limits(1, "blas"):
        for t in range(done, wanted):
            events = await _one_tick(built, scenario, t)
            build.measure(built, t)
            digest = tick_digest(digest, events, build.items_table(built.environment, t))
    recorded = {tick: d for tick, d in folder.digests() if tick == wanted - 1} if wanted > done else {}
    if recorded and recorded[wanted - 1] != digest.hex():
        raise RunFolderError(
            f"the ticks {done} to {wanted - 1} of {folder.path} do not come out again on this machine, so nothing can "
            f"be continued from them; `townsquare replay {folder.path}` says where they first differ."
        )


def _forked(scenario: News, at: int, values: dict[str, Any]) -> News:
    """The parent's scenario with ``values`` changed at ``at``; a new number of ticks simply replaces the old."""
    raw = scenario.model_dump(mode="json")
    direct = {key: values.pop(key) for key in list(values) if key == "ticks" or key.startswith("record.")}
    if values:
        raw["changes"] = [*raw["changes"], Change(tick=at, set=values).model_dump(mode="json")]
    return resolve(validate(raw, direct), None, None)


def _info(scenario: News, built: build.Built) -> RunInfo:
    return RunInfo(
        format=FORMAT,
        townsquare=__version__,
        name=scenario.scenario,
        scenario=scenario.model_dump(mode="json"),
        fingerprint=scenario.fingerprint(),
        seed=scenario.seed,
        ticks=scenario.ticks,
        versions=versions(),
        data=built.data,
    )


def free_folder(scenario: Scenario, out: str | Path | None, suffix: str = "") -> Path:
    """``out``, which must not exist yet, or the first free folder under $TOWNSQUARE_RUNS (runs)."""
    if out is not None:
        if Path(out).exists():
            raise InputError(f"{out} exists already; a run is never overwritten: choose another --out.")
        return Path(out)
    base = Path(os.environ.get("TOWNSQUARE_RUNS", "runs"))
    name = f"{scenario.scenario}_{scenario.fingerprint()}_seed{scenario.seed}{suffix}"
    for n in range(1, 10_000):
        path = base / (name if n == 1 else f"{name}-{n}")
        if not path.exists():
            return path
    raise InputError(f"{base} holds too many runs called {name}; give --out.")


def _same_data(folder: RunFolder, built: build.Built) -> None:
    for path, digest in folder.info.data.items():
        if built.data.get(path, digest) != digest:
            raise RunFolderError(f"{path} has changed since {folder.path} was run; its ticks cannot be continued.")


def _first_difference(tick: int, recorded: Events, replayed: Events) -> Difference | None:
    if recorded.digest() == replayed.digest():
        return None
    best: Difference | None = None
    for column in ("agent", "kind", "item", "value", "rank", "ref", "why"):
        a, b = getattr(recorded, column), getattr(replayed, column)
        n = min(len(a), len(b))
        rows = (a[:n] != b[:n]).nonzero()[0]
        if len(rows) and (best is None or rows[0] < best.row):
            row = int(rows[0])
            best = Difference(tick, row, column, a[row].item(), b[row].item())
    if best is None:
        n = min(len(recorded), len(replayed))
        best = Difference(tick, n, "rows", len(recorded), len(replayed))
    return best


def _wait(coroutine: Coroutine[Any, Any, T]) -> T:
    """The result of a coroutine, also when called from inside a running loop (a notebook)."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(coroutine)
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, coroutine).result()


__all__ = ["Difference", "Progress", "Run", "RunFailed", "afork", "areplay", "aresume", "arun", "open_run", "run"]
