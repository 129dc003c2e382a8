"""What a recommender answers in the little town, and what must hold of it."""

import numpy as np

from townsquare.protocols import IntArray, Recommender, Slates
from townsquare.testing.little_town import AGENTS, CANDIDATES, TICK


def ask(
    made: Recommender,
    agents: IntArray = AGENTS,
    k: int = 10,
    *,
    candidates: IntArray = CANDIDATES,
    exclude: IntArray | None = None,
) -> Slates:
    """What ``made`` shows in the little town."""
    return made.recommend(agents, k, tick=TICK, candidates=candidates, exclude=exclude)


def sound(slates: Slates, n_agents: int, k: int) -> None:
    """Asserts what holds of every answer, whatever was asked."""
    wanted = (n_agents, k)
    assert isinstance(slates, Slates), "recommend must return townsquare.protocols.Slates."
    assert slates.items.shape == wanted, f"Slates.items must have the shape {wanted}, not {slates.items.shape}."
    assert slates.scores.shape == wanted, f"Slates.scores must have the shape {wanted}, not {slates.scores.shape}."
    assert (slates.items >= -1).all(), "The only negative id in a slate is -1, an empty place."
    empty = slates.items < 0
    assert not (empty[:, :-1] & ~empty[:, 1:]).any(), "Empty places (-1) must come last in a slate."


def same(a: Slates, b: Slates, promise: str) -> None:
    """Asserts that the ids are the same, or else tells ``promise`` and the first row that breaks it."""
    differing = np.flatnonzero((a.items != b.items).any(axis=1)) if a.items.shape == b.items.shape else np.zeros(1, int)
    assert not len(differing), f"{promise} Row {differing[0]}: {a.items[differing[0]]} and {b.items[differing[0]]}."
