"""Personas in words: order, relevance, and no number anywhere."""

import re

import numpy as np
import pytest

from townsquare.agents.persona_sampling import Distribution, draw
from townsquare.agents.persona_scores import separation
from townsquare.agents.persona_words import describe
from townsquare.agents.personas import Persona
from townsquare.protocols import Streams

ANN = Persona.model_validate(
    {
        "name": "Ann",
        "demographics": {"gender": "female", "education": "phd", "ethnicity": ["asian", "white"]},
        "big_five": {"openness": 0.95, "extraversion": 0.25, "agreeableness": 0.5},
        "schwartz": {"power": 0.9, "security": 0.75, "benevolence": 0.1, "hedonism": 0.5},
        "reflections": ["I count the exits of every room."],
        "stances": {
            "the tram": {"value": 5, "confidence": 0.9, "prior_thought": 5},
            "bridges": {"value": 2.2, "confidence": 0.1},
            "rent": 3,
        },
        "state": {"mood": -0.8, "fatigue": 0.9, "topic_salience": {"the tram": 0.9, "rent": 0.6, "bridges": 0.1}},
        "stubbornness": 0.9,
        "eps": 0.1,
    }
)


def test_everything_in_order() -> None:
    """Reflections, other traits, stances, state; the task comes after all of it."""
    assert describe(ANN) == (
        "Your name is Ann.",
        "I count the exits of every room.",
        "Gender: female.",
        "Education: phd.",
        "Ethnicity: asian and white.",
        "It is very much like you that you are drawn to new ideas and unusual things.",
        "It is like you that you prefer to be by yourself and say little.",
        "What matters most to you: standing and having a say over others.",
        "What matters to you: safety and order.",
        "What matters little to you: the good of those close to you.",
        "You rarely change your mind.",
        "You listen only to those who think much as you do.",
        "On the tram, you are strongly for and quite sure of it and have thought about it a lot.",
        "On bridges, you are against and not at all sure of it.",
        "On rent, you are neither for nor against.",
        "You are in a bad mood.",
        "You are tired.",
        "All the time you think of the tram.",
        "Now and then you think of rent.",
    )


def test_only_what_the_texts_at_hand_are_about() -> None:
    told = describe(ANN, ["The Tram is late again", "bridgeswater"])
    assert [line for line in told if "tram" in line or "bridges" in line or "rent" in line] == [
        "On the tram, you are strongly for and quite sure of it and have thought about it a lot.",
        "All the time you think of the tram.",
    ]
    assert not [line for line in describe(ANN, []) if line.startswith("On ")]


def test_nobody_in_particular() -> None:
    assert describe(None) == ()
    assert describe(None, name="reader 3") == ("Your name is reader 3.",)
    assert describe(Persona()) == ()
    assert describe(Persona(name="Ann"), name="reader 3") == ("Your name is Ann.",)


def test_no_number_is_ever_told() -> None:
    rng = np.random.default_rng(0)
    for persona in draw(Distribution(), Streams(0), np.arange(200)):
        mood, tired, value = rng.uniform(-1, 1), rng.uniform(), rng.uniform(1, 5)
        full = persona.with_state(mood=mood, fatigue=tired).with_stance("rent", value=value, confidence=tired)
        assert not re.search(r"\d", " ".join(describe(full)))


@pytest.mark.parametrize("mean", [0.5])
def test_an_average_person_has_nothing_to_tell(mean: float) -> None:
    fields = {"big_five": ("openness", "neuroticism"), "schwartz": ("power", "hedonism")}
    average = Persona.model_validate({group: dict.fromkeys(names, mean) for group, names in fields.items()})
    assert describe(average) == ()


JUDGED = {"new ideas and unusual": 1, "what you know": -1, "seek company": 1, "by yourself": -1}


def judge(told: tuple[str, ...]) -> float:
    """A scripted judge: the words of one pole against those of the other."""
    text = " ".join(told)
    return sum(weight * (2 if f"very much like you that you {words}" in text else 1)
               for words, weight in JUDGED.items() if words in text)  # fmt: skip


def poles(openness: float) -> list[Persona]:
    given = Distribution.model_validate(
        {trait: {"mean": openness, "sd": 0.1} for trait in ("openness", "extraversion")}
    )
    return draw(given, Streams(1), np.arange(50))


def test_opposite_poles_are_told_apart() -> None:
    """Check (iii): at least one standard deviation on a scripted judge."""
    high, low = ([judge(describe(persona)) for persona in poles(mean)] for mean in (0.8, 0.2))
    assert separation(high, low) >= 1
    assert np.mean(high) > np.mean(low)


def test_unrelated_turns_leave_the_description_alone() -> None:
    """Check (iv): after 20 turns about other things the judge's score falls by less than a tenth."""
    for persona in poles(0.8):
        before, now = judge(describe(persona)), persona
        for turn in range(20):
            now = now.with_state(mood=(turn - 10) / 10, topic_salience={f"football {turn}": 0.9})
        assert abs(judge(describe(now, ["a text about football"])) - before) <= 0.1 * abs(before)
