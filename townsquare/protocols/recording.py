"""Writes a run folder so that a kill at any instant loses at most the tick under way.

A tick is finished when its checkpoint has been renamed into place; everything else of the tick is written before it,
and ``reopen`` removes what lies beyond the newest checkpoint.
"""

import fcntl
import os
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import IO, Self

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from townsquare.protocols import durable
from townsquare.protocols.errors import InputError, RunFolderError
from townsquare.protocols.events import Events
from townsquare.protocols.runfolder import RunFolder, RunInfo, events_table, tick_digest

State = Mapping[str, NDArray[np.generic]]
_KEEP_NEWEST = 2


class RunWriter:
    """One run being written; only one process can hold it at a time."""

    def __init__(self, path: Path, info: RunInfo) -> None:
        self.path, self.info = path, info
        self._measures: list[pd.DataFrame] = []
        self._lock: IO[str] | None = None

    @classmethod
    def create(cls, path: Path, info: RunInfo, agents: pa.Table) -> Self:
        """A new folder; InputError when there is already something at ``path``."""
        try:
            path.mkdir(parents=True)
        except FileExistsError:
            raise InputError(f"{path} exists already; a run is never overwritten: choose another folder.") from None
        except OSError as error:
            raise InputError(f"the run folder {path} cannot be made: {error.strerror}.") from error
        writer = cls(path, info)
        writer._take_lock()
        for kind in ("events", "items", "snapshots", "checkpoints"):
            (path / kind).mkdir()
        durable.write(path / "agents.parquet", lambda stream: pq.write_table(agents, stream, compression="zstd"))
        writer.save_info()
        return writer

    @classmethod
    def reopen(cls, folder: RunFolder) -> tuple[Self, int, State | None]:
        """The folder with everything after its newest whole checkpoint removed; how many ticks that checkpoint covers,
        and its arrays. For a fork that never finished a tick it is one of the parent's, and may lie before the fork.
        """
        writer = cls(folder.path, folder.info)
        writer._take_lock()
        try:
            return writer, *writer._cut_back(folder)
        except BaseException:
            writer.__exit__(None, None, None)  # an error that is kept (a notebook does) must not keep the lock
            raise

    def _cut_back(self, folder: RunFolder) -> tuple[int, State | None]:
        for kind in ("events", "items", "snapshots", "checkpoints"):
            (folder.path / kind).mkdir(exist_ok=True)
        done, state = newest_checkpoint(folder)
        fork = folder.info.parent
        if fork is not None and done <= fork.at:
            folder.info.ticks_done, folder.info.digest, folder.info.seconds = fork.at, fork.digest, 0.0
        else:
            folder.info.ticks_done = done
            folder.info.digest = bytes(state["run.digest"]).hex() if state is not None else ""
            folder.info.seconds = float(state["run.seconds"]) if state is not None else 0.0
        self._forget_after(folder.info.ticks_done)
        kept = folder.measures()
        first = fork.at if fork is not None else 0
        self._measures = [kept[kept["tick"] >= first]] if len(kept) else []
        return done, state

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        if self._lock is not None:
            self._lock.close()

    def commit(
        self,
        tick: int,
        events: Events,
        items: pa.Table,
        measures: pd.DataFrame,
        state: State,
        *,
        snapshot: State | None,
        asks: pa.Table | None = None,
        answers: pa.Table | None = None,
        conversations: pa.Table | None = None,
        verdicts: pa.Table | None = None,
        seconds: float,
        memory: float,
    ) -> None:
        """Put one finished tick on disk. The tick counts from the moment its checkpoint is in place."""
        table = events_table(tick, events)
        self._write_table("events", tick, table, dictionary=["kind", "why"])
        self._write_table("items", tick, items)
        told = {"asks": asks, "answers": answers, "conversations": conversations, "verdicts": verdicts}
        for kind, table in told.items():
            if table is not None:
                (self.path / kind).mkdir(exist_ok=True)
                self._write_table(kind, tick, table)
        if snapshot is not None:
            self._write_arrays(self.path / "snapshots" / f"{tick:06d}.npz", snapshot)
        self._measures = [pd.concat([*self._measures, measures], ignore_index=True)]
        frame = pa.Table.from_pandas(self._measures[0], preserve_index=False)
        durable.write(self.path / "measures.parquet", lambda stream: pq.write_table(frame, stream, compression="zstd"))
        digest = tick_digest(bytes.fromhex(self.info.digest), events, items)
        self.info.seconds += seconds
        extra = {"run.digest": np.frombuffer(digest, np.uint8), "run.seconds": np.array(self.info.seconds)}
        self._write_arrays(self.path / "checkpoints" / f"{tick:06d}.npz", {**state, **extra})
        self.info.digest, self.info.ticks_done = digest.hex(), tick + 1
        self.info.peak_memory_mb = max(self.info.peak_memory_mb, round(memory, 1))
        self.save_info()
        self._thin_checkpoints(tick)

    def save_info(self) -> None:
        """Write run.json."""
        text = self.info.model_dump_json(indent=2) + "\n"
        durable.write(self.path / "run.json", lambda stream: stream.write(text.encode()))

    def log(self, line: str) -> None:
        """Add a line to log.txt."""
        with (self.path / "log.txt").open("a", encoding="utf-8") as stream:
            stream.write(line.rstrip("\n") + "\n")

    def _write_table(self, kind: str, tick: int, table: pa.Table, dictionary: list[str] | bool = False) -> None:
        durable.write(
            self.path / kind / f"{tick:06d}.parquet",
            lambda stream: pq.write_table(table, stream, compression="zstd", use_dictionary=dictionary),
        )

    @staticmethod
    def _write_arrays(path: Path, arrays: State) -> None:
        durable.write(path, lambda stream: np.savez(stream, allow_pickle=False, **arrays))

    def _thin_checkpoints(self, tick: int) -> None:
        every = int(self.info.scenario.get("record", {}).get("checkpoints", 10))
        for path in (self.path / "checkpoints").glob("*.npz"):
            old = int(path.stem)
            if old <= tick - _KEEP_NEWEST and (old + 1) % every:
                path.unlink(missing_ok=True)

    def _forget_after(self, done: int) -> None:
        for path in self.path.glob("*.tmp"):
            path.unlink()
        for kind in ("events", "items", "snapshots", "checkpoints", "asks", "answers", "conversations", "verdicts"):
            for path in (self.path / kind).glob("*"):
                if path.suffix == ".tmp" or (path.stem.isdigit() and int(path.stem) >= done):
                    path.unlink()

    def _take_lock(self) -> None:
        try:
            handle = (self.path / "lock").open("a", encoding="utf-8")
        except OSError as error:
            raise RunFolderError(f"{self.path} cannot be written: {error.strerror}.") from error
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            handle.close()
            raise RunFolderError(f"{self.path} is being written by another process.") from None
        os.set_inheritable(handle.fileno(), False)
        self._lock = handle


