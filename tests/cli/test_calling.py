"""What `townsquare call` says about its own arguments, before any broker is asked; and what a terminal is shown."""

import sys

import pytest

from townsquare.cli import main
from townsquare.cli.calling import _print, _row
from townsquare.protocols.ioa.cards import Card
from townsquare.protocols.ioa.messages import Match

NOWHERE = ("--broker", "mqtt://127.0.0.1:9")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--seconds", "0"], "--seconds takes more than 0, and at most 86,400 (got 0)"),
        (["--seconds", "nan"], "(got nan)"),
        (["--seconds", "inf"], "(got inf)"),
        (["--seconds", "1e9"], "at most 86,400"),
        (["--input", "{"], "--input is no JSON"),
        (["--input", "[" * 100_000], "--input is no JSON"),
        (["--input", "1" * 5_000], "--input is no JSON"),
        (["--input", r'"\ud800"'], "--input holds what is no text in UTF-8"),
        (["\udcff"], "TEXT holds what is no text in UTF-8"),
        (["--capability", "\udcff"], "--capability holds what is no text in UTF-8"),
    ],
)
def test_what_cannot_be_asked(words: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["call", "ann", *words, *NOWHERE]) == 2
    out, err = capsys.readouterr()
    assert said in err
    assert (out, err.count("\n")) == ("", 1)


def test_a_terminal_is_told_nothing_that_it_would_act_upon(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    words = "\x1b[31mred\x1b]0;owned\x07\n  indented\n"
    _print(words)
    assert capsys.readouterr().out == f"{words}\n"
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    _print(words)
    assert capsys.readouterr().out == "[31mred ]0;owned\n  indented\n\n"
    card = Card(name="ann", description="\x1b[2Jgone", capabilities=("see\x1b[32m",))
    assert _row(Match(card=card, score=0.5, here=True), True) == ("ann", "0.50", "here", "[2Jgone", "see [32m")
