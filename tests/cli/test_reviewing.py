"""``townsquare review`` as people use it."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from townsquare.cli import main
from townsquare.cli.reviewing import decide
from townsquare.protocols.moderator import Span
from townsquare.sim.moderators.queue_file import QueueFile


@pytest.fixture
def path(tmp_path: Path) -> Path:
    queue = QueueFile(tmp_path / "queue.sqlite")
    queue.put(0, 7, 3, "You fool\x1b[2J", score=0.6, category="insult", why="holds fool", spans=[Span(4, 8)])
    queue.put(0, 8, 3, "Good day")
    queue.put(1, 9, 4, "Buy now")
    queue.close()
    return tmp_path / "queue.sqlite"


def typed(*lines: str) -> Iterator[str]:
    yield from lines


def test_one_after_the_other(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    queue, said = QueueFile(path), typed("r rude", "u", "l mild", "", "remov", "w", "never asked")
    assert decide(queue, lambda _: next(said)) == 0
    assert [post.decision.action if post.decision else None for post in queue.posts()] == ["label", None, "warn"]
    assert [act.kind for act in queue.post(1).acts] == ["decide", "undo", "decide"]
    out = capsys.readouterr().out
    assert out.startswith("3 posts wait.")
    assert out.rstrip().endswith("1 posts wait.")
    assert "You fool" in out
    assert "\x1b[2J" not in out
    assert "'remov' is no decision. Did you mean 'remove'" in out


def test_whoever_leaves_has_decided_nothing_else(path: Path) -> None:
    queue = QueueFile(path)
    decide(queue, lambda _: "q")

    def gone(_: str) -> str:
        raise EOFError

    decide(queue, gone)
    assert len(queue.open()) == 3


def test_from_a_script(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["review", str(path)]
    assert main([*words, "--decide", "1", "remove", "--note", "rude"]) == 0
    assert capsys.readouterr().out == "post 1: decided; decision: remove.\n"
    assert main([*words, "--appeal", "1", "--note", "it was a play"]) == 0
    assert main([*words, "--decide", "1", "show", "--json"]) == 0
    told = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (told["state"], told["decision"], len(told["acts"])) == ("decided", "show", 3)
    assert main([*words, "--undo", "1"]) == 0
    assert main([*words, "--list"]) == 0
    out = capsys.readouterr().out
    assert "2 of 3 posts want a decision" in out
    assert "\x1b[2J" not in out
    assert main([*words, "--json"]) == 0
    assert len(json.loads(capsys.readouterr().out)) == 3


@pytest.mark.parametrize(
    ("more", "why"),
    [
        (["--decide", "x", "show"], "takes the number of a post"),
        (["--decide", "9", "show"], "there is no post 9"),
        (["--decide", "1", "burn"], "'burn' is no decision"),
        (["--appeal", "1"], "not decided yet"),
    ],
)
def test_mistakes_are_a_sentence(path: Path, more: list[str], why: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["review", str(path), *more]) == 2
    told = capsys.readouterr().err
    assert why in told
    assert told.count("\n") == 1


def test_a_queue_that_is_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["review", str(tmp_path / "none")]) == 2
    assert "there is no queue" in capsys.readouterr().err
