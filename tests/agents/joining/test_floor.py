"""A person in a group: what is shown, and what a line means."""

from typing import Any, cast

import pytest

from tests.agents.joining.test_person import Typed
from townsquare.agents.joining.floor import Member, move_of, told
from townsquare.protocols.ioa.cards import Card
from townsquare.protocols.ioa.conversation import Conversation, Move, Turn
from townsquare.protocols.ioa.messages import Say
from townsquare.protocols.ioa.vocabulary import Type


def said(sender: str, content: str, **more: Any) -> Say:
    return Say(id="m1", sender=sender, comm_id="g1", content=content, **more)


def turn(*says: Say, must_conclude: bool = False) -> Turn:
    members = tuple(Card(name=name, speaks=name != "tool") for name in ("ann", "me", "tool", "bob"))
    conversation = Conversation("g1", "Agree on a name.", members, 9, 0, list(says))
    return Turn("me", conversation, must_conclude, len(says), cast("Any", None))


@pytest.mark.parametrize(
    ("line", "move"),
    [
        ("I agree. ", Move(Type.DISCUSSION, "I agree.", ("bob",))),
        ("@ann, what do you say?", Move(Type.DISCUSSION, "what do you say?", ("ann",))),
        ("/task tool look it up", Move(Type.SYNC_TASK, "look it up", ("tool",), task_desc="look it up")),
        ("/later tool look it up", Move(Type.ASYNC_TASK, "look it up", ("tool",), task_desc="look it up")),
        ("/pause", Move(Type.PAUSE, "")),
        ("/end It is Ann.", Move(Type.CONCLUSION, "It is Ann.")),
    ],
)
def test_what_a_line_means(line: str, move: Move) -> None:
    assert move_of(line, ["bob", "ann", "tool"], ["bob"]) == move


@pytest.mark.parametrize("line", ["", "/end", "/task tool", "/task nobody x", "/what", "@nobody hello", "@ann"])
def test_what_means_nothing_is_told(line: str) -> None:
    assert isinstance(move_of(line, ["bob", "ann", "tool"], ["bob"]), str)


def test_who_has_to_conclude_concludes() -> None:
    assert move_of("It is Ann.", ["bob"], ["bob"], must_conclude=True) == Move(Type.CONCLUSION, "It is Ann.")
    assert isinstance(move_of(" ", ["bob"], must_conclude=True), str)


async def test_what_was_said_since_is_shown_once() -> None:
    terminal = Typed("Hello.", "/what", "Well.")
    member = Member(terminal)
    first = said("ann", "Good morning.\nShall we?", next_speaker="me")
    assert (await member.speak(turn(first))).next_speaker == ("bob",)
    assert "Goal: Agree on a name." in terminal.shown
    assert "A group with ann, tool, bob." in terminal.shown
    assert terminal.shown[-3:-1] == ["ann to me: Good morning.", "Shall we?"]
    terminal.shown.clear()
    await member.speak(turn(first, said("me", "Hello."), said("bob", "Ann?", type=Type.DISCUSSION)))
    assert terminal.shown[:3] == ["", "bob: Ann?", "You say: "]
    assert "/later NAME" in terminal.shown[3]


def test_other_kinds_are_named() -> None:
    assert told(said("ann", "Look it up.", type=Type.SYNC_TASK, next_speaker=["tool"])) == [
        "ann to tool (sync task assign): Look it up."
    ]
    assert told(said("tool", "", type=Type.TASK_RESULT, task_conclusion="Ann.")) == ["tool (inform task result): Ann."]
