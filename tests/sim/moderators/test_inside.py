"""What is told of a moderator by its settings."""

from pathlib import Path
from typing import Any

import pytest

from townsquare.protocols.scenario import Use
from townsquare.sim.moderators.inside import agents, asks, inside, needs_examples


def use(name: str, **settings: Any) -> Use:
    return Use.model_validate({"name": name, **settings})


LINEAR, REMOTE = {"name": "linear"}, {"name": "remote", "agent": "ann"}


@pytest.mark.parametrize(
    ("of", "asking", "needing"),
    [
        (use("none"), False, False),
        (use("linear"), False, True),
        (use("zero-shot"), True, False),
        (use("in-context", screen=LINEAR), True, True),
        (use("panel"), False, False),
        (use("panel", parts="model"), True, False),
        (use("human-queue"), False, False),
        (use("human-queue", first=LINEAR), False, True),
        (use("human-queue", first={"name": "in-context", "screen": LINEAR}), True, True),
        (use("remote"), False, False),
    ],
)
def test_who_asks_and_who_has_to_learn(of: Use, asking: bool, needing: bool) -> None:
    assert (asks(of), needs_examples(of)) == (asking, needing)


def test_those_inside_are_found_and_no_queue_is_opened(tmp_path: Path) -> None:
    of = use("human-queue", path=str(tmp_path / "queue.sqlite"), first=REMOTE)
    assert [one.name for one in inside(of)] == ["human-queue", "remote"]
    assert agents(of) == ["ann"]
    assert agents(use("remote")) == [""]
    assert agents(use("linear")) == []
    assert not asks(of)
    assert not (tmp_path / "queue.sqlite").exists()
