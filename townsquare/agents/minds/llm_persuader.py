"""A persuader whose posts a language model writes, with its goal and what may be known of its audience."""

import math

import numpy as np
from pydantic import BaseModel, Field

from townsquare.agents.minds.per_agent import together
from townsquare.agents.minds.silence import silent
from townsquare.agents.prompts.quoting import clean
from townsquare.agents.prompts.room import Room
from townsquare.agents.prompts.write_post import Audience, write_for_goal
from townsquare.protocols.actions import Actions
from townsquare.protocols.asking import Ask, AskModel
from townsquare.protocols.columns import NOBODY
from townsquare.protocols.observations import Observation, Observations
from townsquare.protocols.settings import Settings

LETTERS = 800
"""Longer posts are no valid ones; the prompt asks for much less."""


class Post(BaseModel):
    """What a persuader posts, and where it stands, 0 to 100."""

    text: str = Field(min_length=1, max_length=LETTERS)
    stance: int = Field(ge=0, le=100)


def has_words(answer: Post) -> str:
    """What is wrong with a post of which nothing is left to read."""
    return "" if clean(answer.text) else "text has no words"


class LLMPersuader:
    """Writes posts for a goal (a ``Mind`` for the task "persuade").

    A persuader's posts of a tick are written one after the other, so that the second knows the first; persuaders write
    at the same time. How harmful a post is, is left to its words. Only where the town tells of an audience (the trait
    ``audience``) does the prompt, and then in sums.
    """

    class Config(Settings):
        """What goes into a prompt."""

        prompt_tokens: int = Field(default=4000, ge=200)
        "Tokens a prompt may take; of what is too much the longest posts are cut."
        posted: int = Field(default=5, ge=0)
        "Posts of its own that a persuader is shown, those with most likes first."

    config: Config

    def __init__(self, config: Config, ask: AskModel) -> None:
        self.config, self.ask = config, ask
        self.room = Room(prompt=config.prompt_tokens)

    async def decide(self, seen: Observations) -> Actions:
        """``seen.limit`` posts each, in order; a ``no_answer`` for each that is none."""
        question = seen.text(int(seen.elsewhere[0]))
        return Actions.concat(await together(self._one(seen.row(i), question) for i in range(len(seen))))

    async def _one(self, seen: Observation, question: str) -> Actions:
        likes = seen.features["likes"].tolist()
        order = sorted(range(len(seen.items)), key=lambda i: (-likes[i], -seen.items[i]))
        posted = [seen.texts[i] for i in order[: self.config.posted]]
        posts, written = [], list[str]()
        for number in range(seen.limit):
            messages = write_for_goal(
                question,
                posted,
                written,
                wanted=float(seen.traits["goal"]) > 0,
                audience=audience_of(seen),
                number=number + 1,
                limit=seen.limit,
                tick=seen.tick,
                room=self.room,
            )
            answer = await self.ask(Ask("persuade", seen.agent, seen.tick, messages, Post, has_words, number=number))
            if answer.value is None:
                posts.append(silent(seen.agent, answer))
                continue
            text = clean(answer.value.text)
            written.append(text)
            posts.append(
                Actions.of(
                    "post",
                    np.array([seen.agent]),
                    np.array([NOBODY]),
                    vector=np.array([[answer.value.stance / 100.0, np.nan]]),
                    text=[text],
                )
            )
        return Actions.concat(posts)


def audience_of(seen: Observation) -> Audience | None:
    """What is told of the audience; None where nothing is."""
    told = [float(value) for value in seen.traits["audience"]] if "audience" in seen.traits else [math.nan]
    if any(math.isnan(value) for value in told):
        return None
    mean, against, reached = told
    return Audience(round(100 * mean), round(100 * against), int(reached))
