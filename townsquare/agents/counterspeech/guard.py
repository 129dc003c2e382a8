"""What a counterspeech bot must not say: the last look before a reply goes out."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from townsquare.agents.prompts.quoting import clean
from townsquare.agents.reviewers.words import telling, words
from townsquare.protocols.actions import Actions
from townsquare.protocols.columns import FloatArray
from townsquare.protocols.counterspeech import LABEL, Guard
from townsquare.protocols.events import REASON

Harm = Callable[[Sequence[str]], FloatArray]
"""From texts to how harmful each is, 0 to 1: handed in by whoever builds the town."""
_SENTENCE = re.compile(r"[.!?…]+[\"'”’)\]]*(?=\s|$)")
_ADDRESSING = frozenset({"you", "your", "yours", "yourself", "comment", "post"})


@dataclass(frozen=True, slots=True)
class Checked:
    """A reply that may go out, or what speaks against it."""

    text: str
    """With its label; "" where it is withheld."""
    why: str
    """harmful, too long, beside the point, empty, or "" for a reply that goes out."""


def checked(guard: Guard, reply: str, comment: str, harm: Harm) -> Checked:
    """The reply as it may be sent; the first objection counts."""
    said = clean(reply)
    why = ""
    if not words(said):
        why = "empty"
    elif not float(harm([said])[0]) < guard.harm:  # a score that is no number withholds too
        why = "harmful"
    elif sentences(said) > guard.sentences:
        why = "too long"
    elif not addresses(said, comment):
        why = "beside the point"
    return Checked("" if why else f"{LABEL if guard.labelled else ''}{said}", why)


def sentences(text: str) -> int:
    """How many sentences a text has; one that does not end counts."""
    ends = [found.end() for found in _SENTENCE.finditer(text)]
    rest = text[ends[-1] :] if ends else text
    return len(ends) + bool(words(rest))


def addresses(reply: str, comment: str) -> bool:
    """Whether a reply speaks to its comment: it shares a telling word with it, or says you, or names it (ours)."""
    said = words(reply)
    return bool(_ADDRESSING.intersection(said) or set(said) & set(telling(comment)))


def withheld(agent: int, item: int) -> Actions:
    """The row of a reply that the guard kept back: the town refuses it, and that is on record."""
    return Actions.of("no_answer", np.array([agent]), np.array([item]), value=float(REASON["not allowed"]))
