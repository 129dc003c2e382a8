"""What a language model is asked that decides, in four steps, whether an item is to be hidden.

Each step sees no more than it needs: who perceives does not know what is to be avoided, who disputes does not read
what the judge said.
"""

from collections.abc import Sequence

from townsquare.agents.prompts.quoting import Block, turns
from townsquare.protocols.chat import Message
from townsquare.protocols.filtering import Aspect, Fact, Relations, Shown

_SEES = (
    "You note what can be observed in an item of a platform: the text in the block named text, and what is to be seen "
    "on its images, one per line, in the block named images. You judge nothing, and you guess at nothing that is not "
    "there."
)
_PERCEIVE = (
    "What can be observed? Answer with JSON: facts, a list of at most 12 objects, each with modality (text or image), "
    "quote (for text: the words it rests on, copied letter by letter; for an image: its number) and statement (one "
    "short sentence)."
)
_RELATES = (
    "You say how facts about an item bear on descriptions of content. The facts stand in the block named facts, the "
    "descriptions in the block named facets. A word that both share is no reason: the fact has to be what the "
    "description means. To speak about something, to report it or to warn of it is not to do it."
)
_RELATE = (
    "Answer with JSON: relations, a list with an object for each fact and facet where the fact supports or contradicts "
    "that the item is what the facet describes: fact, facet (their numbers) and relation (supports or contradicts). "
    "Leave out what is unrelated."
)
_JUDGES = (
    "You decide whether an item is to be hidden. The block named facts has what was observed in it; the block named "
    "facets what is to be hidden, with how much it matters from 0 to 1; the block named exceptions what is not meant; "
    "the block named relations how the facts bear on the facets. Hide only what a fact shows; hiding something "
    "harmless is worse than showing something doubtful."
)
_JUDGE = (
    "Answer with JSON: hide (true or false), facts (the numbers of the facts that your decision to hide rests on; "
    "empty when you do not hide) and why (one sentence)."
)
_DISPUTES = (
    "An item is about to be hidden, and you speak for showing it. The block named facts has what was observed in it; "
    "the block named facets what is to be hidden; the block named exceptions what is not meant; the block named cited "
    "the numbers of the facts that hiding rests on. Say honestly whether the case for hiding holds."
)
_DISPUTE = (
    "Answer with JSON: hide (true when it should be hidden all the same, false when it should be shown), facts (the "
    "numbers of the facts that speak for showing it) and why (one sentence)."
)


def perceive(item: Shown) -> tuple[Message, ...]:
    """The item alone."""
    return turns(_SEES, [Block("text", [item.text]), _numbered("images", item.images)], _PERCEIVE)


def relate(facts: Sequence[Fact], aspects: Sequence[Aspect]) -> tuple[Message, ...]:
    """Facts and facets, each by its number from 1."""
    return turns(_RELATES, [_facts(facts), _numbered("facets", [a.description for a in aspects])], _RELATE)


def judge(facts: Sequence[Fact], aspects: Sequence[Aspect], told: Relations) -> tuple[Message, ...]:
    """Facts, what is to be hidden, and how they bear on it."""
    lines = [
        f"fact {n} {relation} facet {m}"
        for n, fact in enumerate(facts, 1)
        for m, aspect in enumerate(aspects, 1)
        if (relation := told.get((fact.id, aspect.id), "unrelated")) != "unrelated"
    ]
    return turns(_JUDGES, [_facts(facts), *_wanted(aspects), Block("relations", lines)], _JUDGE)


def dispute(facts: Sequence[Fact], aspects: Sequence[Aspect], cited: Sequence[str]) -> tuple[Message, ...]:
    """Facts and which of them were cited, without a word of the judge's."""
    numbers = ", ".join(str(n) for n, fact in enumerate(facts, 1) if fact.id in cited)
    return turns(_DISPUTES, [_facts(facts), *_wanted(aspects), Block("cited", [numbers])], _DISPUTE)


def _wanted(aspects: Sequence[Aspect]) -> list[Block]:
    facets = [f"{aspect.description} (matters {aspect.weight:.2f})" for aspect in aspects]
    exceptions = list(dict.fromkeys(one for aspect in aspects for one in aspect.exceptions))
    return [_numbered("facets", facets), Block("exceptions", exceptions)]


def _facts(facts: Sequence[Fact]) -> Block:
    return _numbered("facts", [f"{fact.modality}: {fact.statement}" for fact in facts])


def _numbered(kind: str, lines: Sequence[str]) -> Block:
    return Block(kind, list(enumerate(lines, start=1)))
