"""Whether personas show: how far apart two groups score, and whether what people say is what they do.

Naming a trait in a prompt moves questionnaires more than behaviour (surface elicitation, IROTE, arXiv 2508.08719); so
both are scored, and the gap between them is reported. The figures are ours.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from townsquare.protocols.columns import FloatArray
from townsquare.protocols.errors import InputError


def separation(first: Sequence[float], second: Sequence[float]) -> float:
    """How far two groups of scores lie apart, in pooled standard deviations (Cohen's d), 0 or more.

    Inf when nobody differs within the groups but the groups do. Raises InputError for an empty group. Personas from
    opposite poles should be at least 1 apart.
    """
    if not len(first) or not len(second):
        raise InputError("separation: both groups need scores.")
    a, b = np.asarray(first, np.float64), np.asarray(second, np.float64)
    gap = abs(float(a.mean() - b.mean()))
    squares = float(((a - a.mean()) ** 2).sum() + ((b - b.mean()) ** 2).sum())
    degrees = len(a) + len(b) - 2
    spread = (squares / degrees) ** 0.5 if degrees else 0.0
    return gap / spread if spread else (float("inf") if gap else 0.0)


@dataclass(frozen=True, slots=True)
class SaidAndDone:
    """Scores of the same people, on one scale."""

    said: float
    """Mean of the questionnaire."""
    done: float
    """Mean of the behaviour."""
    gap: float
    """Mean distance between what one says and what one does."""
    correlation: float
    """Over people; nan where one of both is the same for all."""
    people: int
    """Those with both scores; the others are left out."""


def said_and_done(said: FloatArray, done: FloatArray) -> SaidAndDone:
    """(n,) scores of n people by questionnaire and by behaviour; nan where there is none. All nan for nobody."""
    if said.shape != done.shape or said.ndim != 1:
        raise InputError(f"said_and_done: both must be (n,), not {said.shape} and {done.shape}.")
    both = np.isfinite(said) & np.isfinite(done)
    a, b = said[both].astype(np.float64), done[both].astype(np.float64)
    if not len(a):
        return SaidAndDone(*(float("nan"),) * 4, 0)
    varied = bool(np.ptp(a)) and bool(np.ptp(b))
    r = float(np.corrcoef(a, b)[0, 1]) if varied else float("nan")
    return SaidAndDone(float(a.mean()), float(b.mean()), float(np.abs(a - b).mean()), r, len(a))
