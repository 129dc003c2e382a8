"""Thirds by a language model."""

from tests.agents.minds.askers import Told
from townsquare.agents.persuaders.llm_guesser import PARTS, LLMGuesser
from townsquare.protocols.persuader import Post


async def test_codes_and_what_is_told() -> None:
    told = Told(lambda ask: {"part": PARTS[ask.number], "why": "so"} if ask.number < 3 else {"part": "top", "why": ""})
    guesser = LLMGuesser(told)
    found = [await guesser.guess(Post("1", "mill", "Bread", 4711.0), number=n) for n in range(4)]
    assert found == [0, 1, 2, None]
    assert "4711" not in told.asked[0].messages[1].text
    assert "Bread" in told.asked[0].messages[1].text
