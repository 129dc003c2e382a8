"""One who works, speaks, and calls others to help."""

from dataclasses import dataclass
from typing import Any

import pytest

from townsquare.agents.speakers.colleague import Colleague, NoTeam, goal_of
from townsquare.agents.speakers.scripted import Scripted
from townsquare.protocols.ioa.cards import Card
from townsquare.protocols.ioa.conversation import Conversation, Move, Turn
from townsquare.protocols.ioa.messages import Ended, Task
from townsquare.protocols.ioa.vocabulary import Type

SPEAKER = Scripted([Move(Type.DISCUSSION, "hello")])


class Alone:
    async def run(self, task: Task) -> str:
        return "done alone"


@dataclass
class Voice:
    """A member of group "g", with what depth that has left; its teams end as told."""

    depth: int
    ended_how: str = "concluded"

    def __post_init__(self) -> None:
        self.card = Card(name="me", speaks=True)
        self.conversations = {"g": Conversation("g", "goal", (self.card,), 9, self.depth)}
        self.launched: list[tuple[str, tuple[str, ...], str | None]] = []

    async def launch(self, goal: str, members: tuple[str, ...], *, parent: str | None = None) -> Conversation:
        self.launched.append((goal, members, parent))
        return Conversation("h", goal, (self.card,), 9, 0)

    async def ended(self, comm_id: str) -> Ended:
        return Ended(id="1", sender="server", comm_id=comm_id, status=self.ended_how, conclusion="all of us say so")


async def team(goal: str, voice: Any) -> tuple[str, ...]:
    return ("ann", "ben")


async def nobody(goal: str, voice: Any) -> tuple[str, ...]:
    return ()


def colleague(voice: Any, form: Any = team, agent: Any = None) -> Colleague:
    made = Colleague(SPEAKER, agent, form)
    made.voice = voice
    return made


def task(comm_id: str | None = "g", **fields: Any) -> Task:
    return Task(id="m", sender="server", task_id="t", comm_id=comm_id, description="do it", **fields)


async def test_a_team_below_the_group_of_the_task() -> None:
    voice = Voice(depth=1)
    assert await colleague(voice).run(task(input={"n": 1})) == "all of us say so"
    assert voice.launched == [('do it\n{"n": 1}', ("ann", "ben"), "g")]


async def test_a_tree_of_its_own_for_a_task_of_no_group() -> None:
    voice = Voice(depth=0)
    await colleague(voice).run(task(None))
    assert voice.launched == [("do it", ("ann", "ben"), None)]


@pytest.mark.parametrize(
    ("voice", "form", "comm_id"),
    [
        (Voice(depth=0), team, "g"),  # no depth left
        (Voice(depth=3), team, "unknown"),
        (Voice(depth=3), nobody, "g"),
        (Voice(depth=3), None, "g"),
        (None, team, "g"),
    ],
)
async def test_alone(voice: Any, form: Any, comm_id: str) -> None:
    assert await colleague(voice, form, Alone()).run(task(comm_id)) == "done alone"
    assert voice is None or voice.launched == []
    with pytest.raises(NoTeam, match="no tasks alone"):
        await colleague(voice, form).run(task(comm_id))


async def test_a_team_that_comes_to_nothing_fails_the_task() -> None:
    with pytest.raises(NoTeam, match=r"ann, ben came to no conclusion \(deadlock\)"):
        await colleague(Voice(depth=1, ended_how="deadlock")).run(task())


async def test_it_says_what_its_speaker_says() -> None:
    group = Conversation("g", "goal", (), 9, 0)
    turn = Turn("me", group, False, 0, None)  # type: ignore[arg-type]
    assert (await colleague(None).speak(turn)).content == "hello"


def test_the_goal_of_a_task() -> None:
    assert goal_of(Task(id="m", sender="s", task_id="t")) == "Do this."
    assert goal_of(Task(id="m", sender="s", task_id="t", capability="read")) == "read"
