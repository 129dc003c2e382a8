"""The table of an evaluation: one row per ranker, every figure with its interval over users."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from townsquare.evaluate.candidates import Candidates
from townsquare.evaluate.rankers.chance import chance
from townsquare.evaluate.ranking import metrics
from townsquare.protocols import FloatArray, Streams
from townsquare.protocols.intervals import paired_columns


@dataclass(frozen=True, slots=True)
class Figure:
    """A mean over users."""

    mean: float
    low: float | None
    """95 % interval: percentile bootstrap over users, Student's t below 30; None for a single user."""
    high: float | None
    p_value: float | None
    """Two-sided, of being no better or worse than chance."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How one ranker did."""

    ranker: str
    figures: Mapping[str, Figure]
    answered: float
    """Share of users for whom it gave a ranking; the others scored 0."""
    users: int

    def row(self) -> dict[str, Any]:
        """As plain numbers, rounded to 4 decimals: ``ndcg@10``, ``ndcg@10_low``, ``ndcg@10_high``, ..."""
        found: dict[str, Any] = {"ranker": self.ranker}
        for name, figure in self.figures.items():
            found |= {
                name: round(figure.mean, 4),
                f"{name}_low": _short(figure.low),
                f"{name}_high": _short(figure.high),
            }
            found[f"{name}_p"] = _short(figure.p_value)
        return {**found, "answered": round(self.answered, 4), "users": self.users}


def standing(ranker: str, runs: list[tuple[FloatArray, Candidates]]) -> Standing:
    """The standing of one ranker over seeds: each user's metrics are averaged over ``runs`` first."""
    found = [metrics(scores, candidates.target) for scores, candidates in runs]
    names = list(found[0])
    values = np.stack([np.mean([one[name] for one in found], axis=0) for name in names], axis=1)
    level = metrics(chance(runs[0][1]), runs[0][1].target)
    luck = np.stack([level[name] for name in names], axis=1)
    figures = {}
    for name, difference in zip(names, paired_columns(luck, values, rng=Streams(0).get("intervals")), strict=True):
        low, high = difference.interval or (None, None)
        base = difference.mean_a  # the same for every user, so that the interval of the difference only has to move
        figures[name] = Figure(
            difference.mean_b,
            None if low is None else base + low,
            None if high is None else base + high,
            difference.p_value,
        )
    answered = float(np.mean([1.0 - np.isnan(scores).any(axis=1).mean() for scores, _ in runs]))
    return Standing(ranker, figures, answered, len(values))


def _short(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
