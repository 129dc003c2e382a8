"""Lexical markers of rhetoric."""

import pytest

from townsquare.agents.debaters.markers import formality, levels
from townsquare.protocols.debate import STRATEGIES


def level(text: str, strategy: str) -> int:
    return levels(text)[STRATEGIES.index(strategy)]


@pytest.mark.parametrize(
    ("strategy", "text"),
    [
        ("logical reasoning", "It costs more than it brings; therefore it has to go, because nobody gains."),
        ("evidence", "A survey of 2019 found that 40 percent of the data was wrong."),
        ("pointing out inconsistencies", "That is a contradiction: you say one thing and yet do another."),
        ("authority", "Scientists and judges agree, according to the university."),
        ("information bias", "Everybody knows that; it is undeniably so, and always was."),
        ("social norms", "Most people think that decent citizens should do it."),
        ("building rapport", "I understand your worry, and I agree with you there."),
        ("stories", "When I was ten, my grandmother told me about it."),
        ("emotional appeal", "Imagine the fear and the tears of that child."),
        ("deception", "Trust me, it is guaranteed; they hide it secretly."),
    ],
)
def test_each_strategy_is_seen_in_a_text_that_uses_it(strategy: str, text: str) -> None:
    assert level(text, strategy) >= 2
    assert level("Penny stays. Penny goes.", strategy) == 0


def test_more_of_it_is_a_higher_level_and_a_longer_text_a_lower_one() -> None:
    filler = " red green blue" * 30
    assert level("Because of that." + filler, "logical reasoning") == 1
    assert level("Because, because." + filler, "logical reasoning") == 2
    assert level("Because, because, because.", "logical reasoning") == 3


@pytest.mark.parametrize("text", ["", "   ", "\x00\u200b", "!!!", "日本語"])
def test_a_text_without_markers_has_zeros(text: str) -> None:
    assert levels(text) == (0,) * len(STRATEGIES)
    assert formality(text) == pytest.approx(formality(text))


def test_analytic_prose_is_more_formal_than_talk() -> None:
    prose = "Comparative institutional analysis demonstrates considerable heterogeneity regarding implementation."
    talk = "I mean, my mum and I don't buy it, you know, we just go on as we are."
    assert formality(prose) > 2 > 0 > formality(talk)
    assert formality("") == 0.0
