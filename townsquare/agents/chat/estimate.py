"""What asking will take, before anything is asked."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

import numpy as np

from townsquare.agents.chat.prices import Prices
from townsquare.protocols.asking import Ask
from townsquare.protocols.chat import estimate_tokens


@dataclass(frozen=True, slots=True)
class Estimate:
    """What asking will take; ``usd`` is None when the price is unknown."""

    calls: int
    tokens_in: int
    tokens_out: int
    usd: float | None

    def __add__(self, other: "Estimate") -> "Estimate":
        """Both together; the money is unknown when either is."""
        usd = None if self.usd is None or other.usd is None else self.usd + other.usd
        return Estimate(
            self.calls + other.calls, self.tokens_in + other.tokens_in, self.tokens_out + other.tokens_out, usd
        )


def estimate(
    asks: Sequence[Ask[Any]], answers: Sequence[str], calls: int, *, model: str, prices: Prices, repairs: float = 0.0
) -> Estimate:
    """What ``calls`` asks like the samples ``asks`` will take, answered by texts as long as those of ``answers``.

    Tokens are those of the messages, at ``estimate_tokens``; what an endpoint adds for roles and for the form of the
    answer is left out, since every endpoint counts it differently. ``repairs`` is the share of asks expected to take a
    second turn: its prompt is the first one with the first answer added. No samples: nothing is known, and nothing is
    estimated, unless ``calls`` is 0.
    """
    if calls == 0:
        return Estimate(0, 0, 0, 0.0)
    if not asks or not answers:
        raise ValueError("an estimate needs at least one sample of an ask and of an answer")
    prompt = float(np.mean([sum(estimate_tokens(m.text) for m in ask.messages) for ask in asks]))
    answer = float(np.mean([estimate_tokens(text) for text in answers]))
    tokens_in = ceil(calls * (prompt + repairs * (prompt + answer)))
    tokens_out = ceil(calls * (1 + repairs) * answer)
    return Estimate(ceil(calls * (1 + repairs)), tokens_in, tokens_out, prices.usd(model, tokens_in, tokens_out))
