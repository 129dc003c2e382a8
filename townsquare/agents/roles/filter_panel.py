"""The parts of a reader's filter, by a language model: perceive, relate, judge, dispute."""

import re
from collections.abc import Sequence
from functools import partial
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from townsquare.agents.prompts import filter_panel as prompts
from townsquare.protocols.asking import Answer, Ask, AskModel
from townsquare.protocols.chat import Message
from townsquare.protocols.filtering import Aspect, Fact, Modality, Opinion, Relations, Shown

_FACTS = 12
_LONGEST = 600
"""Letters of a quote, a statement or a reason."""


class _Given(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Observed(_Given):
    """Something that the model says is there."""

    modality: Modality
    quote: str = Field(max_length=_LONGEST)
    statement: str = Field(min_length=1, max_length=_LONGEST)


class Perceived(_Given):
    """All of it."""

    facts: list[Observed] = Field(min_length=1, max_length=_FACTS)


class Bearing(_Given):
    """How one fact bears on one facet, by their numbers."""

    fact: int
    facet: int
    relation: Literal["supports", "contradicts"]


class Related(_Given):
    """All bearings."""

    relations: list[Bearing] = Field(max_length=400)


class Judged(_Given):
    """Whether to hide, and because of which facts."""

    hide: bool
    facts: list[int] = Field(max_length=_FACTS)
    why: str = Field(max_length=_LONGEST)


class LLMFilterParts:
    """One ask per step. No valid answer never hides anything, and never says that an item is harmless either.

    What could not be perceived has no facts, what could not be related has no relations, and the judge's opinion of
    both is None. What an item holds is checked, not believed: a quote that is not in the text is no fact, and an answer
    of nothing else is none. A judge is not asked about facts of which none supports any facet.
    """

    def __init__(self, ask: AskModel, agent: int = -1, tick: int = 0, number: int = 0) -> None:
        """``agent``: the reader it is asked for, -1 for the platform; ``number`` tells items of a tick apart."""
        self.ask, self.agent, self.tick, self.number = ask, agent, tick, number

    async def perceive(self, item: Shown, /) -> Sequence[Fact]:
        """What the model observes, each fact with its place in the text; none without a valid answer."""
        if not _something(item):
            return ()
        check = partial(_invented, item)
        made = Ask("perceive", self.agent, self.tick, prompts.perceive(item), Perceived, check, self.number)
        answer: Answer[Perceived] = await self.ask(made)
        return [] if answer.value is None else _facts(item, answer.value.facts)

    async def relate(self, item: Shown, facts: Sequence[Fact], aspects: Sequence[Aspect], /) -> Relations:
        """Every pair, or none without a valid answer. A fact bears on facets of its own modality only."""
        if not facts or not aspects:
            return {}
        check = partial(_numbers_are_there, len(facts), len(aspects))
        made = Ask("relate", self.agent, self.tick, prompts.relate(facts, aspects), Related, check, self.number)
        answer: Answer[Related] = await self.ask(made)
        if answer.value is None:
            return {}
        told: dict[tuple[str, str], Literal["supports", "contradicts", "unrelated"]] = {
            (fact.id, aspect.id): "unrelated" for fact in facts for aspect in aspects
        }
        for one in answer.value.relations:
            fact, aspect = facts[one.fact - 1], aspects[one.facet - 1]
            if aspect.modality in ("any", fact.modality):
                told[fact.id, aspect.id] = one.relation
        return told

    async def judge(self, item: Shown, facts: Sequence[Fact], aspects: Sequence[Aspect], told: Relations, /) -> Opinion:
        """Whether to hide; None without a valid answer of this step or of one before it."""
        if not _something(item) or not aspects:
            return Opinion(False, why="there is nothing to judge")
        if not facts or not told:
            return Opinion(None, why="what is in it could not be told")
        if "supports" not in told.values():
            return Opinion(False, why="nothing supports hiding it")
        return await self._opinion("judge", prompts.judge(facts, aspects, told), facts)

    async def dispute(
        self, item: Shown, facts: Sequence[Fact], aspects: Sequence[Aspect], cited: Sequence[str], /
    ) -> Opinion:
        """Whether to hide it all the same; None without a valid answer."""
        return await self._opinion("dispute", prompts.dispute(facts, aspects, cited), facts)

    async def _opinion(self, purpose: str, messages: tuple[Message, ...], facts: Sequence[Fact]) -> Opinion:
        check = partial(_facts_are_there, len(facts), purpose == "judge")
        answer: Answer[Judged] = await self.ask(
            Ask(purpose, self.agent, self.tick, messages, Judged, check, self.number)
        )
        if answer.value is None:
            return Opinion(None, why=f"no valid answer ({answer.outcome}): {answer.why}")
        cited = tuple(facts[n - 1].id for n in dict.fromkeys(answer.value.facts))
        return Opinion(answer.value.hide, cited, answer.value.why)


def _something(item: Shown) -> bool:
    return bool(item.text.strip() or item.images)


def _facts(item: Shown, observed: Sequence[Observed]) -> list[Fact]:
    """Those that are there, numbered in their order."""
    found = []
    for n, one in enumerate(observed):
        start, end = _place(item, one)
        if one.modality == "image" and start >= 0:
            found.append(Fact(f"i{n}", "image", one.statement))
        elif start >= 0:
            found.append(Fact(f"t{n}", "text", one.statement, start, end))
    return found


def _place(item: Shown, one: Observed) -> tuple[int, int]:
    """Where a quote stands, whatever white space is between its words; the number of an image; -1 for neither."""
    if one.modality == "image":
        number = re.search(r"\d+", one.quote)
        there = number is not None and 1 <= int(number[0]) <= len(item.images)
        return (0, 0) if there else (-1, -1)
    pieces = one.quote.split()
    match = re.search(r"\s+".join(map(re.escape, pieces)), item.text) if pieces else None
    return match.span() if match else (-1, -1)


def _invented(item: Shown, answer: Perceived) -> str:
    """Whether nothing of it is there. What somebody wrote is not repeated outside of its block."""
    there = any(_place(item, one)[0] >= 0 for one in answer.facts)
    return "" if there else "none of the quotes stands in the item; copy them letter by letter"


def _numbers_are_there(facts: int, facets: int, answer: Related) -> str:
    wrong = any(not (1 <= one.fact <= facts and 1 <= one.facet <= facets) for one in answer.relations)
    return f"there are facts 1 to {facts} and facets 1 to {facets}" if wrong else ""


def _facts_are_there(facts: int, grounded: bool, answer: Judged) -> str:
    if any(not 1 <= n <= facts for n in answer.facts):
        return f"there are facts 1 to {facts}"
    return "" if answer.facts or not (answer.hide and grounded) else "whoever hides has to cite the facts it rests on"
