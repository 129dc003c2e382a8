"""What somebody thinks of a topic before and after a debate, without a language model. Our reconstruction."""

import math
from collections.abc import Sequence

from townsquare.agents.debaters.bank import Entry
from townsquare.agents.debaters.leaks import words_of
from townsquare.agents.debaters.markers import formality, levels
from townsquare.agents.debaters.situation import Situation, written
from townsquare.agents.personas import Persona, Stance
from townsquare.protocols.debate import AGREEMENT, FIELDS, STRATEGIES, THOUGHT, TURNS, against

_CAMP = {"democrat": 1.0, "republican": -1.0}
_LEANING = 1.3
"""Steps of the Likert scale by which a camp lies off the middle where the topic's lean is 1."""
_PLAIN, _REASONED, _FITTING = 0.6, 0.2, 0.2
"""What a statement weighs at all, what reasons or evidence add, and what it adds that it speaks to the reader."""
_ARGUED = tuple(STRATEGIES.index(name) for name in ("logical reasoning", "evidence"))


def agreement(persona: Persona | None, entry: Entry, luck: float) -> int:
    """Agreement with the proposition before a debate, 1 to 5; ``luck`` is a standard normal draw.

    A persona's own stance where it has one on the topic; else normal about 3, moved by the lean of the topic where the
    persona's politics are known, with the spread of the topic.
    """
    stance = stance_on(persona, entry.text)
    if stance is not None:
        return likert(stance.value)
    camp = _CAMP.get((persona.demographics.politics or "").casefold(), 0.0) if persona is not None else 0.0
    return likert(3.0 + _LEANING * entry.lean * camp + entry.spread * luck)


def thought(persona: Persona | None, entry: Entry, agreed: int, luck: float) -> int:
    """How much they had thought about it, 1 to 5: what their stance says, else more where the opinion is strong."""
    stance = stance_on(persona, entry.text)
    if stance is not None and stance.prior_thought is not None:
        return likert(stance.prior_thought, THOUGHT)
    return likert(2.4 + 0.4 * abs(agreed - 3) + 0.9 * luck, THOUGHT)


def afterwards(
    persona: Persona | None, case: Situation, entry: Entry, before: int, susceptibility: float, conviction: float
) -> float:
    """Agreement with the proposition after a debate, not yet rounded.

    On the scale of agreement x with the opponent's side (1 to 5, ``against``): the opponent's statements pull towards
    5, one's own, which one has just argued for, towards 1::

        x' = x + s (1 - stubbornness) w(opponent) (5 - x) - c w(own) (x - 1)

    with s the susceptibility, c the conviction and w the mean weight of the three statements (``weight``; a missing one
    weighs nothing). Somebody with a bound of confidence (``eps``) is not moved by an opponent who is further off, as a
    share of the scale. With no statements x' = x. Linear and bounded: 1 <= x' <= 5 for s + c <= 1.
    """
    x = float(against(before, case.side)) if case.side else float(before)
    low, high = AGREEMENT
    firm = persona.stubbornness or 0.0 if persona is not None else 0.0
    hears = persona is None or persona.eps is None or (high - x) / (high - low) <= persona.eps
    words = words_of(_facts(persona))
    theirs = sum(weight(text, entry, -case.side, words) for text in written(case.opponent)) / len(TURNS)
    mine = sum(weight(text, entry, case.side, words) for text in written(case.own)) / len(TURNS)
    moved = x + hears * susceptibility * (1 - firm) * theirs * (high - x) - conviction * mine * (x - low)
    moved = min(max(moved, float(low)), float(high))
    return moved if case.side <= 0 else low + high - moved


def weight(text: str, entry: Entry, side: int, words: frozenset[str]) -> float:
    """What a statement weighs with a reader whose profile holds ``words``, 0.6 to 1."""
    found = levels(text)
    reasoned = any(found[place] for place in _ARGUED)
    fits = any(one.text in text and one.fit(words) for one in entry.arguments.get(side, ()))
    return _PLAIN + _REASONED * reasoned + _FITTING * fits


def takes_for_ai(statements: Sequence[str], luck: float) -> bool:
    """Whether the opponent is taken for an AI: the likelier, the more formal what it wrote; ``luck`` is uniform.

    Even odds where it wrote nothing.
    """
    texts = written(tuple(statements))
    style = sum(map(formality, texts)) / len(texts) if texts else 0.0
    return luck < 1.0 / (1.0 + math.exp(-1.5 * style))


def stance_on(persona: Persona | None, topic: str) -> Stance | None:
    """The persona's stance whose topic occurs in the wording, the longest of several; None where there is none."""
    said = topic.casefold()
    found = [stance for stance in persona.stances if stance.topic.casefold() in said] if persona is not None else []
    return max(found, key=lambda stance: len(stance.topic), default=None)


def likert(value: float, scale: tuple[int, int] = AGREEMENT) -> int:
    """The nearest step of a scale, halves upwards."""
    low, high = scale
    return int(min(max(math.floor(value + 0.5), low), high))


def _facts(persona: Persona | None) -> dict[str, str]:
    if persona is None:
        return {}
    facts = persona.demographics
    told = {field: getattr(facts, field) for field in FIELDS if field != "ethnicity"}
    return {field: value for field, value in told.items() if value} | {"ethnicity": "+".join(facts.ethnicity)}
