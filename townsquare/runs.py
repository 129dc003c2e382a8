"""One run: build the town, tick, record; resume it, fork it, replay it."""

import asyncio
import os
from collections.abc import AsyncIterator, Coroutine, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar
from uuid import uuid4

import pandas as pd
from threadpoolctl import threadpool_limits

from townsquare import __version__, build
from townsquare.build import ancestors, as_shelf
from townsquare.protocols.errors import InputError, RunFolderError, ScenarioError
from townsquare.protocols.events import Events
from townsquare.protocols.machine import versions
from townsquare.protocols.recording import RunWriter, newest_checkpoint
from townsquare.protocols.runfolder import FORMAT, Parent, RunFolder, RunInfo
from townsquare.protocols.scenario import Change, Scenario, load, validate
from townsquare.sim.data import sets
from townsquare.sim.scenarios.town import ANSWERS, TownScenario
from townsquare.ticking import Progress, RunFailed, default_workers, one_tick, restore, tick_on

T = TypeVar("T")


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

    def fork(
        self,
        at: int,
        set: Mapping[str, Any] | None = None,
        out: str | Path | None = None,
        *,
        model: object | None = None,
    ) -> "Run":
        """A run that shares the first ``at`` ticks with this one and goes on with ``set`` changed."""
        return _wait(afork(self, at, set, out=out, model=model))

    def resume(self, set: Mapping[str, Any] | None = None, *, model: object | None = None) -> "Run":
        """Go on where this run stopped; ``set`` may raise ``budget.*`` and change how models are reached."""
        return _wait(aresume(self, set=set, model=model))

    def ledger(self) -> dict[str, Any]:
        """What was asked of language models, what came of it and what it cost, in all and per purpose."""
        from townsquare.agents.chat import ledger

        return ledger.totals(asks if len(asks := self.asks()) else ledger.no_asks())

    def replay(self) -> "Difference | None":
        """Run everything again without writing; None when it comes out identical, else the first difference."""
        return _wait(areplay(self))

    def ledger_by(self, *columns: str) -> pd.DataFrame:
        """The same, a row per value of ``columns``: agent, purpose, model, tick (agents/chat/ledger.py says what is in
        it: counts and rates per outcome, calls, tokens, USD, seconds per ask).
        """
        from townsquare.agents.chat import ledger

        return ledger.by(asks if len(asks := self.asks()) else ledger.no_asks(), *columns)

    def report(self, target: str | Path, control: "Run | None" = None) -> Path:
        """Write one self-contained HTML page; with a ``control`` run it holds the paired differences."""
        from townsquare.comparison import campaign, compare, moderation_report, trial
        from townsquare.dashboard import report

        rows = None if control is None else compare(control, self).rows()
        told = campaign.reported(self, control), trial.reported(self), moderation_report.reported(self, control)
        return report.write(self, Path(target), control, rows, self.ledger(), *told)


def open_run(path: str | Path) -> Run:
    """A run folder, opened for reading."""
    return Run(path)


def run(
    scenario: str | Path | Scenario = "news",
    *,
    seed: int | None = None,
    set: Mapping[str, Any] | None = None,
    out: str | Path | None = None,
    model: object | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
) -> Run:
    """Run a scenario from start to end and return its run folder, opened.

    ``scenario`` is a built-in name, a .toml file or a Scenario; ``set`` maps dotted paths to values; ``out`` is the
    folder to make (by default runs/NAME_FINGERPRINT_seedN). ``model`` is the language model of the groups that name
    none of their own: ``provider:model``, a LangChain chat model, a Chat, or a function (a scripted model). Works in a
    notebook too; there ``await arun(...)`` keeps the notebook's own loop running meanwhile.
    """
    return _wait(arun(scenario, seed=seed, set=set, out=out, model=model, workers=workers, progress=progress))


async def arun(
    scenario: str | Path | Scenario = "news",
    *,
    seed: int | None = None,
    set: Mapping[str, Any] | None = None,
    out: str | Path | None = None,
    model: object | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
) -> Run:
    """``run`` for those who already have an event loop."""
    named = {} if model is None else {"chat.model": build.model_name(model)}
    wanted = resolve(scenario, seed, {**(set or {}), **named})
    target = free_folder(wanted, out)
    async with closing(build.build(wanted, workers or default_workers(), model=model)) as built:
        built.check_memories()
        info = _info(wanted, built)
        await built.connect(info.id)
        if wanted.chat.tape is not None:
            built.open_models(target, info.id)  # a tape that cannot be used leaves no run folder behind
        with RunWriter.create(target, info, built.agents) as writer:
            if wanted.chat.tape is None:
                built.open_models(target, info.id)
            await tick_on(built, wanted, writer, 0, progress)
    return Run(target)


