"""A persona in words, for prompts: no number of it is ever told.

The order is that of the dossier on personas: reflections, then other traits, then the stances that matter here, then
the state; the task comes after all of it. Words of the scales are ours.
"""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from townsquare.agents.personas import BigFive, Demographics, Persona, Schwartz, Stance, State

_BIG_FIVE = {
    "openness": ("keep to what you know and see little use in new ideas", "are drawn to new ideas and unusual things"),
    "conscientiousness": ("take things as they come and leave much unfinished", "plan ahead and finish what you begin"),
    "extraversion": ("prefer to be by yourself and say little", "seek company and speak up"),
    "agreeableness": ("put your own view first and do not mind a quarrel", "trust others and give way for peace"),
    "neuroticism": ("stay calm whatever happens", "worry easily and take things to heart"),
}
_SCHWARTZ = {
    "self_direction": "to think and choose for yourself",
    "stimulation": "novelty and adventure",
    "hedonism": "to enjoy life",
    "achievement": "to succeed and be seen to",
    "power": "standing and having a say over others",
    "security": "safety and order",
    "conformity": "to keep to the rules and not to offend",
    "tradition": "to keep the customs you were brought up with",
    "benevolence": "the good of those close to you",
    "universalism": "fairness to all people, and nature",
}
_FACTS = {
    "gender": "Gender: {}.",
    "age_band": "Age: {}.",
    "education": "Education: {}.",
    "employment": "Work: {}.",
    "politics": "Politics: {}.",
}
_MIDDLE = 0.2
"""Scores this near to .5 are nothing that sets a person apart, and are left out."""
_FAR = 0.35


def describe(persona: Persona | None, about: Iterable[str] | None = None, *, name: str = "") -> tuple[str, ...]:
    """The person in sentences, addressed as you.

    ``about`` are the texts at hand: of stances and of what is on their mind only those are told whose topic occurs in
    one of them (as words, upper and lower case being the same; lexical only); None tells all. ``name`` is used where
    the persona has none. Nobody in particular (None) has a name at most.
    """
    called = (persona.name if persona else None) or name
    said = (f"Your name is {called}.",) if called else ()
    if persona is None:
        return said
    text = None if about is None else "\n".join(about).casefold()
    stances = [stance for stance in persona.stances if _occurs(stance.topic, text)]
    return (*said, *_traits(persona), *map(_stance, stances), *_state(persona.state, text))


@lru_cache(maxsize=4096)
def _traits(persona: Persona) -> tuple[str, ...]:
    firm = persona.stubbornness
    return (
        *persona.reflections,
        *_demographics(persona.demographics),
        *_big_five(persona.big_five),
        *_values(persona.schwartz),
        *_graded(firm, "You rarely change your mind.", "You readily change your mind when others disagree."),
        *_graded(
            persona.eps,
            "You also listen to those who think quite differently.",
            "You listen only to those who think much as you do.",
        ),
    )


def _demographics(facts: Demographics) -> tuple[str, ...]:
    told = [form.format(value) for field, form in _FACTS.items() if (value := getattr(facts, field))]
    if facts.ethnicity:
        told.append(f"Ethnicity: {' and '.join(facts.ethnicity)}.")
    return tuple(told)


def _big_five(scores: BigFive) -> tuple[str, ...]:
    told = []
    for field, (low, high) in _BIG_FIVE.items():
        score = getattr(scores, field)
        if score is not None and abs(score - 0.5) >= _MIDDLE:
            much = " very much" if abs(score - 0.5) >= _FAR else ""
            told.append(f"It is{much} like you that you {high if score > 0.5 else low}.")
    return tuple(told)


def _values(scores: Schwartz) -> tuple[str, ...]:
    held = {field: score for field in _SCHWARTZ if (score := getattr(scores, field)) is not None}

    def told(form: str, chosen: list[str]) -> tuple[str, ...]:
        return (form.format("; ".join(_SCHWARTZ[field] for field in chosen)),) if chosen else ()

    return (
        *told("What matters most to you: {}.", [f for f, score in held.items() if score - 0.5 >= _FAR]),
        *told("What matters to you: {}.", [f for f, score in held.items() if _MIDDLE <= score - 0.5 < _FAR]),
        *told("What matters little to you: {}.", [f for f, score in held.items() if 0.5 - score >= _MIDDLE]),
    )


def _graded(score: float | None, high: str, low: str) -> tuple[str, ...]:
    if score is None or abs(score - 0.5) < _MIDDLE:
        return ()
    return (high if score > 0.5 else low,)


def _stance(stance: Stance) -> str:
    side = stance.value - 3
    if abs(side) < 0.5:
        view = f"On {stance.topic}, you are neither for nor against"
    else:
        view = f"On {stance.topic}, you are {'strongly ' if abs(side) >= 1.5 else ''}{'for' if side > 0 else 'against'}"
    sure = _scale(stance.confidence, ("and not at all sure of it", "", "and quite sure of it"))
    often = _scale(
        None if stance.prior_thought is None else (stance.prior_thought - 1) / 4,
        ("and have hardly thought about it", "", "and have thought about it a lot"),
    )
    return " ".join(part for part in (view, sure, often) if part) + "."


def _state(state: State, text: str | None) -> tuple[str, ...]:
    mood = None if state.mood is None else (state.mood + 1) / 2
    told = [
        _scale(mood, ("You are in a bad mood.", "", "You are in a good mood.")),
        _scale(state.fatigue, ("You are fresh and awake.", "", "You are tired.")),
    ]
    for salient in state.topic_salience:
        if salient.value >= 0.5 and _occurs(salient.topic, text):
            told.append(f"{'All the time' if salient.value >= 0.8 else 'Now and then'} you think of {salient.topic}.")
    return tuple(sentence for sentence in told if sentence)


def _scale(score: float | None, words: Sequence[str]) -> str:
    """The word for the lower third, the middle, or the upper third."""
    return "" if score is None else words[min(int(score * 3), 2)]


def _occurs(topic: str, text: str | None) -> bool:
    if text is None:
        return True
    words = topic.casefold()
    return words in text and re.search(rf"(?<!\w){re.escape(words)}(?!\w)", text) is not None
