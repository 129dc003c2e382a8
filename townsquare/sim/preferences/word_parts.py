"""A filter's parts by words alone: offline, and easily followed (ours)."""

import re
from collections.abc import Sequence

from townsquare.protocols.filtering import Aspect, Fact, Opinion, Relation, Relations, Shown
from townsquare.sim.moderators.word_counts import words

_SENTENCE = re.compile(r"[^.!?\n]+[.!?]*")
_NOT = frozenset(
    {"no", "not", "never", "without", "none", "against", "stop", "avoid"}
    | {f"{verb}n't" for verb in ("is", "are", "do", "does", "did", "wo", "ca", "was")}
)
ENOUGH = 0.5
"""Weight from which on an aspect can hide something."""


class WordParts:
    """Facts are sentences, and what images show.

    A fact supports an aspect when it holds all words of one of its entries; with a negation among its words it
    contradicts it. An aspect without words is supported by nothing. The judge hides where the rule allows it; whoever
    disputes agrees unless something in the item contradicts an aspect.
    """

    async def perceive(self, item: Shown, /) -> Sequence[Fact]:
        """A fact per sentence, and one per image."""
        found = [
            Fact(f"t{n}", "text", match[0].strip(), match.start(), match.end())
            for n, match in enumerate(_SENTENCE.finditer(item.text))
            if match[0].strip()
        ]
        return [*found, *(Fact(f"i{n}", "image", told) for n, told in enumerate(item.images))]

    async def relate(self, item: Shown, facts: Sequence[Fact], aspects: Sequence[Aspect], /) -> Relations:
        """By words, within the modality of the aspect."""
        told = {fact.id: set(words(fact.statement)) for fact in facts}
        return {
            (fact.id, aspect.id): _relation(told[fact.id], aspect)
            for fact in facts
            for aspect in aspects
            if aspect.modality in ("any", fact.modality)
        }

    async def judge(self, item: Shown, facts: Sequence[Fact], aspects: Sequence[Aspect], told: Relations, /) -> Opinion:
        """Hide for every supporting fact of an aspect that matters enough and has no exception that holds."""
        cited = [
            fact.id
            for fact in facts
            if any(
                told.get((fact.id, aspect.id)) == "supports"
                and aspect.weight >= ENOUGH
                and not aspect.protects
                and not excepted(fact, aspect)
                for aspect in aspects
            )
        ]
        return Opinion(
            bool(cited), tuple(cited), "supported by what is cited" if cited else "nothing supports hiding it"
        )

    async def dispute(
        self, item: Shown, facts: Sequence[Fact], aspects: Sequence[Aspect], cited: Sequence[str], /
    ) -> Opinion:
        """Show where any other fact of the item contradicts an aspect that matters."""
        told = await self.relate(item, facts, aspects)
        against = [fact.id for fact in facts for a in aspects if told.get((fact.id, a.id)) == "contradicts"]
        return Opinion(not against, tuple(against), "contradicted elsewhere in the item" if against else "")


def excepted(fact: Fact, aspect: Aspect) -> bool:
    """Whether one of the aspect's exceptions holds: the fact has all of its words."""
    told = set(words(fact.statement))
    return any(set(words(one)) <= told for one in aspect.exceptions)


def _relation(told: set[str], aspect: Aspect) -> Relation:
    if not any(set(words(entry)) <= told for entry in aspect.words):
        return "unrelated"
    return "contradicts" if told & _NOT else "supports"
