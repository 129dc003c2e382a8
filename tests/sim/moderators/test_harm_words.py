"""The list of mild words, and what it makes of texts."""

from itertools import pairwise

import numpy as np
import pytest
from pydantic import ValidationError

from townsquare.protocols.moderator import ACTION, Moderator, Posts
from townsquare.sim.moderators.harm_words import INSULTS, KINDS, HarmWords, harm, kind, read

HARMFUL = {
    "You are an idiot": "insult",
    "they are all such pathetic liars": "insult",
    "Shut up, clown": "insult",
    "Those people always cheat at the market": "stereotype",
    "Newcomers never work": "stereotype",
    "go back to where you came from": "stereotype",
    "Cyclists are all the same": "stereotype",
    "You will regret this": "threat",
    "We will find them and drive them out": "threat",
    "Watch your back.": "threat",
}
HARMLESS = (
    "",
    "The tram is late again",
    "All students are welcome",
    "Those people work hard",
    "Men always work here on Sundays",
    "You are not stupid",
    "Nobody is stupid here",
    "I will regret this dinner",
    "Neighbours always help",
    "Old people and young people live here",
    "Scunthorpe and Clownfish are fine words",
)


@pytest.mark.parametrize(("text", "of"), HARMFUL.items())
def test_harmful_texts_and_their_kinds(text: str, of: str) -> None:
    found = read(text)
    assert found.score >= 0.6
    assert found.kind == of


@pytest.mark.parametrize("text", HARMLESS)
def test_harmless_texts(text: str) -> None:
    assert read(text).score == 0.0
    assert read(text).kind == "none"


def test_a_word_that_is_said_of_nobody_stays_below_one_half() -> None:
    assert 0 < read("what a stupid timetable").score < 0.5
    assert 0 < read("Calling people lazy helps nobody").score < 0.5
    assert max(INSULTS.values()) < 0.5


def test_every_finding_adds_and_the_score_stays_below_one() -> None:
    text, scores = "", [0.0]
    for more in ("You are an idiot. ", "You will regret this. ", "Newcomers never work. ", "Pathetic. ", "Rotten. "):
        text += more
        scores.append(read(text).score)
    assert all(a < b for a, b in pairwise(scores))
    assert scores[-1] < 1.0
    assert scores[2] == pytest.approx(1 - 0.25 * 0.15)


def test_disguises_are_taken_off() -> None:
    for text in (
        "You are an id\u200biot",
        "YOU ARE AN IDIOT",
        "you are an idi0t",
        "you are an і\u0434iot"[:11] + "idiot",
    ):
        assert read(text).score >= 0.6, text


def test_target_and_spans() -> None:
    found = read("The NEWCOMERS never work, and you are an idiot.")
    assert found.target == "newcomers"
    said = "the newcomers never work, and you are an idiot."
    assert [said[a:b] for a, b in found.spans] == ["newcomers never work", "you are an idiot"]
    assert kind("You will regret this") == ("threat", "")
    assert set(KINDS) == {"none", *HARMFUL.values()}


def test_the_scorer_is_a_column_and_reads_equal_texts_alike() -> None:
    texts = ["You are an idiot", "The tram", "You are an idiot"]
    assert harm(texts).tolist() == [0.75, 0.0, 0.75]
    assert harm([]).shape == (0,)
    assert harm(texts).dtype == np.float64


def test_words_of_ones_own() -> None:
    mine = HarmWords(HarmWords.Config(more={"wet blanket": 0.8}))
    assert mine(["What a Wet Blanket!", "blanket"]).tolist() == [0.8, 0.0]
    with pytest.raises(ValidationError, match="a word is worth 0 to 1"):
        HarmWords.Config(more={"x": 2})


async def test_as_a_moderator() -> None:
    texts = ["You are an idiot", "The tram", "a stupid timetable"]
    posts = Posts(0, np.arange(3), np.arange(3), np.zeros(3, int), np.arange(3), lambda item: texts[item])
    made = HarmWords(HarmWords.Config())
    assert isinstance(made, Moderator)
    found = await made.review(posts)
    assert found.action.tolist() == [ACTION["remove"], ACTION["show"], ACTION["show"]]
    assert found.score.tolist() == [0.75, 0.0, 0.35]
    assert found.rationale[0] == "reads as insult"
    assert list(found.category) == ["insult", "", "insult"]
    assert [list(one) for one in found.evidence] == [["you are an idiot"], [], ["stupid"]]
    assert [[texts[n][a:b] for a, b in one] for n, one in enumerate(found.spans)] == [
        ["You are an idiot"],
        [],
        ["stupid"],
    ]


async def test_a_disguise_is_evidence_and_no_span() -> None:
    texts = ["You are an id\u200biot"] * 3
    found = await HarmWords(HarmWords.Config()).review(Posts.of_texts(texts))
    assert [list(one) for one in found.spans] == [[]] * 3
    assert [list(one) for one in found.evidence] == [["you are an idiot"]] * 3
    assert len((await HarmWords(HarmWords.Config()).review(Posts.of_texts([]))).action) == 0
