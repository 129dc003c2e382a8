"""Who an agent is: traits, which are slow, and states, which are fast.

Nothing here changes: a new mood is a new persona (``with_state``), and only ``consolidate`` writes what a person has
come to think of themselves. Every part may be left out; what is not known is not told.
"""

import re
from collections.abc import Iterable
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, field_validator

from townsquare.protocols.chat import estimate_tokens
from townsquare.protocols.settings import Settings

REFLECTIONS, REFLECTION_TOKENS = 3, 50
"""How many reflections there may be, and how long one may be (IROTE, arXiv 2508.08719: 50 tokens work best)."""

_TRAIT_WORDS = """
openness conscientious conscientiousness extravert extraverted extraversion extrovert extroverted extroversion
introvert introverted introversion agreeable agreeableness disagreeable neurotic neuroticism personality trait traits
self-direction self-directed stimulation hedonism hedonist hedonistic achievement power security conformity conformist
tradition traditional benevolence benevolent universalism universalist
"""
BLOCKED = frozenset(_TRAIT_WORDS.split())
"""Words a reflection may not use: naming a trait moves answers to a questionnaire and leaves behaviour where it was."""
_FIRST_PERSON = re.compile(r"\b(i|me|my|mine|myself)\b", re.IGNORECASE)
_WORD = re.compile(r"[\w-]+")


def wrong_reflection(text: str) -> str:
    """What is wrong with a reflection, or "": too long, not in the first person, or naming a trait."""
    length = estimate_tokens(text)
    if length > REFLECTION_TOKENS:
        return f"a reflection has at most {REFLECTION_TOKENS} tokens, and this one has {length}"
    if not _FIRST_PERSON.search(text):
        return "a reflection is in the first person (I, my, ...)"
    named = sorted(BLOCKED & {word.lower() for word in _WORD.findall(text)})
    return f"a reflection tells of a life and names no trait ({named[0]!r})" if named else ""


def _reflection(text: str) -> str:
    if wrong := wrong_reflection(text):
        raise ValueError(wrong)
    return text


Unit = Annotated[float, Field(ge=0, le=1)]
Label = Annotated[str, Field(min_length=1, max_length=80)]
Reflection = Annotated[str, AfterValidator(_reflection)]


class Demographics(Settings):
    """Facts of a life. The words of the debate experiment (Salvi et al. 2024) are listed; any other word will do."""

    gender: Label | None = None
    "male, female, nonbinary, other."
    age_band: Label | None = None
    "18-24, 25-34, 35-44, 45-54, 55-64, 65+."
    ethnicity: tuple[Label, ...] = Field(default=(), max_length=6)
    "One or more of white, latino, black, native-american, asian, other."
    education: Label | None = None
    "no-degree, high-school, vocational, bachelor, master, phd."
    employment: Label | None = None
    "student, unemployed-looking, unemployed-notlooking, employed-wages, self-employed, retired, other."
    politics: Label | None = None
    "republican, democrat, independent, not-sure, other."


class BigFive(Settings):
    """Each from 0 to 1, .5 for what most people are."""

    openness: Unit | None = None
    "Curious about what is new."
    conscientiousness: Unit | None = None
    "Orderly and persistent."
    extraversion: Unit | None = None
    "Seeks company."
    agreeableness: Unit | None = None
    "Trusts and helps."
    neuroticism: Unit | None = None
    "Worries easily."


class Schwartz(Settings):
    """Ten values, each from 0 to 1, in the order of the circle: neighbours go together, opposites do not."""

    self_direction: Unit | None = None
    "To think and choose for oneself."
    stimulation: Unit | None = None
    "Novelty and daring."
    hedonism: Unit | None = None
    "To enjoy life."
    achievement: Unit | None = None
    "To be seen to succeed."
    power: Unit | None = None
    "Standing, and a say over others."
    security: Unit | None = None
    "Safety and order."
    conformity: Unit | None = None
    "To keep to rules and not to offend."
    tradition: Unit | None = None
    "To keep customs."
    benevolence: Unit | None = None
    "The good of those one is close to."
    universalism: Unit | None = None
    "The good of all people, and of nature."