async def aresume(
    run: str | Path | RunFolder,
    *,
    set: Mapping[str, Any] | None = None,
    model: object | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
) -> Run:
    """Go on from the last finished tick; a finished run is returned as it is.

    ``set`` may change what a run may cost and how models and agents elsewhere are reached (``budget.*``, ``remote.*``,
    of ``chat.*`` what decides no answer); all else takes a fork. ``model`` is the object it was started with.
    """
    folder = _opened(run)
    if folder.info.status == "finished":
        return Run(folder.path)
    scenario = _reached_otherwise(scenario_of(folder), set)
    tape = scenario.chat.tape
    if tape is not None and not Path(tape).exists():
        raise RunFolderError(f"{folder.path} cannot be resumed: there is no {tape}, where its calls are recorded.")
    async with closing(rebuilt(folder, scenario, workers, "resumed", model)) as built:
        await built.connect(folder.info.id)
        writer, done, state = RunWriter.reopen(folder)
        with writer:
            writer.info.scenario = scenario.model_dump(mode="json")
            reached = folder.info.ticks_done
            built.open_models(folder.path, writer.info.id, shelves=ancestors(folder), settled=reached)
            await restore(built, scenario, folder, done, state, reached)
            await tick_on(built, scenario, writer, reached, progress)
    return Run(folder.path)


async def afork(
    parent: str | Path | RunFolder,
    at: int,
    set: Mapping[str, Any] | None = None,
    *,
    out: str | Path | None = None,
    model: object | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
) -> Run:
    """A run whose ticks before ``at`` are read from ``parent``, with ``set`` changed from tick ``at`` on."""
    folder = _opened(parent)
    if not 0 <= at <= folder.info.ticks_done:
        raise InputError(
            f"cannot fork at tick {at}: {folder.path} has finished ticks 0 to {folder.info.ticks_done - 1}; "
            f"at may be 0 to {folder.info.ticks_done}."
        )
    scenario = forked(scenario_of(folder), at, dict(set or {}))
    target = free_folder(scenario, out, suffix=f"_fork{at}")
    async with closing(rebuilt(folder, scenario, workers, "forked", model)) as built:
        digest = next((d for tick, d in folder.digests() if tick == at - 1), "")
        info = _info(scenario, built)
        info.parent = Parent(path=os.path.relpath(folder.path, target), at=at, digest=digest)
        info.ticks_done, info.digest = at, digest
        await built.connect(info.id)
        done, state = newest_checkpoint(folder, before=at)
        past = [as_shelf(folder, at), *ancestors(folder)]
        built.open_models(folder.path, folder.info.id, shelves=past, settled=at, replay=True)
        await restore(built, scenario, folder, done, state, at)
        with RunWriter.create(target, info, built.agents) as writer:
            built.open_models(target, info.id, shelves=past, settled=at)
            await tick_on(built, scenario, writer, at, progress)
    return Run(target)


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


async def areplay(
    run: str | Path | RunFolder, workers: int | None = None, progress: Progress | None = None
) -> Difference | None:
    """Run everything again without writing; None when every finished tick comes out identical.

    Language models are not asked: their replies are read from the run's cassette.
    """
    folder = _opened(run)
    scenario = scenario_of(folder)
    async with closing(rebuilt(folder, scenario, workers, "replayed", offline=True)) as built:
        past = ancestors(folder, whole=built.models is not None)
        built.open_models(folder.path, folder.info.id, shelves=past, replay=True)
        with threadpool_limits(1, "blas"):
            for t in folder.ticks():
                events = await one_tick(built, scenario, t)
                found = _first_difference(t, folder.tick_events(t), events)
                if found is not None:
                    return found
                if progress is not None:
                    progress(t + 1, folder.info.ticks_done)
    return None


def resolve(scenario: str | Path | Scenario, seed: int | None, values: Mapping[str, Any] | None) -> TownScenario:
    """The checked scenario with every override applied."""
    changed = dict(values or {}) | ({} if seed is None else {"seed": seed})
    if isinstance(scenario, Scenario):
        found = validate(scenario.model_dump(mode="json"), changed)
    else:
        found = load(scenario, changed)
    if not isinstance(found, TownScenario):
        raise ScenarioError(f"scenario {found.scenario!r} has no environment to run in.")
    return found


