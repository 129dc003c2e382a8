"""What a member of a group says when it has the floor."""

from collections.abc import Sequence

from townsquare.agents.prompts.quoting import Block, turns
from townsquare.agents.prompts.room import Room, fitted
from townsquare.protocols.chat import Message

ROOM = Room(prompt=6000, memories=3000)
"""What was said may take half of the prompt."""

_ROLE = (
    "You are one member of a group of agents that work together on a goal. Who you are stands in the block named you, "
    "the goal in goal, who else is in the group in members, what was said so far in said, the latest last, and the "
    "tasks that were given in tasks. You have the floor: nobody else speaks until you have."
)
_SPEAK = (
    "What do you do now? Choose one:\n"
    "discussion: say something that brings the goal nearer; next holds the one member who is to speak then.\n"
    "sync_task_assign: give the members in next a task, and wait until all of them have delivered.\n"
    "async_task_assign: give the members in next a task, and go on as soon as they have begun.\n"
    "pause: wait until the tasks in wait_for have ended; with an empty list, all that are unfinished.\n"
    "conclusion: end the conversation; content is the whole answer to the goal, for somebody who heard nothing else.\n"
    "A task has to say in content all that whoever does it needs to know: they may not have followed the conversation. "
    "Do not repeat what was said. Pause rather than ask how a task is going. Conclude as soon as the goal is reached, "
    "or cannot be. {left} turns are left.\n"
    "Answer with JSON: type (one of the five), content (text), next (names of members; an empty list where nobody is "
    "meant) and wait_for (numbers of tasks; an empty list otherwise)."
)
_CONCLUDE = (
    "The group has to conclude now. Give the whole answer to the goal, as far as it was found, for somebody who heard "
    "nothing else; say what stays open.\nAnswer with JSON: content, a text."
)


def speak(
    you: Sequence[str],
    goal: str,
    members: Sequence[str],
    said: Sequence[str],
    tasks: Sequence[str],
    *,
    left: int,
    must_conclude: bool = False,
    room: Room = ROOM,
) -> tuple[Message, ...]:
    """``said`` is oldest first, and the oldest is left out first; ``tasks`` are numbered from 1."""
    task = _CONCLUDE if must_conclude else _SPEAK.format(left=left)

    def render(said: Sequence[str], texts: Sequence[str]) -> tuple[Message, ...]:
        blocks = [
            Block("you", you),
            Block("goal", texts[:1]),
            Block("members", texts[1 : len(members) + 1]),
            Block("said", said),
            Block("tasks", list(enumerate(texts[len(members) + 1 :], start=1))),
        ]
        return turns(_ROLE, blocks, task)

    return fitted(render, said, [goal, *members, *tasks], room)
