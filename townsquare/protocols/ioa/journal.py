"""What happened on a server, in order: the record that its groups can be played again from.

One entry after the other, each a JSON object with ``n`` (its number, from 1) and ``what`` (its kind). With a folder
they go to ``journal.jsonl`` there, a line each, written before anybody hears of what came of them: a killed server
keeps all but perhaps the last. There is no wall time in it; ``now`` is seconds since the server started, and says
nothing but when a time-out came.
"""

import json
import logging
import os
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from townsquare.protocols.errors import InputError

if TYPE_CHECKING:
    import pyarrow as pa

    from townsquare.protocols.ioa.messages import Message

Entry = dict[str, Any]
FILE = "journal.jsonl"
KEPT = 100_000
"""Entries that are kept in memory, the latest, where there is no folder."""
_log = logging.getLogger(__name__)


class Journal:
    """Append-only. Opening one in a folder that has one goes on after its last whole entry."""

    def __init__(self, folder: str | Path | None = None, *, kept: int = KEPT) -> None:
        """Raises InputError for a folder that cannot be written."""
        self.path = Path(folder) / FILE if folder is not None else None
        self.failure = ""
        """Why nothing is written any more, in a sentence; the server goes on without."""
        self._entries: deque[Entry] = deque(maxlen=kept)
        self._count, self._handle = 0, -1
        if self.path is not None:
            try:
                self.path.parent.mkdir(parents=True, exist_ok=True)
                self._count = self._cut_torn(self.path)
                self._handle = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
            except OSError as error:
                raise InputError(f"the journal {self.path} cannot be written: {error.strerror}.") from error

    def __len__(self) -> int:
        return self._count

    def note(self, what: str, **fields: Any) -> int:
        """Write an entry; its number. Fields are JSON, or None for what is left out."""
        self._count += 1
        entry = {"n": self._count, "what": what, **{name: value for name, value in fields.items() if value is not None}}
        if self._handle < 0:
            self._entries.append(entry)
        else:
            self._write(entry)
        return self._count

    def message(self, message: "Message", size: int) -> None:
        """Note what an agent said, but for its words: those of a conversation are noted with its group."""
        usage = message.usage
        self.note(
            "message",
            **{"from": message.sender},
            to=[message.to] if message.to else None,
            kind=message.kind,
            id=message.id,
            reply_to=message.reply_to,
            trace=message.trace,
            logical=message.logical,
            comm_id=getattr(message, "comm_id", None),
            type=getattr(message, "type", None),
            task_id=getattr(message, "task_id", None) or None,
            bytes=size,
            communication=usage.communication if usage else None,
            work=usage.work if usage else None,
        )

    def entries(self) -> Iterator[Entry]:
        """All of them in order; without a folder those that are kept."""
        if self.path is None:
            yield from list(self._entries)
        elif self.path.exists():
            yield from read(self.path)

    def tables(self) -> "dict[str, pa.Table]":
        """Cards, messages, turns, groups, tasks and refusals, as tables."""
        from townsquare.protocols.ioa.journal_tables import tables

        return tables(self.entries())

    def close(self) -> None:
        """Nothing more is written. Closing twice is fine."""
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1

    def _write(self, entry: Entry) -> None:
        if self.failure:
            return
        line = json.dumps(entry, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
        try:
            while line:
                line = line[os.write(self._handle, line) :]
        except OSError as error:
            self.failure = f"the journal {self.path} cannot be written any more: {error.strerror}."
            _log.error("%s", self.failure)

    @staticmethod
    def _cut_torn(path: Path) -> int:
        """Take away a last line that was not finished; how many entries there are."""
        if not path.exists():
            return 0
        whole = last = 0
        with path.open("rb+") as stream:
            for line in stream:
                if not line.endswith(b"\n"):
                    break
                whole, last = whole + len(line), last + 1
            stream.truncate(whole)
        return last


def read(path: str | Path) -> Iterator[Entry]:
    """The entries of a journal's file or folder; a last line that is not finished is left out.

    Raises InputError for a file that is none.
    """
    path = Path(path)
    path = path / FILE if path.is_dir() else path
    number = 0
    try:
        with path.open("rb") as stream:
            for number, line in enumerate(stream, 1):  # noqa: B007
                if line.endswith(b"\n"):
                    yield json.loads(line)
    except OSError as error:
        raise InputError(f"the journal {path} cannot be read: {error.strerror}.") from error
    except ValueError:
        raise InputError(f"{path}, line {number}: no entry of a journal.") from None
