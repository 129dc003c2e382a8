"""An author on a moderated timeline for whom a language model writes, weighs advice, and takes verdicts (ours)."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Literal

import numpy as np
from pydantic import BaseModel, Field, create_model

from townsquare.agents.minds.author import Advises, Disguises, Warned, in_disguise
from townsquare.agents.minds.per_agent import together
from townsquare.agents.minds.silence import silent
from townsquare.agents.persona_sampling import Cast
from townsquare.agents.persona_words import describe
from townsquare.agents.prompts.author import adapt, settle_advice, write_as_author
from townsquare.agents.prompts.quoting import clean
from townsquare.agents.prompts.room import Room
from townsquare.protocols.actions import Actions
from townsquare.protocols.asking import Ask, AskModel
from townsquare.protocols.columns import NOBODY
from townsquare.protocols.moderator import ACTIONS
from townsquare.protocols.observations import Observation, Observations
from townsquare.protocols.post_kinds import ADVISED, KINDS, WAY
from townsquare.protocols.settings import Settings
from townsquare.protocols.streams import Streams

LETTERS = 600
"""Longer posts are no valid ones; the prompts ask for much less."""
_FATES = {
    "remove": "removed by a moderator",
    "hold": "held back until somebody has looked at it",
    "label": "shown with a label",
    "blur": "shown blurred",
    "warn": "shown, with a warning to the member",
    "limit": "shown, and the member's posts reach fewer people for a while",
    "suspend": "shown, and the member may not post for a while",
}
"""What authors are told became of a post; of everything else, ``demote`` too, that it was shown."""


class Written(BaseModel):
    """What an author posts."""

    text: str = Field(min_length=1, max_length=LETTERS)


class Settled(BaseModel):
    """What an author does about advice; ``settled`` makes the type for what can be chosen."""

    choice: str
    text: str = Field(default="", max_length=LETTERS)


class Adapted(BaseModel):
    """How an author goes on after a verdict."""

    way: Literal["on", "less", "milder", "disguise"]


@lru_cache(maxsize=2)
def settled(offered: bool) -> type[Settled]:
    """The answer where a suggestion is ``offered``, or none is: then there is nothing to accept."""
    choices: Any = Literal["accept", "edit", "ignore"] if offered else Literal["edit", "ignore"]
    return create_model("Settled", __base__=Settled, choice=(choices, ...))


def has_words(answer: Written) -> str:
    """What is wrong with a post of which nothing is left to read."""
    return "" if clean(answer.text) else "text has no words"


class LLMAuthor:
    """Posts what the trait ``kind`` says, as a persona would (a ``Mind``); it remembers nothing but its latest posts.

    The kind is what the author is asked to write, not what it wrote: nobody reads a post to find out. Where somebody
    advises, an author that is warned says whether it takes the suggestion, says it milder in its own words, or posts
    the draft to the letter; a post's ``value`` is that (``ADVICE``). How harmful a post is, is left to its words. Where
    the trait ``disguise`` is the number of a disguise, code puts it on the draft, as for scripted authors.

    No valid answer, to whichever question, is a ``no_answer``: nothing is posted, and nothing is taken to be agreement,
    or a decision to go on as before.
    """

    class Config(Settings):
        """How much goes into a prompt, and the disguises."""

        prompt_tokens: int = Field(default=2000, ge=400)
        "Tokens a prompt may take; of what is too much the longest texts are cut."
        how: tuple[str, ...] = ()
        "Disguises, by number."
        letters: float = Field(default=0.3, ge=0, le=1)
        "Share of the letters that a disguise changes."

    config: Config

    def __init__(
        self,
        config: Config,
        ask: AskModel,
        personas: Cast,
        streams: Streams,
        *,
        advises: Advises | None = None,
        disguised: Disguises | None = None,
    ) -> None:
        """``personas`` says who an agent is, None for nobody in particular; ``advises``: who looks at drafts."""
        self.config, self.ask, self.personas, self.streams = config, ask, personas, streams
        self.advises, self.disguised = advises, disguised
        self.room = Room(prompt=config.prompt_tokens)

    async def decide(self, seen: Observations) -> Actions:
        """Task "post": a post each; task "adapt": how each goes on."""
        if seen.task == "adapt":
            return Actions.concat(await together(self._adapt(seen.row(i)) for i in range(len(seen))))
        rows = [seen.row(i) for i in range(len(seen))]
        drafted = await together(self._draft(row) for row in rows)
        posts = {i: one for i, one in enumerate(drafted) if isinstance(one, str)}
        if self.disguised is not None:
            of, worn = self.config, self.disguised
            posts = {i: in_disguise(text, seen, i, of.how, of.letters, self.streams, worn) for i, text in posts.items()}
        done = dict(enumerate(one for one in drafted))
        if self.advises is not None and posts:
            told = await self.advises(list(posts.values()), seen.agents[list(posts)], seen.tick)
            decided = await together(
                self._settle(rows[i], draft, one) for (i, draft), one in zip(posts.items(), told, strict=True)
            )
            done |= dict(zip(posts, decided, strict=True))
        else:
            done |= {i: _post(rows[i], text, "") for i, text in posts.items()}
        return Actions.concat(one for one in done.values() if isinstance(one, Actions))

    def drafting(self, seen: Observation) -> Ask[Written]:
        """What an author is asked who may post; a pure function of what it is and sees."""
        kind = KINDS[int(seen.traits["kind"])]
        posted = [
            f"{_fate(standing)}: {text}"
            for text, standing in zip(seen.texts, seen.features["standing"].tolist(), strict=True)
        ]
        messages = write_as_author(self._you(seen), kind, posted, tick=seen.tick, room=self.room)
        return Ask("write", seen.agent, seen.tick, messages, Written, has_words)

    def settling(self, seen: Observation, draft: str, told: Warned) -> Ask[Settled]:
        """What an author is asked that was warned about its draft."""
        messages = settle_advice(
            self._you(seen), draft, told.why, told.reactions, told.suggestion, tick=seen.tick, room=self.room
        )

        def fits(answer: Settled) -> str:
            if answer.choice != "edit":
                return ""
            if not clean(answer.text):
                return "edit needs the words in text"
            return "the words in text are those of the draft: that is ignore" if clean(answer.text) == draft else ""

        return Ask("settle", seen.agent, seen.tick, messages, settled(told.suggestion is not None), fits)

    def adapting(self, seen: Observation) -> Ask[Adapted]:
        """What an author is asked about one of whose posts something was done."""
        text, standing = seen.texts[0], float(seen.features["standing"][0])
        messages = adapt(self._you(seen), text or "(an older post)", _fate(standing), tick=seen.tick, room=self.room)
        return Ask("adapt", seen.agent, seen.tick, messages, Adapted)

    async def _draft(self, seen: Observation) -> str | Actions:
        answer = await self.ask(self.drafting(seen))
        return silent(seen.agent, answer) if answer.value is None else clean(answer.value.text)

    async def _settle(self, seen: Observation, draft: str, told: Warned) -> Actions:
        if not told.warned:
            return _post(seen, draft, "")
        answer = await self.ask(self.settling(seen, draft, told))
        if answer.value is None:
            return silent(seen.agent, answer)
        if answer.value.choice == "accept":
            return _post(seen, told.suggestion or draft, "accepted")
        if answer.value.choice == "edit":
            return _post(seen, clean(answer.value.text), "edited")
        return _post(seen, draft, "ignored")

    async def _adapt(self, seen: Observation) -> Actions:
        answer = await self.ask(self.adapting(seen))
        if answer.value is None:
            return silent(seen.agent, answer)
        item = np.array(seen.items[:1])
        return Actions.of("adapt", np.array([seen.agent]), item, value=float(WAY[answer.value.way]))

    def _you(self, seen: Observation) -> Sequence[str]:
        return describe(self.personas(seen.agent), seen.texts, name=f"member-{seen.agent}")


def _post(seen: Observation, text: str, advice: str) -> Actions:
    """One post; its harm is left to its words."""
    vector = np.array([[float(seen.traits["opinion"]), np.nan]])
    nobody, value = np.array([NOBODY]), float(ADVISED[advice])
    return Actions.of("post", np.array([seen.agent]), nobody, value=value, vector=vector, text=[text])


def _fate(standing: float) -> str:
    return _FATES.get(ACTIONS[int(standing)], "shown")
