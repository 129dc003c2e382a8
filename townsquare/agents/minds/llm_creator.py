"""A creator whose articles a language model writes: title, text, and the category they belong to."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Protocol

import numpy as np
from pydantic import BaseModel, Field, create_model

from townsquare.agents.minds.per_agent import together
from townsquare.agents.minds.silence import silent
from townsquare.agents.persona_sampling import Cast
from townsquare.agents.persona_words import describe
from townsquare.agents.prompts.create import create
from townsquare.agents.prompts.quoting import clean
from townsquare.agents.prompts.room import Room
from townsquare.protocols.actions import Actions
from townsquare.protocols.asking import Ask, AskModel
from townsquare.protocols.columns import NOBODY, FloatArray, IntArray
from townsquare.protocols.observations import Observations
from townsquare.protocols.settings import Settings

TITLE_LETTERS, TEXT_LETTERS = 200, 4000
"""Longer articles are no valid answer; the prompt asks for much less."""


class Place(Protocol):
    """From what was written to a point of the town's content space."""

    def __call__(self, agent: int, category: int, text: str, tick: int, ordinal: int, /) -> FloatArray:
        """(d,) content of the ``ordinal``-th article (from 0) of ``agent`` at ``tick``; ``text`` is title, break, text.

        A pure function of its arguments.
        """


class Article(BaseModel):
    """What a writer publishes; ``article`` makes the type for a number of categories."""

    title: str = Field(min_length=1, max_length=TITLE_LETTERS)
    text: str = Field(min_length=1, max_length=TEXT_LETTERS)
    category: int


@lru_cache(maxsize=64)
def article(categories: int) -> type[Article]:
    """The answer where there are ``categories`` to choose from."""
    return create_model("Article", __base__=Article, category=(int, Field(ge=1, le=categories)))


def has_words(answer: Article) -> str:
    """What is wrong with an article of which nothing is left to read."""
    empty = [name for name in ("title", "text") if not clean(getattr(answer, name))]
    return f"{empty[0]} has no words" if empty else ""


class LLMCreator:
    """Writes as a persona would. What it published, with its likes, is before it each time; it keeps no other memory.

    An agent's articles of a tick are written one after the other, so that the second knows the first; agents write at
    the same time. Posts carry their words in ``Actions.text``, title on the first line, both cleaned of what a reader
    would not see, and their content in ``Actions.vector``. An article for which there is no valid answer is a
    ``no_answer`` of its own.
    """

    class Config(Settings):
        """What goes into a prompt."""

        prompt_tokens: int = Field(default=4000, ge=200)
        "Tokens a prompt may take; what is too much is cut: the longest texts first."
        published: int = Field(default=5, ge=0)
        "Articles of its own that a creator is shown, those with most likes first."
        around: int = Field(default=10, ge=0)
        "Articles of all creators that a creator is shown, spread evenly over what goes round."

    def __init__(self, config: Config, ask: AskModel, personas: Cast, place: Place, categories: Sequence[str]) -> None:
        """``categories`` are the names of the town's categories, by number; at least one."""
        if not categories:
            raise ValueError("a creator needs at least one category to write for")
        self.config, self.ask, self.personas, self.place = config, ask, personas, place
        self.categories = tuple(categories)
        self.room = Room(prompt=config.prompt_tokens)

    async def decide(self, seen: Observations) -> Actions:
        """``seen.limit`` posts per creator, in order."""
        return Actions.concat(await together(self._one(seen, i) for i in range(len(seen))))

    async def _one(self, seen: Observations, i: int) -> Actions:
        agent = int(seen.agents[i])
        own = self._own(seen, i)
        published = [seen.text(item) for item in own]
        around = [seen.text(item) for item in self._around(seen, int(seen.seats[i]), set(seen.items[i].tolist()))]
        you = describe(self.personas(agent), [*self.categories, *published, *around], name=f"writer {agent}")
        posts, titles = [], list[str]()
        for ordinal in range(seen.limit):
            messages = create(
                you,
                self.categories,
                published,
                around,
                titles,
                number=ordinal + 1,
                limit=seen.limit,
                tick=seen.tick,
                room=self.room,
            )
            question = Ask(
                "create", agent, seen.tick, messages, article(len(self.categories)), has_words, number=ordinal
            )
            answer = await self.ask(question)
            if answer.value is None:
                posts.append(silent(agent, answer))
                continue
            title = clean(answer.value.title)
            words = f"{title}\n{clean(answer.value.text)}"
            vector = np.asarray(self.place(agent, answer.value.category - 1, words, seen.tick, ordinal), np.float64)
            titles.append(title)
            posts.append(Actions.of("post", np.array([agent]), np.array([NOBODY]), vector=vector[None], text=[words]))
        return Actions.concat(posts)

    def _own(self, seen: Observations, i: int) -> list[int]:
        """The creator's own articles, most likes first, ties to the newer."""
        items = seen.items[i]
        likes = seen.features["likes"][i] if "likes" in seen.features else np.zeros(len(items))
        held = [(float(like), int(item)) for like, item in zip(likes, items, strict=True) if item >= 0]
        return [item for _, item in sorted(held, reverse=True)[: self.config.published]]

    def _around(self, seen: Observations, seat: int, own: set[int]) -> IntArray:
        """Articles of others: every m-th of what goes round, from a place that differs by creator and tick.

        No draw: a sample that looks elsewhere each time is enough, and it is the same on every machine.
        """
        others = np.array([item for item in seen.elsewhere.tolist() if item not in own], np.int64)
        count = min(self.config.around, len(others))
        if not count:
            return others[:0]
        step = len(others) // count
        start = (seat * 7 + seen.tick * 3) % step if step > 1 else 0
        return others[start + step * np.arange(count)]