class Stance(Settings):
    """What somebody thinks of one topic."""

    topic: Label
    "In words that would occur in a text about it."
    value: Annotated[float, Field(ge=1, le=5)]
    "1 strongly against, 3 neither, 5 strongly for."
    confidence: Unit | None = None
    "How sure of it."
    prior_thought: Annotated[float, Field(ge=1, le=5)] | None = None
    "1 never thought about it, 5 very often."


class Salience(Settings):
    """How much a topic is on somebody's mind."""

    topic: Label
    "In words that would occur in a text about it."
    value: Unit
    "0 not at all, 1 all the time."


def _topics(field: str) -> BeforeValidator:
    def rows(given: Any) -> Any:
        """{topic: value} or {topic: {value: ...}} as rows."""
        if not isinstance(given, dict):
            return given
        return [{"topic": t, **(v if isinstance(v, dict) else {field: v})} for t, v in given.items()]

    return BeforeValidator(rows)


class State(Settings):
    """What passes: fast, and never written to what a person is by itself."""

    mood: Annotated[float, Field(ge=-1, le=1)] | None = None
    "-1 very bad, 1 very good."
    fatigue: Unit | None = None
    "0 fresh, 1 exhausted."
    topic_salience: Annotated[tuple[Salience, ...], _topics("value")] = ()
    "What is on their mind; also as {topic: value}."


class Persona(Settings):
    """One person. Frozen and hashable."""

    name: Label | None = None
    "What they are called."
    demographics: Demographics = Demographics()
    "Facts of their life."
    big_five: BigFive = BigFive()
    "Personality."
    schwartz: Schwartz = Schwartz()
    "What matters to them."
    reflections: tuple[Reflection, ...] = Field(default=(), max_length=REFLECTIONS)
    "What they have come to think of themselves; first person, English, at most 50 tokens each."
    stances: Annotated[tuple[Stance, ...], _topics("value")] = ()
    "What they think, by topic; also as {topic: value} or {topic: {value, confidence, prior_thought}}."
    state: State = State()
    "How they are just now."
    stubbornness: Unit | None = None
    "0 follows everybody, 1 never moves."
    eps: Unit | None = None
    "Bound of confidence: how far off an opinion may be that they still listen to, as a share of the scale."

    @field_validator("stances")
    @classmethod
    def _topics_differ(cls, stances: tuple[Stance, ...]) -> tuple[Stance, ...]:
        topics = [stance.topic.casefold() for stance in stances]
        if twice := [topic for topic in topics if topics.count(topic) > 1]:
            raise ValueError(f"there are two stances on {twice[0]!r}")
        return stances

    def stance(self, topic: str) -> Stance | None:
        """What they think of ``topic``, upper and lower case being the same."""
        return next((stance for stance in self.stances if stance.topic.casefold() == topic.casefold()), None)

    def with_state(self, **changed: Any) -> "Persona":
        """The same person in another state: fields of ``State``; the others, and all traits, stay as they are."""
        return self._with(state=State.model_validate({**_fields(self.state), **changed}))

    def with_stance(self, topic: str, **changed: Any) -> "Persona":
        """The same person thinking otherwise of one topic: fields of ``Stance``."""
        old = self.stance(topic)
        new = Stance.model_validate({**(_fields(old) if old else {"topic": topic}), **changed})
        kept = [new if stance is old else stance for stance in self.stances]
        return self._with(stances=tuple(kept) if old else (*kept, new))

    def consolidate(self, reflections: Iterable[str]) -> "Persona":
        """The same person with other reflections in place of theirs: the only way from passing states to traits."""
        return self._with(reflections=tuple(reflections))

    def _with(self, **changed: Any) -> "Persona":
        return Persona.model_validate({**_fields(self), **changed})


def _fields(of: Settings) -> dict[str, Any]:
    return {name: getattr(of, name) for name in type(of).model_fields}
