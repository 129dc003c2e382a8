"""What lies before one debater, sorted by what it is."""

from dataclasses import dataclass

from townsquare.protocols.debate import ROLES, STAGES, TURNS
from townsquare.protocols.observations import Observation

NOTHING = "(wrote nothing)"
"""What stands where a statement is missing."""
_TOPIC, _OWN, _OPPONENT, _PROFILE = range(len(ROLES))


@dataclass(frozen=True, slots=True)
class Situation:
    """One row of a debate's observations."""

    topic: int
    """The item that is debated."""
    proposition: str
    side: int
    """1 pro, -1 con; 0 where there is none: before sides are drawn, and for those who debate with nobody."""
    stage: str
    """One of ``STAGES``; "" where the row does not tell."""
    own: tuple[str, ...]
    """What oneself wrote so far, in the order of the turns; ``NOTHING`` for a statement that is missing."""
    opponent: tuple[str, ...]
    """What may be read of the opponent, likewise."""
    answered: int
    """The opponent's latest statement, as an item; -1 where there is none."""
    profile: tuple[str, ...]
    """Who the opponent is, a line per field; empty where that is not told."""
    before: int
    """The first rating, 1 to 5; 0 where it is not told."""

    @property
    def turn(self) -> str:
        """The turn that is due, one of ``TURNS``."""
        return self.stage if self.stage in TURNS else TURNS[min(len(self.own), len(TURNS) - 1)]


def situation(row: Observation) -> Situation:
    """``row`` sorted by the feature ``role``; a row without it has the topic first and nothing else."""
    roles = row.features["role"].tolist() if "role" in row.features else [_TOPIC] + [-1] * (len(row.items) - 1)
    held: dict[int, list[tuple[int, str]]] = {role: [] for role in range(len(ROLES))}
    for role, item, text in zip(roles, row.items, row.texts, strict=True):
        held.setdefault(int(role), []).append((item, text))
    topic, proposition = held[_TOPIC][0] if held[_TOPIC] else (-1, "")
    opponent = held[_OPPONENT]
    stage = int(row.traits["stage"]) if "stage" in row.traits else -1
    return Situation(
        topic=topic,
        proposition=proposition,
        side=int(row.traits.get("side", 0)),
        stage=STAGES[stage] if 0 <= stage < len(STAGES) else "",
        own=tuple(text for _, text in held[_OWN]),
        opponent=tuple(text for _, text in opponent),
        answered=opponent[-1][0] if opponent and opponent[-1][1] != NOTHING else -1,
        profile=tuple(line for _, text in held[_PROFILE] for line in text.splitlines() if line.strip()),
        before=int(row.traits.get("before", 0)),
    )


def written(statements: tuple[str, ...]) -> tuple[str, ...]:
    """The statements that are there."""
    return tuple(text for text in statements if text and text != NOTHING)