def newest_checkpoint(folder: RunFolder, before: int | None = None) -> tuple[int, State | None]:
    """How many ticks the newest whole checkpoint covers, and its arrays; (0, None) when there is none.

    ``before`` limits the search to checkpoints that cover at most so many ticks. A fork's early ticks lie in its
    parent.
    """
    found = sorted((int(p.stem) for p in (folder.path / "checkpoints").glob("*.npz") if p.stem.isdigit()), reverse=True)
    for tick in found:
        if before is not None and tick + 1 > before:
            continue
        state = _read_checkpoint(folder.path / "checkpoints" / f"{tick:06d}.npz")
        if state is not None:
            return tick + 1, state
    parent, fork = folder.parent, folder.info.parent
    if parent is not None and fork is not None:
        return newest_checkpoint(parent, fork.at if before is None else min(before, fork.at))
    return 0, None


def _read_checkpoint(path: Path) -> State | None:
    """The arrays of a checkpoint, or None when it is torn (an older one then serves)."""
    try:
        with np.load(path, allow_pickle=False) as arrays:
            return dict(arrays)
    except (OSError, ValueError, EOFError, KeyError) as error:
        del error
        return None
    except Exception as error:
        # zipfile and zlib raise their own errors on a file that was cut short
        if type(error).__module__ in {"zipfile", "zlib"}:
            return None
        raise
