"""A person's terminal: what is shown cannot act on it, and reading holds nothing up. Standard input is a pipe here."""

import os
import sys
from collections.abc import Iterator
from io import TextIOWrapper

import pytest

from townsquare.agents.joining.terminal import PersonLeft, Terminal


@pytest.fixture
def keyboard(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """The writing end of what the terminal reads."""
    theirs, ours = os.pipe()
    with os.fdopen(theirs, encoding="utf-8") as stdin:
        monkeypatch.setattr(sys, "stdin", stdin)
        yield ours
        assert isinstance(stdin, TextIOWrapper)


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
