"""The rewriter without a language model."""

import pytest

from townsquare.agents.persuaders.words import Words
from townsquare.protocols import Streams
from townsquare.protocols.persuader import Brief, Persuader, Post


async def written(text: str, **config: object) -> str | None:
    made = Words(Words.Config.model_validate(config), Streams(0))
    assert isinstance(made, Persuader)
    return await made.write(Brief(0, Post("1", "mill", text, 0)))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (
            "We are pleased to announce that our customers can maybe buy 5 loaves. https://x.org/in-order-to",
            "You can buy 5 loaves. What do you think? https://x.org/in-order-to",
        ),
        ("Actually, this is quite good!", "This is good! What do you think?"),
        (
            "Prior to Friday: 20 % off, rather than 10 %",
            "Before Friday: 20 % off, rather than 10 %. What do you think?",
        ),
        ("Will you join us?", "Will you join us?"),
        ("Sign up in order to purchase", "Sign up to buy"),
        ("https://x.org", "What do you think? https://x.org"),
        ("Maybe", "Maybe. What do you think?"),
    ],
)
async def test_what_the_rules_do(text: str, found: str) -> None:
    assert await written(text) == found


async def test_rules_can_be_left_out() -> None:
    assert await written("Perhaps good", cut=False) == "Perhaps good. What do you think?"
    assert await written("Perhaps good", invite=False) == "Good"
    assert await written("x" * 270) == "x" * 270  # no room for a question
