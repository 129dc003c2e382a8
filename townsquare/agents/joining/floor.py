"""A person in a group: reads what was said since, and says something when it is its turn."""

import asyncio
from collections.abc import Sequence

from townsquare.agents.joining.person import Person
from townsquare.protocols.ioa.conversation import Conversation, Move, Turn
from townsquare.protocols.ioa.messages import Say
from townsquare.protocols.ioa.vocabulary import Type

HELP = (
    "Say something; or begin with @NAME (who speaks next), /task NAME (and wait), /later NAME (and go on),",
    "/pause (until the tasks are done) or /end (with the conclusion).",
)
_TASKS = {"/task": Type.SYNC_TASK, "/later": Type.ASYNC_TASK}


class Member(Person):
    """A person who also speaks in groups (``Speaker``)."""

    def __init__(self, *arguments: object) -> None:
        super().__init__(*arguments)  # type: ignore[arg-type]
        self._heard: dict[str, int] = {}
        """How much of each group's conversation was shown."""

    async def speak(self, turn: Turn) -> Move:
        """What the person says."""
        async with self.busy:
            self.terminal.forget()
            self._show(turn.conversation, turn.me)
            members = turn.conversation.members
            place = [card.name for card in members].index(turn.me)
            others = [*members[place + 1 :], *members[:place]]
            names, after = [card.name for card in others], [card.name for card in others if card.speaks]
            while True:
                end = "The group has to conclude. " if turn.must_conclude else ""
                try:
                    line = await self.terminal.ask(f"{end}You say: ")
                except asyncio.CancelledError:
                    self.terminal.show("", "(too late: it is not your turn any more)")
                    raise
                move = move_of(line, names, after[:1], must_conclude=turn.must_conclude)
                if not isinstance(move, str):
                    return move
                self.terminal.show(move)

    def _show(self, conversation: Conversation, me: str) -> None:
        seen = self._heard.get(conversation.comm_id, 0)
        if not seen:
            others = ", ".join(card.name for card in conversation.members if card.name != me) or "nobody else"
            self.terminal.show("", f"A group with {others}.", f"Goal: {conversation.goal}", *HELP)
        self.terminal.show("", *(line for say in conversation.said[seen:] if say.sender != me for line in told(say)))
        # at least 1, so that the goal is not told again
        self._heard[conversation.comm_id] = max(len(conversation.said), 1)


def told(say: Say) -> list[str]:
    """A message as a person reads it."""
    kind = {Type.DISCUSSION: "", Type.DEFAULT: ""}.get(say.type, f" ({say.type.replace('_', ' ')})")
    to = f" to {', '.join(say.next_speaker)}" if say.next_speaker else ""
    lines = (say.content or say.task_conclusion or say.task_desc).splitlines() or [""]
    return [f"{say.sender}{to}{kind}: {lines[0]}", *(f"    {line}" for line in lines[1:])]


def move_of(line: str, others: Sequence[str], after: Sequence[str] = (), *, must_conclude: bool = False) -> Move | str:
    """The move that a line means; or, as text, what is wrong with it. Without ``@NAME``, ``after`` speaks next."""
    line = line.strip()
    word, _, words = line.partition(" ")
    words = words.strip()
    if must_conclude or word == "/end":
        said = words if word == "/end" else line
        return Move(Type.CONCLUSION, said) if said else "A conclusion needs words."
    if word == "/pause":
        return Move(Type.PAUSE, words)
    if word in _TASKS:
        name, _, what = words.partition(" ")
        if name not in others or not what.strip():
            return f"{word} NAME WORDS, with a name of: {', '.join(others)}."
        return Move(_TASKS[word], what.strip(), (name,), task_desc=what.strip())
    if word.startswith("/") or not line:
        return " ".join(HELP)
    if word.startswith("@"):
        name = word[1:].rstrip(",:")
        return Move(Type.DISCUSSION, words, (name,)) if name in others and words else f"Names: {', '.join(others)}."
    return Move(Type.DISCUSSION, line, tuple(after))
