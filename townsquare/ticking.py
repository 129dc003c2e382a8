"""Ticking a built town: on to its end with every tick put on disk, or over its past again."""

import asyncio
import os
import time
import traceback
from collections.abc import Callable
from contextlib import suppress

import pyarrow as pa
from threadpoolctl import threadpool_limits

from townsquare import build
from townsquare.protocols.errors import DiskFull, RunFolderError, RunStopped, TooManyFailures, TownsquareError
from townsquare.protocols.events import Events
from townsquare.protocols.machine import peak_memory_mb
from townsquare.protocols.recording import RunWriter, State
from townsquare.protocols.runfolder import RunFolder, tick_digest
from townsquare.sim import engine
from townsquare.sim.scenarios.town import TownScenario

Progress = Callable[[int, int], None]
"""Called with (ticks done, ticks in all) after each tick."""


class RunFailed(TownsquareError):
    """Something broke while the run was under way; log.txt in the run folder holds the traceback."""


def default_workers() -> int:
    """Threads for the heavy steps: the cores at hand, 4 at most; results do not depend on it."""
    return min(4, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1)


async def tick_on(
    built: build.Built, scenario: TownScenario, writer: RunWriter, start: int, progress: Progress | None
) -> None:
    """Tick to the end, committing each tick; whatever ends the run, its status says so."""
    writer.info.status = "running"
    writer.save_info()
    try:
        with threadpool_limits(1, "blas"):
            for t in range(start, scenario.ticks):
                began = time.perf_counter()
                answers = await build.questioned(built, scenario.questionnaires, t)
                events = await one_tick(built, scenario, t)
                _commit(built, scenario, writer, t, events, answers, began)
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
    except RunStopped as error:
        _note_spent(built.models, writer)  # the calls of the tick under way are paid for too
        _leave(writer, error.status, str(error))
        raise
    except Exception as error:
        _leave(writer, f"failed: {type(error).__name__}", traceback.format_exc())
        if isinstance(error, TownsquareError):
            raise
        raise RunFailed(
            f"{type(error).__name__} in tick {writer.info.ticks_done}: {error}; {writer.path / 'log.txt'} has the "
            "traceback."
        ) from error


async def one_tick(built: build.Built, scenario: TownScenario, t: int) -> Events:
    """One tick, the recommender changed where the scenario says so."""
    build.retune(built, scenario, t)
    return await engine.tick(t, built.town)


async def restore(
    built: build.Built, scenario: TownScenario, folder: RunFolder, done: int, state: State | None, wanted: int
) -> None:
    """Bring a fresh town to the start of tick ``wanted``: load the checkpoint, tick over what lies between."""
    if state is not None:
        await build.restore(built, scenario, done, state)
    else:
        built.forget()
    digest = bytes(state["run.digest"]) if state is not None else b""
    with threadpool_limits(1, "blas"):
        for t in range(done, wanted):
            events = await one_tick(built, scenario, t)
            if built.models is not None:
                built.models.asked.take()
            if built.team is not None:
                built.team.conversations(t)  # they stand in the folder already
            if built.verdicts is not None:
                built.verdicts(t)
            build.measure(built, t)
            digest = tick_digest(digest, events, built.items(t))
    recorded = {tick: d for tick, d in folder.digests() if tick == wanted - 1} if wanted > done else {}
    if recorded and recorded[wanted - 1] != digest.hex():
        raise RunFolderError(
            f"the ticks {done} to {wanted - 1} of {folder.path} do not come out again on this machine, so nothing can "
            f"be continued from them; `townsquare replay {folder.path}` says where they first differ."
        )


def _commit(
    built: build.Built,
    scenario: TownScenario,
    writer: RunWriter,
    t: int,
    events: Events,
    answers: pa.Table | None,
    began: float,
) -> None:
    measures = build.measure(built, t)
    keep = t % scenario.record.snapshots == 0 or t == scenario.ticks - 1
    writer.commit(
        t,
        events,
        built.items(t),
        measures,
        build.state_of(built),
        snapshot=(built.environment.snapshot() or None) if keep else None,
        asks=_asks(built.models, scenario, writer),
        answers=answers,
        conversations=None if built.team is None else built.team.conversations(t),
        verdicts=None if built.verdicts is None else built.verdicts(t),
        seconds=time.perf_counter() - began,
        memory=peak_memory_mb(),
    )


def _asks(models: build.Models | None, scenario: TownScenario, writer: RunWriter) -> pa.Table | None:
    """What was asked in the tick; too many bad answers stop the run before the tick counts."""
    if models is None or models.cassette is None or models.meter is None:
        return None
    try:
        models.asked.check_failures(scenario.chat.failures)
    except TooManyFailures:
        models.cassette.forget(models.asked.bad_calls())  # a resume asks them again: the cause may be mended by then
        raise
    models.cassette.sync()
    _note_spent(models, writer)
    return models.asked.take()


def _note_spent(models: build.Models | None, writer: RunWriter) -> None:
    if models is not None and models.meter is not None:
        spent = models.meter.spent
        writer.info.tokens, writer.info.cost = spent.tokens_in + spent.tokens_out, spent.usd


def _leave(writer: RunWriter, status: str, log: str = "") -> None:
    """Note why a run ended; with no room for even that, the folder still resumes from its last finished tick."""
    writer.info.status = status
    with suppress(OSError, DiskFull):
        writer.save_info()
        if log:
            writer.log(log)
