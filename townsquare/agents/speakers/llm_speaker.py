"""A speaker whose moves a language model chooses."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import BaseModel, Field

from townsquare.agents.prompts.room import tokens
from townsquare.agents.prompts.speak import ROOM, speak
from townsquare.protocols.asking import Ask, AskModel
from townsquare.protocols.chat import estimate_tokens
from townsquare.protocols.errors import did_you_mean
from townsquare.protocols.ioa.cards import Card
from townsquare.protocols.ioa.conversation import Conversation, Move, Turn
from townsquare.protocols.ioa.messages import Say, Usage
from townsquare.protocols.ioa.vocabulary import Type
from townsquare.protocols.settings import Settings

_ASSIGNS = ("sync_task_assign", "async_task_assign")
_LONG = 1_500
"""Characters of one message or result that a prompt holds at most."""


class Talk(BaseModel):
    """What the model says that the agent does."""

    type: Literal["discussion", "sync_task_assign", "async_task_assign", "pause", "conclusion"]
    content: str
    next: list[str]
    wait_for: list[int]


class Conclusion(BaseModel):
    """What the model says when nothing but a conclusion is taken."""

    content: str = Field(min_length=1)


@dataclass(frozen=True, slots=True)
class Work:
    """A task as the members were told of it."""

    task_id: str
    words: str
    open: bool


class LLMSpeaker:
    """Reads the group's goal, members, conversation and tasks, and makes one of five moves.

    One call per turn: where the original asks a second time which tasks a pause waits for, the answer says so at once
    (ours). An answer that names strangers, members who cannot speak, or tasks that do not exist is asked for again by
    ``ask``, once; when there is still none, ``speak`` raises ValueError: the agent is passed over, which is on record.
    Tokens are metered as communication, by estimate (four bytes each): an ask does not tell what it cost.
    """

    class Config(Settings):
        """What goes into a prompt."""

        prompt_tokens: int = Field(default=ROOM.prompt, ge=400)
        "Tokens a prompt may take; what is too much is cut: the oldest messages first, then the longest texts."

    def __init__(
        self, ask: AskModel, config: Config | None = None, *, agent: int = -1, tick: Callable[[], int] = lambda: 0
    ) -> None:
        """``agent`` and ``tick`` are what the asks are recorded under."""
        self.ask, self.agent, self.tick = ask, agent, tick
        prompt = (config or self.Config()).prompt_tokens
        self.room = ROOM.model_copy(update={"prompt": prompt, "memories": prompt // 2})

    async def speak(self, turn: Turn) -> Move:
        """The move that the model chooses."""
        work = work_of(turn.conversation)
        ask = self.question(turn, work)
        answer = await self.ask(ask)
        if answer.value is None:
            raise ValueError(f"no valid answer ({answer.outcome}): {answer.why}")
        said: Any = answer.value
        usage = Usage(communication=tokens(ask.messages) + estimate_tokens(said.model_dump_json()))
        if isinstance(said, Conclusion):
            return Move(Type.CONCLUSION, said.content, usage=usage)
        return Move(
            Type(said.type),
            said.content,
            next_speaker=tuple(said.next) if said.type not in ("pause", "conclusion") else (),
            task_desc=said.content if said.type in _ASSIGNS else "",
            task_abstract=said.content[:80] if said.type in _ASSIGNS else "",
            triggers=tuple(work[number - 1].task_id for number in said.wait_for) if said.type == "pause" else (),
            usage=usage,
        )

    def question(self, turn: Turn, work: Sequence[Work]) -> Ask[Any]:
        """What the model is asked; a pure function of the turn."""
        group = turn.conversation
        members = {card.name: card for card in group.members}
        messages = speak(
            _you(members[turn.me]),
            group.goal,
            [_line(card) for card in group.members if card.name != turn.me],
            [_heard(say) for say in group.said],
            [one.words for one in work],
            left=max(group.max_turns - turn.turn, 0),
            must_conclude=turn.must_conclude,
            room=self.room,
        )
        if turn.must_conclude:
            return Ask("conclude", self.agent, self.tick(), messages, Conclusion, number=turn.turn)

        def check(talk: Talk) -> str:
            return wrong(talk, members, work)

        return Ask("speak", self.agent, self.tick(), messages, Talk, check, number=turn.turn)


def work_of(group: Conversation) -> list[Work]:
    """All tasks of a group that have begun or ended, in the order in which they did."""
    found: dict[str, Work] = {}
    for say in group.said:
        if say.type is Type.TASK_PROGRESS:
            what = say.task_abstract or say.task_desc
            found[say.task_id] = Work(say.task_id, f"{say.sender}, under way: {_short(what)}", True)
        elif say.type is Type.TASK_RESULT:
            status = say.task_status or "completed"
            found[say.task_id] = Work(say.task_id, f"{say.sender}, {status}: {_short(say.task_conclusion)}", False)
    return list(found.values())


def wrong(talk: Talk, members: dict[str, Card], work: Sequence[Work]) -> str:
    """What is wrong with an answer, in words the model can act on; else ""."""
    for name in talk.next:
        if name not in members:
            return f"next: there is no member {name!r}{did_you_mean(name, members)} Members: {', '.join(members)}."
    if talk.type in _ASSIGNS and not talk.next:
        return "next: a task needs at least one member to do it."
    if talk.type in _ASSIGNS and not talk.content.strip():
        return "content: say what is to be done."
    if talk.type == "discussion" and len(talk.next) > 1:
        return "next: only one member can speak next."
    if talk.type == "discussion" and talk.next and not members[talk.next[0]].speaks:
        return f"next: {talk.next[0]} does not speak; it only works on tasks."
    if talk.type == "pause":
        unfinished = [number for number, one in enumerate(work, 1) if one.open]
        if any(number not in unfinished for number in talk.wait_for):
            return f"wait_for: the unfinished tasks are {unfinished or 'none'}."
        if not unfinished:
            return "type: no task is unfinished, so there is nothing to pause for."
    if talk.type == "conclusion" and not talk.content.strip():
        return "content: a conclusion needs words."
    return ""


def _you(card: Card) -> list[str]:
    return [f"name: {card.name}", *card.description.splitlines()]


def _line(card: Card) -> str:
    does = f" ({', '.join(card.capabilities)})" if card.capabilities else ""
    silent = "" if card.speaks else " (works on tasks only, does not speak)"
    return f"{card.name}: {_short(card.description, 400)}{does}{silent}"


def _heard(say: Say) -> str:
    to = f" to {', '.join(say.next_speaker)}" if say.next_speaker else ""
    if say.type is Type.TASK_PROGRESS:
        return f"{say.sender} has begun: {_short(say.task_abstract or say.task_desc, 200)}"
    if say.type is Type.TASK_RESULT:
        return f"{say.sender} has ended a task; what came of it stands in tasks"
    return f"{say.sender}{to} ({say.type}): {_short(say.content or say.task_desc)}"


def _short(text: str, length: int = _LONG) -> str:
    return text if len(text) <= length else f"{text[: length - 1]}…"
