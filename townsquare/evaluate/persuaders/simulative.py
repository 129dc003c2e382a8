"""Does somebody understand the audience? Which of two posts was liked more, and how well a post did by its account."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from townsquare.agents.minds.per_agent import together
from townsquare.evaluate.persuaders.accuracy import proportion
from townsquare.evaluate.persuaders.inputs import Input
from townsquare.evaluate.persuaders.matches import compare
from townsquare.protocols import Streams
from townsquare.protocols.persuader import Judge, Side


@dataclass(frozen=True, slots=True)
class Compared:
    """Verdicts on the real pairs, the weak post being the left one, told from the weak post first."""

    straight: tuple[Side | None, ...]
    swapped: tuple[Side | None, ...]

    def row(self, name: str, inputs: Sequence[Input], streams: Streams) -> dict[str, Any]:
        """Accuracy over pairs that were answered both ways round, each order counting half and a tie half of that.

        The interval is a bootstrap over inputs; ``chance`` is what a coin gets. ``turned`` is the share of
        pairs in which the same place was preferred both times, ``first`` that of verdicts for the first place.
        """
        worth = {"right": 1.0, "tie": 0.5, "left": 0.0}
        both = list(zip(self.straight, self.swapped, strict=True))
        rows = [row for row, pair in enumerate(both) if None not in pair]
        right = [sum(worth[side] for side in both[row] if side is not None) / 2 for row in rows]
        share, low, high = proportion(right, rows, streams.get("simulative", name))
        turned = [float(set(both[row]) == {"left", "right"}) for row in rows]
        first = [{"left": 1.0, "tie": 0.5}.get(str(both[row][0]), 0.0) for row in rows]
        first += [{"right": 1.0, "tie": 0.5}.get(str(both[row][1]), 0.0) for row in rows]
        return {
            "judge": name,
            "pairs": len(inputs),
            "answered": len(rows),
            "accuracy": _rounded(share),
            "low": _rounded(low),
            "high": _rounded(high),
            "chance": 0.5,
            "turned": _rounded(float(np.mean(turned))) if turned else float("nan"),
            "first": _rounded(float(np.mean(first))) if first else float("nan"),
        }


async def compared(judge: Judge, inputs: Sequence[Input], first_number: int = 0) -> Compared:
    """What ``judge`` says about the weak and the strong post of every input, both ways round."""

    async def one(place: int, input: Input) -> tuple[Side | None, Side | None]:
        pair = input.pair
        return await compare(judge, input, pair.weak.text, pair.strong.text, first_number + 2 * place)

    found = await together(one(place, input) for place, input in enumerate(inputs))
    return Compared(tuple(a for a, _ in found), tuple(b for _, b in found))


def _rounded(value: float) -> float:
    return round(value, 4)
