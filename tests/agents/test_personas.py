"""Personas: what is refused, and that a passing state never becomes a trait by itself."""

import pytest
from pydantic import ValidationError

from townsquare.agents.personas import BLOCKED, Persona, wrong_reflection
from townsquare.protocols.chat import estimate_tokens

ANN = Persona.model_validate(
    {
        "name": "Ann",
        "reflections": ["Whenever plans change I feel my stomach tighten.", "I count the exits of every room."],
        "stances": {"tram": 5, "bridge": {"value": 2, "confidence": 0.9}},
        "state": {"mood": 0.5, "topic_salience": {"tram": 0.9}},
        "stubbornness": 0.8,
    }
)


def test_everything_is_optional() -> None:
    nobody = Persona()
    assert nobody.reflections == ()
    assert nobody.stance("tram") is None
    assert nobody == Persona.model_validate({})


def test_it_survives_json() -> None:
    assert Persona.model_validate_json(ANN.model_dump_json()) == ANN
    assert hash(Persona.model_validate_json(ANN.model_dump_json())) == hash(ANN)


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("I walk home the long way.", ""),
        ("I " + "x" * 198, ""),
        ("I " + "x" * 199, "at most 50 tokens, and this one has 51"),
        ("People walk home.", "first person"),
        ("I am agreeable to all.", "'agreeable'"),
        ("My openness is high.", "'openness'"),
        ("I value Self-Direction.", "'self-direction'"),
        ("I powered through.", ""),
    ],
)
def test_reflections(text: str, wrong: str) -> None:
    """Check (i) of the dossier."""
    assert wrong in wrong_reflection(text)
    assert bool(wrong) == bool(wrong_reflection(text))
    if wrong:
        with pytest.raises(ValidationError, match=r"reflections\.0"):
            Persona(reflections=(text,))
    else:
        assert estimate_tokens(Persona(reflections=(text,)).reflections[0]) <= 50


def test_three_reflections_at_most() -> None:
    with pytest.raises(ValidationError, match="at most 3"):
        Persona(reflections=("I am.",) * 4)


def test_trait_words_are_those_of_the_two_models() -> None:
    assert {"openness", "neuroticism", "benevolence", "universalism", "conscientious", "hedonistic"} <= BLOCKED


@pytest.mark.parametrize(
    ("given", "where"),
    [
        ({"big_five": {"openness": 1.1}}, "big_five.openness"),
        ({"schwartz": {"power": float("nan")}}, "schwartz.power"),
        ({"stances": {"tram": 6}}, "stances.0.value"),
        ({"stances": [{"topic": "tram", "value": 2}, {"topic": "Tram", "value": 3}]}, "two stances on 'tram'"),
        ({"state": {"mood": 2}}, "state.mood"),
        ({"politcs": "left"}, "politcs"),
    ],
)
def test_what_is_refused(given: dict[str, object], where: str) -> None:
    with pytest.raises(ValidationError, match=where):
        Persona.model_validate(given)


def test_states_change_and_traits_do_not() -> None:
    """Check (vi): a hundred states later what the person thinks of themselves is what it was."""
    now = ANN
    for n in range(100):
        now = now.with_state(mood=n / 100, fatigue=0.9).with_stance("tram", value=1 + n % 5, confidence=0.1)
    assert now.reflections == ANN.reflections
    assert (now.state.mood, now.state.fatigue) == (0.99, 0.9)
    assert now.state.topic_salience == ANN.state.topic_salience
    changed = {"state", "stances"}
    assert now.model_dump(exclude=changed) == ANN.model_dump(exclude=changed)
    assert ANN.state.mood == 0.5  # and nobody changed her behind our back


def test_only_consolidation_writes_reflections() -> None:
    with pytest.raises(ValidationError, match="reflections"):
        ANN.with_state(reflections=["I am new."])
    later = ANN.consolidate(["I have learnt to wait."])
    assert later.reflections == ("I have learnt to wait.",)
    assert later.state == ANN.state
    with pytest.raises(ValidationError, match="first person"):
        ANN.consolidate(["Waiting is learnt."])


def test_a_new_stance_joins_the_others() -> None:
    later = ANN.with_stance("Tram", value=1).with_stance("rent", value=4)
    assert [(stance.topic, stance.value) for stance in later.stances] == [("tram", 1), ("bridge", 2), ("rent", 4)]


def test_a_persona_cannot_be_changed_in_place() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        ANN.stubbornness = 0.1
    with pytest.raises(ValidationError, match="frozen"):
        ANN.state.mood = 0.1
