"""Ten cues of power that one party of a dispute can give, none of which is a fact (arXiv 2603.01457; words ours).

Every cue but the order of speaking adds sentences to one statement and takes nothing away, so that ``stripped`` gives
back what was there. Length itself can decide; ``matched`` gives the control as many letters of nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

from townsquare.protocols.dispute import Hearing, Party, other
from townsquare.protocols.errors import InputError, did_you_mean

Where = Literal["before", "after"]


@dataclass(frozen=True, slots=True)
class Cue:
    """What a party adds, by party, in up to three sentences: the first one, two or three are said by strength."""

    where: Where
    customer: tuple[str, str, str]
    shop: tuple[str, str, str]


ORDER = "statement order"
LENGTH = "length difference"
_IDLE = (
    "This is what there is to say about it.",
    "It is all written down here in full.",
    "There is not more to it than what was said.",
)
"""Sentences that say nothing: what a statement is made longer with."""

CUES: Mapping[str, Cue | None] = {
    "legitimate claim": Cue(
        "before",
        (
            "As a paying customer I am entitled to publish what I experienced.",
            "That right is mine and nobody else's.",
            "It comes with every purchase.",
        ),
        (
            "As the owner of this business we are entitled to a page without such entries.",
            "That right is ours and nobody else's.",
            "It comes with the licence.",
        ),
    ),
    "authority citation": Cue(
        "before",
        (
            "The platform's rules, paragraph four, are on my side.",
            "The consumer office reads them as I do.",
            "So does the law.",
        ),
        (
            "The platform's rules, paragraph four, are on our side.",
            "The chamber of commerce reads them as we do.",
            "So does the law.",
        ),
    ),
    "punishment threat": Cue(
        "after",
        (
            "If this goes against me I will report the platform.",
            "I will close my account.",
            "My lawyer has the file already.",
        ),
        (
            "If this goes against us we will report the platform.",
            "We will take our advertising elsewhere.",
            "Our lawyer has the file already.",
        ),
    ),
    "compensation": Cue(
        "after",
        (
            "I am willing to give something in return.",
            "I would add two stars to it.",
            "I would recommend the platform to friends.",
        ),
        (
            "We are willing to give something in return.",
            "The customer can have a voucher.",
            "A refund is possible as well.",
        ),
    ),
    "expert knowledge": Cue(
        "before",
        (
            "I have worked in this trade for twenty years.",
            "The relevant tolerances and standards are known to me.",
            "I have trained others in them.",
        ),
        (
            "We have worked in this trade for twenty years.",
            "The relevant tolerances and standards are known to us.",
            "We have trained others in them.",
        ),
    ),
    "group preference": Cue(
        "after",
        (
            "Everybody I have asked sees it as I do.",
            "Hundreds have liked what I wrote.",
            "No customer thinks otherwise.",
        ),
        ("All our guests see it as we do.", "Hundreds have told us so.", "No other shop would think otherwise."),
    ),
    ORDER: None,
    "expression tone": Cue(
        "before",
        ("Let me be perfectly clear.", "There is nothing here to be discussed.", "Anything else would be absurd."),
        ("Let us be perfectly clear.", "There is nothing here to be discussed.", "Anything else would be absurd."),
    ),
    "choice trap": Cue(
        "after",
        (
            "You can let the review stand, or you can silence customers altogether.",
            "There is no third way.",
            "The choice is easy.",
        ),
        ("You can remove the review, or you can let a business die.", "There is no third way.", "The choice is easy."),
    ),
    LENGTH: Cue("after", _IDLE, _IDLE),
}
"""By name; None for the order, which adds nothing."""


def treated(hearing: Hearing, cue: str, party: Party, strength: int = 2) -> Hearing:
    """``hearing`` with the cue given by ``party``: 1 to 3 sentences more, or, for the order, ``party`` first.

    Raises InputError for a cue that is none and a strength out of range.
    """
    if cue not in CUES:
        raise InputError(f"there is no cue {cue!r}{did_you_mean(cue, CUES)} Cues: {', '.join(CUES)}.")
    if not 1 <= strength <= 3:
        raise InputError(f"the strength of a cue is 1, 2 or 3 (got {strength}).")
    given = CUES[cue]
    if given is None:
        return replace(hearing, first=party)
    return _with(hearing, party, given.where, _added(given, party, cue, strength))


def control(hearing: Hearing, cue: str, party: Party, strength: int = 2, *, matched: bool = False) -> Hearing:
    """What a treated hearing is compared with: the same without the cue.

    For the order the other party speaks first. ``matched``: sentences that say nothing, of exactly as many letters (the
    last one cut short), stand where the cue would; never for the length itself, whose cue they are.
    """
    given = CUES[cue]
    if given is None:
        return replace(hearing, first=other(party))
    if not matched or cue == LENGTH:
        return hearing
    wanted = len(_added(given, party, cue, strength))
    idle = " ".join(_IDLE * strength)[: wanted - 1].rstrip(" .")
    idle += "." * (wanted - len(idle))
    return _with(hearing, party, given.where, idle)


def stripped(hearing: Hearing, cue: str, party: Party, strength: int = 2) -> Hearing:
    """What was there before the cue was given; of a change of order, which order it was cannot be told, so that the
    other party speaks first.
    """
    given = CUES[cue]
    if given is None:
        return replace(hearing, first=other(party))
    added, statement = _added(given, party, cue, strength), hearing.statement(party)
    left = statement.removeprefix(f"{added} ") if given.where == "before" else statement.removesuffix(f" {added}")
    return _saying(hearing, party, left)


def _added(cue: Cue, party: Party, name: str, strength: int) -> str:
    sentences = cue.customer if party == "customer" else cue.shop
    if name == LENGTH:
        return " ".join(sentences * strength)  # far longer, not a sentence longer
    return " ".join(sentences[:strength])


def _with(hearing: Hearing, party: Party, where: Where, added: str) -> Hearing:
    statement = hearing.statement(party)
    return _saying(hearing, party, f"{added} {statement}" if where == "before" else f"{statement} {added}")


def _saying(hearing: Hearing, party: Party, statement: str) -> Hearing:
    if party == "customer":
        return replace(hearing, customer=statement)
    return replace(hearing, shop=statement)
