"""Whom to ask for help with a goal: looking for agents, and choosing a team."""

from collections.abc import Sequence

from townsquare.agents.prompts.quoting import Block, turns
from townsquare.agents.prompts.room import Room, fitted
from townsquare.protocols.chat import Message

ROOM = Room(prompt=6000, memories=1000)

_ROLE = (
    "You form teams of agents. The goal stands in the block named goal, who has to reach it in you, the agents that "
    "you know of in contacts, and what came of your earlier steps in notes."
)
_BOTH = (
    "What do you do now? Choose one:\n"
    "discover: look for agents; queries holds a phrase for each ability that is wanted and that no contact has.\n"
    "team_up: ask contacts to join; members holds their names. The fewest who can reach the goal together, at most "
    "{largest}; an empty list if the one in you needs no help.\n"
    "Answer with JSON: action (discover or team_up), queries (texts) and members (names); the one that is not meant "
    "is an empty list."
)
_TEAM = (
    "There is no more time to look for others. Whom of the contacts do you ask to join? The fewest who can reach the "
    "goal together, at most {largest}; an empty list for nobody.\nAnswer with JSON: members, a list of names."
)


def team_up(
    you: Sequence[str],
    goal: str,
    contacts: Sequence[str],
    notes: Sequence[str],
    *,
    largest: int,
    forced: bool = False,
    room: Room = ROOM,
) -> tuple[Message, ...]:
    """``notes`` are oldest first; with ``forced`` only a team can be the answer."""
    task = (_TEAM if forced else _BOTH).format(largest=largest)

    def render(notes: Sequence[str], texts: Sequence[str]) -> tuple[Message, ...]:
        blocks = [Block("you", you), Block("goal", texts[:1]), Block("contacts", texts[1:]), Block("notes", notes)]
        return turns(_ROLE, blocks, task)

    return fitted(render, notes, [goal, *contacts], room)
