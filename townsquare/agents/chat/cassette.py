"""The record of a run's model calls, and which record answers which ask."""

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

from townsquare.agents.chat.flights import Flights
from townsquare.agents.chat.tape import Call, Failure, Place, Spent, Tape
from townsquare.protocols.chat import ChatError, Reply, Request
from townsquare.protocols.errors import ReplayMiss, RunFolderError, RunStopped

Mode = Literal["auto", "record", "replay", "refresh"]
Record = Call | Failure


@dataclass(frozen=True, slots=True)
class Shelf:
    """Another run's cassette: looked into when our own holds nothing, never written.

    With ``run`` and ``before`` it is that of an ancestor: this run's ticks before ``before`` were that run's, and what
    failed in them stays failed. Without, it is a tape that merely knows some answers.
    """

    path: Path
    run: str = ""
    before: int = 0


class Cassette:
    """One run's view of its cassette file, which other runs and processes may share, and of some shelves.

    Within a run a request has one reply, in every mode: the run can tick over its past and take the same turns. Modes:

    * ``auto``: what is recorded (here or on a shelf) is the answer; all else is asked and recorded.
    * ``record``: as ``auto``, but a request that another run has recorded in this file stops the run; no shelf is
      looked into for new ticks.
    * ``refresh``: only what this run has recorded itself is an answer; all else is asked, and replaces what was there.
    * ``replay``: only what is recorded is the answer; the file is opened for reading and nothing is ever asked.

    ``past`` (asks of ticks that are finished already: a resumed or forked run ticks over them) makes every mode behave
    like ``replay``: no finished tick is paid for again, or comes out differently.

    Calls that failed are recorded too. A failure is the answer where the past is repeated, in its own tick, and
    anywhere in ``replay`` when the request has no reply; otherwise a request that failed is asked again.
    """

    def __init__(self, path: Path, mode: Mode = "auto", *, run: str, shelves: Sequence[Shelf] = ()) -> None:
        """Open the file, or make it (not in ``replay``). Raises RunFolderError when it cannot be used.

        ``run`` names the run whose calls these are: what it has paid for is added up under this name.
        """
        self.path, self.mode, self.run = path, mode, run
        self.flights: Flights[Record] = Flights()
        self._failed_now: dict[tuple[str, int], Failure] = {}
        with ExitStack() as opened:
            self._own: Tape | None = None
            if mode != "replay" or path.exists() or not shelves:
                self._own = Tape(path, write=mode != "replay")
                opened.callback(self._own.close)
            self._shelves: list[tuple[Shelf, Tape]] = []
            for shelf in shelves:
                tape = Tape(shelf.path, write=False)
                opened.callback(tape.close)
                self._shelves.append((shelf, tape))
            self._open = opened.pop_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.close()

    def find(self, request: Request, place: Place, *, past: bool = False) -> Record | None:
        """What is recorded for a request; None when it has to be asked.

        Raises ReplayMiss when it may not be asked, and RunStopped in ``record`` mode when another run has recorded it.
        """
        if past or self.mode == "replay":
            found = self._recorded(request.key, place.tick)
            if found is None:
                raise ReplayMiss(self._what_misses(request, place, past))
            return found
        failed = self._failed_now.get((request.key, place.tick))
        if failed is not None:
            return failed
        assert self._own is not None
        own = self._own.call(request.key)
        if own is not None and self.mode != "auto" and own.made_by != self.run:
            if self.mode == "record":
                raise RunStopped(
                    f"the cassette {self.path} already holds the call for {_words(place)}, made by {own.made_by}, and "
                    "in the mode record every call must be new: give another tape, or use auto or refresh."
                )
            return None
        if own is not None or self.mode != "auto":
            return own
        for _, tape in self._shelves:
            found = tape.call(request.key)
            if found is not None:
                return found
        return None

    def keep(
        self, request: Request, reply: Reply, place: Place, *, usd: float | None = None, structured: str = ""
    ) -> Call:
        """Record a reply; when this returns it survives kill -9. What it returns is what must be acted on.

        That is another reply when another process recorded the same request meanwhile.
        """
        return self._tape().add(
            request,
            reply,
            usd=usd,
            structured=structured,
            made_by=self.run,
            place=place,
            replace=self.mode == "refresh",
        )

    def keep_failure(self, request: Request, error: ChatError, place: Place, *, seconds: float) -> Failure:
        """Record that a request brought no reply; for the rest of its tick it is not asked again."""
        failure = self._tape().add_failure(request, error, seconds=seconds, made_by=self.run, place=place)
        self._failed_now[request.key, place.tick] = failure
        return failure

    def is_own(self, record: Record, place: Place) -> bool:
        """Whether this run made this call for this very ask, now or before it was interrupted."""
        return record.place == place and record.made_by == self.run

    def spent(self) -> Spent:
        """What this run has paid for so far, over all its sessions."""
        return self._own.spent(self.run) if self._own is not None else Spent()

    def look_up(self, key: str) -> tuple[Request, Record] | None:
        """The recorded request and what came of it, here or on a shelf, for those who want to see it."""
        for tape in self._tapes():
            request, found = tape.request(key), tape.call(key) or tape.failure(key)
            if request is not None and found is not None:
                return request, found
        return None

    def forget(self, keys: Sequence[str]) -> None:
        """Drop calls of this run, so that they are made anew; nothing in ``replay``."""
        if self.mode != "replay":
            self._tape().forget(keys, self.run)

    def sync(self) -> None:
        """Everything recorded survives a power failure too; call it before a tick is committed."""
        self._failed_now.clear()
        if self._own is not None:
            self._own.sync()

    def close(self) -> None:
        """Let go of all files."""
        self._open.close()

    def _tape(self) -> Tape:
        if self._own is None:
            raise RunFolderError(f"there is no cassette {self.path} to write.")
        return self._own

    def _tapes(self) -> list[Tape]:
        return ([] if self._own is None else [self._own]) + [tape for _, tape in self._shelves]

    def _recorded(self, key: str, tick: int) -> Record | None:
        """What a tick of the past, or a replay, got: its own failure, else a reply, else any failure."""
        for run, tape in self._lineage(tick):
            failed = tape.failure(key, run, tick)
            if failed is not None:
                return failed
        for tape in self._tapes():
            call = tape.call(key)
            if call is not None:
                return call
        if self.mode == "replay":
            for tape in self._tapes():
                failed = tape.failure(key)
                if failed is not None:
                    return failed
        return None

    def _lineage(self, tick: int) -> list[tuple[str, Tape]]:
        """Whose tick it was: ours, and an ancestor's if it lies before the fork."""
        own = [] if self._own is None else [(self.run, self._own)]
        return own + [(shelf.run, tape) for shelf, tape in self._shelves if shelf.run and tick < shelf.before]

    def _what_misses(self, request: Request, place: Place, past: bool) -> str:
        why = f"tick {place.tick} is finished and may not be asked again" if past else "a replay asks nobody"
        alike = [(r, tape) for tape in self._tapes() for r in tape.requests_at(place)]
        models = sorted({name for tape in self._tapes() for name in tape.models()})
        if alike:
            likely = f"it holds this ask with {_differences(request, [r for r, _ in alike])}"
        elif request.model not in models:
            likely = f"it holds calls of {', '.join(models) or 'no model at all'} only"
        else:
            likely = "it holds nothing for this ask, so the run has taken another course before it"
        return f"the cassette {self.path} has no reply for {_words(place)} of {request.model}, and {why}: {likely}."


def _words(place: Place) -> str:
    number = f" (number {place.number})" if place.number else ""
    return f"purpose {place.purpose}, agent {place.agent}, tick {place.tick}{number}"


def _differences(request: Request, recorded: Sequence[Request]) -> str:
    """In what a request differs from the one among ``recorded`` that is most like it."""
    names = ("model", "messages", "schema", "temperature", "max_tokens", "draw")

    def differing(other: Request) -> list[str]:
        return [name for name in names if getattr(request, name) != getattr(other, name)]

    nearest = min(recorded, key=lambda other: len(differing(other)))
    words = {"model": f"the model {nearest.model}", "messages": "another prompt", "schema": "another form of answer"}
    return ", ".join(words.get(n, f"{n} {getattr(nearest, n)}") for n in differing(nearest)) or "the same request"