def scenario_of(folder: RunFolder) -> TownScenario:
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


def forked(scenario: TownScenario, at: int, values: dict[str, Any]) -> TownScenario:
    """The parent's scenario with ``values`` changed at ``at``; a new number of ticks simply replaces the old."""
    raw = scenario.model_dump(mode="json")
    if values.get("ticks", at) < at:
        raise InputError(f"a fork at tick {at} cannot have {values['ticks']} ticks; give at least {at}.")
    free = {"ticks", "record.snapshots", "record.checkpoints"}
    direct = {key: values.pop(key) for key in list(values) if key in free or _only_reach(key)}
    if values:
        raw["changes"] = [*raw["changes"], Change(tick=at, set=values).model_dump(mode="json")]
    return resolve(validate(raw, direct), None, None)


def _only_reach(key: str) -> bool:
    """Whether a setting only says what models may cost, or how they are reached."""
    return key.startswith(("budget.", "remote.")) or (key.startswith("chat.") and key[5:] not in ANSWERS)


def _reached_otherwise(scenario: TownScenario, values: Mapping[str, Any] | None) -> TownScenario:
    """``scenario`` with other limits; anything that would change what happens is refused."""
    for key in values or {}:
        if not _only_reach(key) or key == "chat.tape":  # what was asked so far is on the tape that there is
            raise InputError(f"{key} cannot change when a run is resumed, only budget and limits can; fork it instead.")
    return resolve(scenario, None, values)


def _info(scenario: TownScenario, built: build.Built) -> RunInfo:
    return RunInfo(
        format=FORMAT,
        id=uuid4().hex,
        townsquare=__version__,
        name=scenario.scenario,
        scenario=scenario.model_dump(mode="json"),
        fingerprint=scenario.fingerprint(),
        seed=scenario.seed,
        ticks=scenario.ticks,
        versions=versions(),
        data=built.data,
        categories=list(built.categories),
    )


def free_folder(scenario: Scenario, out: str | Path | None, suffix: str = "") -> Path:
    """``out``, which must not exist yet, or the first free folder under $TOWNSQUARE_RUNS (runs)."""
    if out is not None:
        if Path(out).exists():
            raise InputError(f"{out} exists already; a run is never overwritten: choose another folder.")
        return Path(out)
    base = Path(os.environ.get("TOWNSQUARE_RUNS", "runs"))
    name = f"{scenario.scenario}_{scenario.fingerprint()}_seed{scenario.seed}{suffix}"
    for n in range(1, 10_000):
        path = base / (name if n == 1 else f"{name}-{n}")
        if not path.exists():
            return path
    raise InputError(f"{base} holds too many runs called {name}; choose a folder yourself.")


def _opened(run: str | Path | RunFolder) -> RunFolder:
    return run if isinstance(run, RunFolder) else RunFolder(run)


def rebuilt(
    folder: RunFolder,
    scenario: TownScenario,
    workers: int | None,
    wanted: str,
    model: object | None = None,
    *,
    offline: bool = False,
) -> build.Built:
    """The town of a recorded run, which is to be ``wanted`` (resumed, ...); its data must be there and unchanged."""
    for text in (text for text in scenario.files() if text not in sets.known()):
        path = Path(text).expanduser().absolute()
        if not path.exists():
            raise RunFolderError(
                f"{folder.path} cannot be {wanted}: it was run on {text!r}, and there is no {path}; a relative path "
                "starts where you are."
            )
    built = build.build(scenario, workers or default_workers(), model=model, offline=offline)
    for name, digest in folder.info.data.items():
        if built.data.get(name, digest) != digest:
            raise RunFolderError(
                f"{folder.path} cannot be {wanted}: {name} has changed since; bring it back as it was then."
            )
    return built


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


@asynccontextmanager
async def closing(built: build.Built) -> AsyncIterator[build.Built]:
    """Let go of a town's models and connections, whatever happens to it."""
    try:
        yield built
    finally:
        await built.close()


def _wait(coroutine: Coroutine[Any, Any, T]) -> T:
    """The result of a coroutine, also when called from inside a running loop (a notebook)."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(coroutine)
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, coroutine).result()


__all__ = ["Difference", "Progress", "Run", "RunFailed", "afork", "areplay", "aresume", "arun", "open_run", "run"]
