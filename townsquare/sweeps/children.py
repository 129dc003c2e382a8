"""Runs as processes of their own: the death of one is a row of the table, not the end of the sweep."""

import os
import shlex
import signal
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from townsquare.protocols import lifeline

COMMAND = (sys.executable, "-m", "townsquare")
"""What a child runs."""
_PAUSE = 0.1
"""Seconds between two looks at the children."""
_PATIENCE = 60
"""Seconds that an interrupted child has to leave its run folder in order."""
_TAIL = 20_000


@dataclass(frozen=True, slots=True)
class Child:
    """A process to start."""

    key: tuple[str, int]
    """Whose run it is: arm and seed."""
    arguments: tuple[str, ...]
    """What follows ``COMMAND``."""
    log: Path
    """Takes what the child writes to stderr, after what earlier children wrote."""


@dataclass(frozen=True, slots=True)
class Ending:
    """How a child ended."""

    child: Child
    code: int
    """Exit status; negative for a signal."""
    last_line: str
    """The last line it wrote to stderr."""

    @property
    def signal(self) -> str | None:
        """Name of the signal that ended it."""
        if self.code >= 0:
            return None
        try:
            return signal.Signals(-self.code).name
        except ValueError:
            return f"signal {-self.code}"


def endings(children: Sequence[Child], jobs: int, meanwhile: Callable[[], None]) -> Generator[Ending, None, None]:
    """Start the children, ``jobs`` at a time, and tell of each as it ends; ``meanwhile`` is called while they work.

    When the caller stops listening (an exception, ``close``), the children still at work are interrupted and waited
    for. When this process is killed they interrupt themselves.
    """
    waiting = deque(children)
    running: dict[subprocess.Popen[bytes], tuple[Child, int]] = {}
    with lifeline.held() as line:
        try:
            while waiting or running:
                while waiting and len(running) < jobs:
                    child = waiting.popleft()
                    process, offset = _start(child, line)
                    running[process] = child, offset
                over = [process for process in running if process.poll() is not None]
                for process in over:
                    child, offset = running.pop(process)
                    yield Ending(child, process.returncode, _last_line(child.log, offset))
                if not over:
                    meanwhile()
                    time.sleep(_PAUSE)
        finally:
            _interrupt(list(running))


def _start(child: Child, line: int) -> tuple[subprocess.Popen[bytes], int]:
    """The process, and where in the log its own lines begin."""
    command = [*COMMAND, *child.arguments]
    child.log.parent.mkdir(parents=True, exist_ok=True)
    with child.log.open("ab") as log:
        log.write(f"$ {shlex.join(command)}\n".encode())
        log.flush()
        offset = log.tell()
        # one BLAS thread each, so that jobs do not fight for cores; a session of its own, so that Ctrl-C in a terminal
        # reaches it once, through us, and not twice
        environment = os.environ | {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", lifeline.VARIABLE: "1"}
        process = subprocess.Popen(
            command, stdin=line, stdout=subprocess.DEVNULL, stderr=log, env=environment, start_new_session=True
        )
    return process, offset


def _interrupt(processes: Sequence[subprocess.Popen[bytes]]) -> None:
    """Ask all to stop and wait; a second interruption, or no answer, kills them."""
    for process in processes:
        process.terminate()  # not SIGINT: a child of a background job ignores that
    try:
        for process in processes:
            process.wait(_PATIENCE)
    except (KeyboardInterrupt, subprocess.TimeoutExpired) as error:
        for process in processes:
            process.kill()
            process.wait()
        if isinstance(error, KeyboardInterrupt):
            raise


def _last_line(log: Path, offset: int) -> str:
    with log.open("rb") as stream:
        end = stream.seek(0, os.SEEK_END)
        text = _read(stream, max(offset, end - _TAIL))
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else ""


def _read(stream: BinaryIO, start: int) -> str:
    stream.seek(start)
    return stream.read().decode("utf-8", errors="replace")
