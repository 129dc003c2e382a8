"""The contestant with a language model."""

import pytest

from tests.agents.minds.askers import Told
from townsquare.agents.persuaders.llm import LLMPersuader
from townsquare.protocols import Streams
from townsquare.protocols.asking import Answer
from townsquare.protocols.persuader import Brief, Post

POST = Post(
    "7", "mill", "Fresh bread at https://mill.org", 4711.0, 1_704_164_400.0, "loaf.png", "https://mill.org", "Mill"
)
BRIEF = Brief(3, POST, better="THE BETTER ONE", worse="THE WORSE ONE")


def persuader(told: Told, **config: int) -> LLMPersuader:
    made = LLMPersuader(LLMPersuader.Config(**config), Streams(0))
    made.ask = told
    return made


async def test_everything_but_the_wording_is_told_and_nothing_else() -> None:
    told = Told(lambda ask: {"text": " Bread! "})
    assert await persuader(told).write(BRIEF) == "Bread!"
    (ask,) = told.asked
    text = "\n".join(message.text for message in ask.messages)
    for part in ("sender: mill", "brand: Mill", "Tuesday 2024-01-02 03:00 UTC", "loaf.png", "Fresh bread at", "280"):
        assert part in text
    for secret in ("4711", "THE BETTER ONE", "THE WORSE ONE"):
        assert secret not in text
    assert (ask.purpose, ask.number) == ("rewrite", 3)


async def test_each_round_goes_on_from_the_last() -> None:
    told = Told(lambda ask: {"text": f"round {ask.tick}"})
    assert await persuader(told, rounds=3).write(BRIEF) == "round 2"
    assert ["round 1" in ask.messages[1].text for ask in told.asked] == [False, False, True]


@pytest.mark.parametrize("said", [{"text": "  "}, {"text": "x" * 281}, {"words": "x"}, Answer("refused", None, "no")])
async def test_no_valid_answer_is_no_text(said: object) -> None:
    assert await persuader(Told(lambda ask: said)).write(BRIEF) is None


async def test_a_long_text_may_stay_as_long() -> None:
    long = Brief(0, Post("1", "a", "y" * 400, 0))
    assert await persuader(Told(lambda ask: {"text": "x" * 400})).write(long) == "x" * 400
