"""A person's terminal: lines out, lines in, without holding up what else goes on."""

import asyncio
import codecs
import os
import re
import sys
import threading
from contextlib import suppress

from townsquare.agents.prompts.quoting import clean
from townsquare.protocols.errors import InputError, TownsquareError

_LONGEST = 100_000
"""Letters of a line."""
_KEYS = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b.?|[\x00-\x08\x0a-\x1f\x7f-\x9f]")
"""What arrows, function keys and the like leave in a line; of the control characters only the tab is text."""


class PersonLeft(TownsquareError):
    """The person closed the input (Ctrl-D); nothing more will come."""


class Terminal:
    """Standard input and output. What others wrote goes through ``show``, which lets no control sequence pass; of what
    is typed, those that keys such as the arrows leave in a line are dropped.
    """

    def __init__(self) -> None:
        """Raises InputError where there is nothing to read from, or to write to."""
        if sys.stdin is None or sys.stdout is None:
            raise InputError("a person needs a terminal: standard input or output is closed.")
        self._lines: asyncio.Queue[str | None] = asyncio.Queue()
        self._loop: asyncio.AbstractEventLoop | None = None
        self.left = asyncio.Event()
        """Set when the person closed the input."""

    def show(self, *lines: str) -> None:
        """Print lines, whoever wrote them."""
        for line in lines:
            text = line.lstrip(" ")
            sys.stdout.write(f"{' ' * (len(line) - len(text))}{clean(text)}\n")
        sys.stdout.flush()

    async def ask(self, prompt: str) -> str:
        """One line, without its end. Raises PersonLeft when none comes any more."""
        sys.stdout.write(prompt)
        sys.stdout.flush()
        line = None if self.left.is_set() and self._lines.empty() else await self._lines.get()
        if line is None:
            raise PersonLeft("the person has left.")
        return line

    def forget(self) -> None:
        """Pass over what was typed for something that is over; what is piped in, and not typed, is kept."""
        while sys.stdin.isatty() and not self._lines.empty() and not self.left.is_set():
            self._lines.get_nowait()

    def open(self) -> None:
        """Begin to read."""
        self._loop = asyncio.get_running_loop()
        threading.Thread(target=self._read, name="townsquare-person", daemon=True).start()

    def _read(self) -> None:
        # not sys.stdin.readline: a thread that waits in it holds a lock that Python wants when it ends
        fd, decoder, text = sys.stdin.fileno(), codecs.getincrementaldecoder("utf-8")("replace"), ""
        while True:
            try:
                read = os.read(fd, 4096)
            except OSError:  # the terminal is gone
                read = b""
            *lines, rest = decoder.decode(read, final=not read).split("\n")
            lines, text = ([text + lines[0], *lines[1:]], rest) if lines else ([], text + rest)
            lines += [text] if text and not read else []
            with suppress(RuntimeError):  # the loop is closed
                for line in lines:
                    self._tell(_typed(line[:_LONGEST]), cut=len(line) > _LONGEST)
                if not read:
                    self._tell(None)
            text = text[: _LONGEST + 1]  # so that whoever pipes in a line without an end fills no memory
            if not read:
                return

    def _tell(self, line: str | None, *, cut: bool = False) -> None:
        assert self._loop is not None
        if cut:
            self._loop.call_soon_threadsafe(self.show, f"(that was too long: cut to {_LONGEST:,} letters)")
        self._loop.call_soon_threadsafe(self._lines.put_nowait, line)
        if line is None:
            self._loop.call_soon_threadsafe(self.left.set)


def _typed(line: str) -> str:
    return _KEYS.sub("", line)
