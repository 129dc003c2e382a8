"""Shills for whom a language model decides and writes."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Annotated

from pydantic import BaseModel, Field, create_model

from townsquare.agents.prompts.room import Room
from townsquare.agents.prompts.shill_choice import shill_choice
from townsquare.agents.prompts.shill_profile import shill_profile
from townsquare.agents.prompts.shill_review import shill_review
from townsquare.agents.shills.acting import Account, Rated, Sketch, Written
from townsquare.agents.shills.memory import Memory
from townsquare.agents.shills.pages import Pages
from townsquare.protocols.asking import Ask, AskModel
from townsquare.protocols.columns import FloatArray, IntArray

Tag = Annotated[str, Field(min_length=1, max_length=60)]


class Sketched(BaseModel):
    """Who the account pretends to be."""

    who: Annotated[str, Field(min_length=1, max_length=600)]
    interests: Annotated[list[Tag], Field(min_length=5, max_length=8)]
    tone: Annotated[str, Field(min_length=1, max_length=200)]


class Picked(BaseModel):
    """The item that is rated next; ``picked`` makes the type for a number of candidates."""

    item: int
    reason: str


class Reviewed(BaseModel):
    """A review, and what stays."""

    review: Annotated[str, Field(min_length=1, max_length=2000)]
    feeling: Annotated[str, Field(max_length=300)]


@lru_cache(maxsize=64)
def picked(count: int) -> type[Picked]:
    """The answer for ``count`` candidates."""
    return create_model("Picked", __base__=Picked, item=(int, Field(ge=1, le=count)))


class ModelDriven:
    """Asks ``profile`` once, ``choose`` and ``review`` in every step; no answer is ever made up in a model's place.

    Asks carry the account's number from 0 as agent, tick 0, and the step as number; whoever hands in ``ask`` may put
    the town's own agent and tick there.
    """

    def __init__(self, ask: AskModel, pages: Pages, targets: IntArray, prompt_tokens: int) -> None:
        self.ask, self.pages, self.targets = ask, pages, targets
        self.room = Room(prompt=prompt_tokens, memories=prompt_tokens // 4)

    async def sketch(self, account: Account) -> Sketch | None:
        """As the model has it; None without a valid answer."""
        messages = shill_profile(
            self.pages.about(account.aim),
            age=account.age,
            push=account.push,
            mean=account.mean,
            spread=account.spread,
            high=self.pages.scale.high,
            room=self.room,
        )
        answer = await self.ask(Ask("profile", account.number, 0, messages, Sketched, self._unnamed_tags))
        if answer.value is None:
            return None
        return Sketch(answer.value.who, tuple(answer.value.interests), answer.value.tone)

    async def choose(
        self,
        account: Account,
        sketch: Sketch,
        step: int,
        items: IntArray,
        match: FloatArray,
        memories: Sequence[Memory],
    ) -> int | None:
        """The place of the item that the model names; ``match`` is not told."""
        lines = [self.pages.line(item) for item in items.tolist()]
        messages = shill_choice(self._you(account, sketch), _told(memories), lines, room=self.room)
        answer = await self.ask(Ask("choose", account.number, 0, messages, picked(len(lines)), number=step))
        return None if answer.value is None else answer.value.item - 1

    async def write(self, account: Account, sketch: Sketch, rated: Rated, memories: Sequence[Memory]) -> Written | None:
        """What the model writes; a review that names a target is no valid answer."""
        messages = shill_review(
            self._you(account, sketch),
            _told(memories),
            self.pages.about(rated.item),
            rated.woven,
            value=rated.value,
            high=self.pages.scale.high,
            push=account.push,
            room=self.room,
        )
        ask = Ask("review", account.number, 0, messages, Reviewed, self._unnamed, number=rated.step)
        answer = await self.ask(ask)
        return None if answer.value is None else Written(answer.value.review, answer.value.feeling)

    def _you(self, account: Account, sketch: Sketch) -> list[str]:
        """Who the account is, in words; its tastes come from the sketch and are left out where there is none."""
        habit = f"You give {account.mean:.1f} of {self.pages.scale.high:g} on average."
        if not sketch.interests:
            return [habit]
        return [
            sketch.who,
            f"You care for: {', '.join(sketch.interests)}.",
            f"You write like this: {sketch.tone}",
            habit,
        ]

    def _unnamed(self, answer: Reviewed) -> str:
        return self._wrong("review", answer.review)

    def _unnamed_tags(self, answer: Sketched) -> str:
        return self._wrong("interests", "; ".join(answer.interests))

    def _wrong(self, field: str, text: str) -> str:
        # the title itself stays out: what is said here reaches the model outside any block
        return f"{field} must not name the title of an item." if self.pages.named_in(text, self.targets) else ""


def _told(memories: Sequence[Memory]) -> list[str]:
    """Memories in words, the least telling first, so that it is the first to go."""
    return [memory.text for memory in reversed(memories)]
