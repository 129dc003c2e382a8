"""Runs that the dashboard starts: each a ``townsquare`` process of its own, told by a list of arguments.

They are tied to the dashboard: when it ends they are interrupted, lose nothing, and can be resumed.
"""

import os
import re
import shlex
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from fcntl import LOCK_NB, LOCK_SH, LOCK_UN, flock
from pathlib import Path
from threading import Lock
from typing import Any

from townsquare.protocols import lifeline
from townsquare.protocols.errors import InputError
from townsquare.sweeps.outcome import log_of
from townsquare.sweeps.sweeping import as_toml
from townsquare.view.place import Root

COMMAND = (sys.executable, "-P", "-m", "townsquare")
"""What a run is started with; -P, so that a file in the folder that is looked at can never stand in for a module."""
READ_ONLY = "This dashboard only looks (--read-only): nothing can be started, stopped, resumed or forked here."
_NAME = re.compile(r"[\w][\w.,=+-]{0,119}", re.ASCII)
_CODES = {0: "done", 1: "failed", 2: "refused", 130: "stopped; it can be resumed"}
_TAIL = 6_000


@dataclass(slots=True)
class Job:
    """A process that was started here."""

    title: str
    run: str
    """The run that it writes, below the root."""
    arguments: tuple[str, ...]
    """What follows ``townsquare``."""
    log: Path
    process: "subprocess.Popen[bytes]"
    began: float = field(default_factory=time.monotonic)

    @property
    def going(self) -> bool:
        """Whether it still works."""
        return self.process.poll() is None

    @property
    def status(self) -> str:
        """How it ended, in a word, or that it has not."""
        code = self.process.poll()
        return "running" if code is None else _CODES.get(code, f"ended by signal {-code}" if code < 0 else "failed")

    def stop(self) -> None:
        """Interrupt it, as Ctrl-C does: the tick under way is lost, the run can be resumed."""
        if Root.given().read_only:
            raise InputError(READ_ONLY)
        self.process.terminate()  # the command line takes both alike, and a child of a background job ignores SIGINT

    def tail(self) -> str:
        """The end of what it has said."""
        try:
            with self.log.open("rb") as stream:
                stream.seek(max(0, self.log.stat().st_size - _TAIL))
                return stream.read(_TAIL).decode("utf-8", "replace")
        except OSError:
            return ""

    def command(self) -> str:
        """The same for a terminal, to be copied."""
        return shlex.join(("townsquare", *self.arguments))


class _Jobs:
    """Those of this process, which all visitors share."""

    def __init__(self) -> None:
        self.all: dict[Path, Job] = {}
        self.lock = Lock()
        self._line: int | None = None
        self._kept = ExitStack()

    def line(self) -> int:
        """The standard input that ends children when this process does."""
        if self._line is None:
            self._line = self._kept.enter_context(lifeline.held())
        return self._line


_JOBS = _Jobs()


def jobs(root: Root) -> list[Job]:
    """What was started here below ``root``, newest first."""
    with _JOBS.lock:
        mine = [job for path, job in _JOBS.all.items() if root.folder in path.parents or path == root.folder]
    return sorted(mine, key=lambda job: -job.began)


def run(root: Root, scenario: str, seed: int, settings: Mapping[str, Any], name: str) -> Job:
    """Start a scenario into the folder ``name`` below the root."""
    out = new_folder(root, name)
    told = ("run", scenario, "--seed", str(seed), *sets(settings), "--out", str(out))
    return _start(root, f"{scenario}, seed {seed}", out, told)


def resume(root: Root, name: str) -> Job:
    """Go on with a run where it stopped."""
    folder = root.run(name).path
    return _start(root, f"resuming {name}", folder, ("resume", str(folder)))


def fork(root: Root, name: str, at: int, settings: Mapping[str, Any], into: str) -> Job:
    """A run that shares the ticks before ``at`` with ``name`` and goes on with ``settings`` changed."""
    parent, out = root.run(name).path, new_folder(root, into)
    told = ("fork", str(parent), "--at", str(at), *sets(settings), "--out", str(out))
    return _start(root, f"fork of {name} at tick {at}", out, told)


def sets(settings: Mapping[str, Any]) -> list[str]:
    """Settings as arguments of the command line."""
    return [part for path, value in settings.items() for part in ("--set", f"{path}={as_toml(value)}")]


def new_folder(root: Root, name: str) -> Path:
    """A folder below the root that is not there yet; InputError, one sentence, where the name cannot be that."""
    if not _NAME.fullmatch(name):
        raise InputError(f"{name!r} cannot be the name of a run: letters, digits and . , = + - _ only, 120 at most.")
    if (root.folder / "run.json").exists():
        raise InputError("this dashboard shows one run; start it with the folder that holds your runs.")
    path = root.folder / name
    if path.exists():
        raise InputError(f"there is a {name} already; a run is never overwritten: choose another name.")
    return path


def free_name(root: Root, wanted: str) -> str:
    """``wanted``, or the first of its kind that no folder has."""
    wanted = re.sub(r"[^\w.,=+-]+", "-", wanted, flags=re.ASCII).lstrip(".,=+-")[:100] or "run"
    taken = (wanted if n == 1 else f"{wanted}-{n}" for n in range(1, 10_000))
    return next((name for name in taken if not (root.folder / name).exists()), wanted)


def written(path: Path) -> bool:
    """Whether a process, anybody's, is writing this run just now; asking disturbs nobody."""
    try:
        with (path / "lock").open("rb") as handle:
            flock(handle, LOCK_SH | LOCK_NB)
            flock(handle, LOCK_UN)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False


def status(path: Path, told: str) -> str:
    """What ``run.json`` says of a run, but "killed" where its process could write nothing any more."""
    return "killed" if told == "running" and not written(path) else told


def _start(root: Root, title: str, folder: Path, arguments: Sequence[str]) -> Job:
    if root.read_only:
        raise InputError(READ_ONLY)
    with _JOBS.lock:
        before = _JOBS.all.get(folder)
        if before is not None and before.going:
            raise InputError(f"{folder.name} is at work already.")
        log = log_of(folder)
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("ab") as stream:
            stream.write(f"$ {shlex.join(('townsquare', *arguments))}\n".encode())
            stream.flush()
            told = {"OPENBLAS_NUM_THREADS": "1", "PYTHONUNBUFFERED": "1", lifeline.VARIABLE: "1"}
            process = subprocess.Popen(
                [*COMMAND, *arguments],
                stdin=_JOBS.line(),
                stdout=stream,
                stderr=stream,
                env=os.environ | told,
                start_new_session=True,
            )
        job = Job(title, "." if folder == root.folder else str(folder.relative_to(root.folder)), tuple(arguments),
                  log, process)  # fmt: skip
        _JOBS.all[folder] = job
    return job
