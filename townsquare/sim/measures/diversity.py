"""How much replies repeat one another: a bot that says one thing over and over is found out (ours)."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

RUN = 5
"""Words in a row."""
CONSTANT = 0.5
"""Share of repeated runs from which replies count as one and the same (ours)."""
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Diversity:
    """How much a number of replies repeat themselves."""

    replies: int
    duplicated: float
    """Share of all runs of five words that occur more than once, in one reply or in several; NaN without any run."""
    distinct: float
    """Share of replies that are unlike every other, letters made small; NaN without replies."""

    @property
    def constant(self) -> bool:
        """Whether this is one reply over and over, from two replies on."""
        return self.replies > 1 and (self.duplicated >= CONSTANT or self.distinct <= 1.0 / self.replies)


def diversity(replies: Sequence[str], *, label: str = "") -> Diversity:
    """Of any number of replies; ``label`` is what all of them begin with, and is left out."""
    said = [_WORD.findall(text.removeprefix(label).lower()) for text in replies]
    runs = Counter(tuple(words[i : i + RUN]) for words in said for i in range(len(words) - RUN + 1))
    total = sum(runs.values())
    again = sum(count for count in runs.values() if count > 1)
    alike = Counter(map(tuple, said))
    alone = sum(count for count in alike.values() if count == 1)
    nothing = float("nan")
    return Diversity(len(said), again / total if total else nothing, alone / len(said) if said else nothing)
