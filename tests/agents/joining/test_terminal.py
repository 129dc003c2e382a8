"""A person's terminal: what is shown cannot act on it, and reading holds nothing up. Standard input is a pipe here."""

import asyncio
import os
import sys
from collections.abc import Iterator
from io import TextIOWrapper

import pytest

from townsquare.agents.joining.terminal import PersonLeft, Terminal
from townsquare.protocols.errors import InputError


@pytest.fixture
def keyboard(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """The writing end of what the terminal reads."""
    theirs, ours = os.pipe()
    with os.fdopen(theirs, encoding="utf-8") as stdin:
        monkeypatch.setattr(sys, "stdin", stdin)
        yield ours
        assert isinstance(stdin, TextIOWrapper)


async def at_the_end(terminal: Terminal, keyboard: int) -> None:
    """Wait until nobody reads any more: the pipe's number may be that of the next test's pipe."""
    os.close(keyboard)
    with pytest.raises(PersonLeft):
        await terminal.ask("? ")


async def test_lines_come_whole_however_they_are_written(keyboard: int) -> None:
    terminal = Terminal()
    terminal.open()
    for part in (b"on", b"e\r\ntw\xc3", b"\xb6\nthr", b"ee"):
        os.write(keyboard, part)
    assert await terminal.ask("? ") == "one"
    assert await terminal.ask("? ") == "twö"
    os.close(keyboard)
    assert await terminal.ask("? ") == "three"
    with pytest.raises(PersonLeft):
        await terminal.ask("? ")
    assert terminal.left.is_set()
    with pytest.raises(PersonLeft):  # and every time
        await terminal.ask("? ")


async def test_what_is_shown_moves_no_cursor(capsys: pytest.CaptureFixture[str]) -> None:
    Terminal().show("  indented", "\x1b[2Jgone\x07?", "two\nlines", "")
    assert capsys.readouterr().out == "  indented\n[2Jgone ?\ntwo lines\n\n"


@pytest.mark.parametrize(
    ("typed", "line"),
    [
        (b"a\x1b[Db\x1b[1;5Cc", "abc"),  # arrows
        (b"\x1b[31mred\x00\x07\xff", "red\N{REPLACEMENT CHARACTER}"),
        (b"a\tb \x7f", "a\tb "),
        (b"\x1bOP\x1b", "P"),
        (b"", ""),
    ],
)
async def test_keys_that_are_no_letters_are_none(keyboard: int, typed: bytes, line: str) -> None:
    terminal = Terminal()
    terminal.open()
    os.write(keyboard, typed + b"\n")
    assert await terminal.ask("? ") == line
    await at_the_end(terminal, keyboard)


async def test_a_line_without_an_end_fills_no_memory(keyboard: int, capsys: pytest.CaptureFixture[str]) -> None:
    terminal = Terminal()
    terminal.open()
    piped = b"x" * 4_000_000 + b"\nnext\n" + b"y" * 200_000 + b"\n"

    def write() -> None:
        left = memoryview(piped)
        while left:
            left = left[os.write(keyboard, left) :]

    writing = asyncio.create_task(asyncio.to_thread(write))
    assert await terminal.ask("? ") == "x" * 100_000
    assert await terminal.ask("? ") == "next"
    assert await terminal.ask("? ") == "y" * 100_000
    await writing
    await at_the_end(terminal, keyboard)
    assert capsys.readouterr().out.count("cut to 100,000 letters") == 2


@pytest.mark.parametrize("stream", ["stdin", "stdout"])
def test_nobody_sits_where_nothing_can_be_read_or_written(stream: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, stream, None)
    with pytest.raises(InputError, match=r"a person needs a terminal"):
        Terminal()
