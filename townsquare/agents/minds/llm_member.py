"""A member of a timeline whose decisions a language model makes: what it reads, likes, answers, posts, and thinks."""

from functools import lru_cache
from typing import Any

import numpy as np
from pydantic import BaseModel, Field, create_model

from townsquare.agents.minds.per_agent import together
from townsquare.agents.minds.silence import silent
from townsquare.agents.persona_sampling import Cast
from townsquare.agents.persona_words import describe
from townsquare.agents.prompts.browse_timeline import browse_timeline
from townsquare.agents.prompts.quoting import clean
from townsquare.agents.prompts.room import Room
from townsquare.agents.prompts.write_post import write_post
from townsquare.protocols.actions import Actions
from townsquare.protocols.asking import Ask, AskModel
from townsquare.protocols.columns import NOBODY
from townsquare.protocols.observations import Observation, Observations
from townsquare.protocols.settings import Settings

LETTERS = 600
"""Longer posts and answers are no valid ones; the prompts ask for much less."""


class Read(BaseModel):
    """One post that is read: its place, from 1."""

    post: int
    like: bool
    answer: str = Field(default="", max_length=LETTERS)
    objects: bool = False


class Browsing(BaseModel):
    """What a member does with its timeline; ``browsing`` makes the type for one of a given length."""

    reads: list[Read]


class Post(BaseModel):
    """What a member posts."""

    text: str = Field(min_length=1, max_length=LETTERS)


@lru_cache(maxsize=64)
def browsing(count: int, own: bool) -> type[Browsing]:
    """The answer for ``count`` posts; with the member's opinion where it says that itself."""
    read = create_model("Read", __base__=Read, post=(int, Field(ge=1, le=count)))
    fields: dict[str, Any] = {"reads": (list[read], Field(max_length=count))}  # type: ignore[valid-type]
    if own:
        fields |= {"opinion": (int, Field(ge=0, le=100)), "moved_by": (int, Field(ge=0, le=count))}
    made: type[Browsing] = create_model("Browsing", __base__=Browsing, **fields)
    return made


def consistent(answer: Browsing) -> str:
    """What is wrong with an answer that says the same post twice, or was moved by what it did not read."""
    posts = [read.post for read in answer.reads]
    moved = getattr(answer, "moved_by", 0)
    if len(set(posts)) < len(posts):
        return "a post is named twice in reads"
    return f"moved_by is {moved}, which is not among reads" if moved and moved not in posts else ""


def has_words(answer: Post) -> str:
    """What is wrong with a post of which nothing is left to read."""
    return "" if clean(answer.text) else "text has no words"


class LLMMember:
    """Browses and posts as a persona would (a ``Mind``). Its memory is where it stands, from 0 to 100.

    Where opinions are its own to say, the number it gives is its opinion, and an answer without a valid number is a
    ``no_answer``: never "no change", and never agreement. Posts and answers stand where the member stands; how harmful
    they are is left to their words.
    """

    class Config(Settings):
        """What is asked, and how much of it goes into a prompt."""

        prompt_tokens: int = Field(default=4000, ge=200)
        "Tokens a prompt may take; of what is too much the longest posts are cut."
        own: bool = True
        "Whether a member says what it thinks after reading."

    config: Config

    def __init__(self, config: Config, ask: AskModel, personas: Cast) -> None:
        """``personas`` says who an agent is, None for nobody in particular."""
        self.config, self.ask, self.personas = config, ask, personas
        self.room = Room(prompt=config.prompt_tokens)

    async def decide(self, seen: Observations) -> Actions:
        """Clicks, likes, answers and an opinion of each; for the task "post" a post of each."""
        question = seen.text(int(seen.elsewhere[0]))
        one = self._post if seen.task == "post" else self._browse
        return Actions.concat(await together(one(seen.row(i), question) for i in range(len(seen))))

    def browsing(self, seen: Observation, question: str) -> Ask[Browsing]:
        """What one member is asked before its timeline; a pure function of what it is and sees."""
        messages = browse_timeline(
            self._you(seen, [question, *seen.texts]),
            question,
            seen.texts,
            opinion=_of_hundred(seen),
            own=self.config.own,
            tick=seen.tick,
            room=self.room,
        )
        return Ask("browse", seen.agent, seen.tick, messages, browsing(len(seen.items), self.config.own), consistent)

    async def _browse(self, seen: Observation, question: str) -> Actions:
        if not seen.items:
            return Actions.concat([])
        answer = await self.ask(self.browsing(seen, question))
        if answer.value is None:
            return silent(seen.agent, answer)
        reads = answer.value.reads
        said = [(read, clean(read.answer)) for read in reads if clean(read.answer)]
        clicks = [seen.items[read.post - 1] for read in reads]
        likes = [seen.items[read.post - 1] for read in reads if read.like]
        parts = [
            Actions.of("click", np.full(len(clicks), seen.agent), np.array(clicks, np.int32)),
            Actions.of("like", np.full(len(likes), seen.agent), np.array(likes, np.int32)),
            Actions.of(
                "post",
                np.full(len(said), seen.agent),
                np.array([seen.items[read.post - 1] for read, _ in said], np.int32),
                value=np.array([float(read.objects) for read, _ in said]),
                vector=np.tile([float(seen.traits["opinion"]), np.nan], (len(said), 1)),
                text=[text for _, text in said],
            ),
        ]
        if self.config.own:
            parts.append(self._opinion(seen, answer.value))
        return Actions.concat(parts)

    @staticmethod
    def _opinion(seen: Observation, answer: Browsing) -> Actions:
        """The number a member gave, where it differs from the one that it was told."""
        stands, moved_by = int(getattr(answer, "opinion")), int(getattr(answer, "moved_by"))  # noqa: B009
        if stands == _of_hundred(seen):
            return Actions.concat([])
        item = seen.items[moved_by - 1] if moved_by else NOBODY
        return Actions.of("opinion", np.array([seen.agent]), np.array([item]), value=stands / 100.0)

    async def _post(self, seen: Observation, question: str) -> Actions:
        messages = write_post(
            self._you(seen, [question]), question, opinion=_of_hundred(seen), tick=seen.tick, room=self.room
        )
        answer = await self.ask(Ask("post", seen.agent, seen.tick, messages, Post, has_words))
        if answer.value is None:
            return silent(seen.agent, answer)
        return Actions.of(
            "post",
            np.array([seen.agent]),
            np.array([NOBODY]),
            vector=np.array([[float(seen.traits["opinion"]), np.nan]]),
            text=[clean(answer.value.text)],
        )

    def _you(self, seen: Observation, about: list[str]) -> tuple[str, ...]:
        return describe(self.personas(seen.agent), about, name=f"member-{seen.agent}")


def _of_hundred(seen: Observation) -> int:
    """Where a member stands, as it is told."""
    return round(100 * float(seen.traits["opinion"]))
