"""Trials over processes: the same rows whatever their number, and none of them outlives its parent."""

import asyncio
import multiprocessing
import os
import signal
import threading
from collections.abc import AsyncIterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from multiprocessing.synchronize import Event

from threadpoolctl import threadpool_limits

from townsquare.evaluate.attack_bench import Bench, Row, Trial
from townsquare.protocols.errors import ContractError, InputError, UnknownComponent

_BENCH: Bench
_STOP: Event


async def measured(bench: Bench, trials: Sequence[Trial], workers: int) -> AsyncIterator[tuple[Trial, list[Row]]]:
    """The rows of each trial, as they are ready.

    One worker is this process. When the caller stops listening, work that has begun ends at the next fit.
    """
    if workers == 1 or len(trials) < 2:
        for trial in trials:
            yield trial, await bench.measured(trial)
        return
    context = multiprocessing.get_context("spawn")  # fork would copy the threads of whoever calls us
    stop = context.Event()
    loop = asyncio.get_running_loop()
    with ProcessPoolExecutor(min(workers, len(trials)), context, _begin, (bench, stop)) as pool:
        waiting = {loop.run_in_executor(pool, _one, trial): trial for trial in trials}
        try:
            while waiting:
                done, _ = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
                for future in done:
                    yield waiting.pop(future), _given(future)
        finally:
            stop.set()
            for future in waiting:
                future.cancel()
            pool.shutdown(cancel_futures=True)


def _given(future: "asyncio.Future[list[Row]]") -> list[Row]:
    try:
        return future.result()
    except BrokenProcessPool as error:
        raise ContractError("a worker process died, for want of memory perhaps; try fewer workers.") from error


def _begin(bench: Bench, stop: Event) -> None:
    """In a worker, before its first trial."""
    global _BENCH, _STOP
    _BENCH, _STOP = bench, stop
    with suppress(ValueError):
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches us through our parent
    threading.Thread(target=_outlive_nobody, daemon=True).start()
    threadpool_limits(1, "blas")


def _outlive_nobody() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _one(trial: Trial) -> list[Row]:
    try:
        return asyncio.run(_BENCH.measured(trial, _STOP.is_set))
    except UnknownComponent as error:
        raise InputError(f"{error} What is registered in a program, not by an entry point, needs workers=1.") from error
