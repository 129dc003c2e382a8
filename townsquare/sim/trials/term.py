"""One line of an analysis: what was estimated, how surely, and what the published trial found in its place."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import ndtr, ndtri

from townsquare.protocols.debate import ARMS
from townsquare.sim.trials.published import Estimate

_WIDE = float(ndtri(0.975))
_DIGITS = 6


@dataclass(frozen=True, slots=True)
class Term:
    """An estimate beside the published one; None stands for what cannot be said, or was not printed."""

    part: str
    """The table it belongs to: arm, threshold, before, shift, ... (``analysis.PARTS``)."""
    term: str
    """What it is the estimate of."""
    estimate: float | None = None
    se: float | None = None
    p: float | None = None
    """Two-sided."""
    low: float | None = None
    """Of the 95 % interval."""
    high: float | None = None
    df: int | None = None
    n: int | None = None
    """People behind it."""
    odds: bool = False
    """Whether the estimate is a log odds ratio: of conceding more, against the reference."""
    published: float | None = None
    published_se: float | None = None
    published_p: float | None = None
    human: float | None = None
    """What people would have done who started from the same opinions, and the 95 % range of that."""
    human_low: float | None = None
    human_high: float | None = None

    def row(self) -> dict[str, Any]:
        """All of it, six decimals (p-values: four digits), with what a log odds ratio says in other words.

        ``odds_ratio`` (with ``odds_low, odds_high``) is exp(estimate); ``odds_change`` is 100 (odds_ratio - 1), in
        percent; ``more_persuasive``, of arms, is odds_ratio / (1 + odds_ratio), which the paper reads as the share of
        pairs of debates that were not equally persuasive in which this arm's was the more persuasive one.
        """
        found: dict[str, Any] = {
            name: getattr(self, name) for name in ("part", "term", "estimate", "se", "p", "low", "high")
        }
        ratios = [_ratio(value if self.odds else None) for value in (self.estimate, self.low, self.high)]
        found |= dict(zip(("odds_ratio", "odds_low", "odds_high"), ratios, strict=True))
        for name, ratio in zip(("odds_change", "odds_change_low", "odds_change_high"), ratios, strict=True):
            found[name] = None if ratio is None else 100 * (ratio - 1)
        arm = self.term in ARMS
        found["more_persuasive"] = _share(ratios[0]) if arm and ratios[0] is not None else None
        found |= {name: getattr(self, name) for name in ("df", "n", "published", "published_se", "published_p")}
        published = _ratio(self.published if self.odds else None)
        found["published_odds_change"] = None if published is None else 100 * (published - 1)
        found["published_more_persuasive"] = _share(published) if arm and published is not None else None
        found |= {name: getattr(self, name) for name in ("human", "human_low", "human_high")}
        found = {name: _rounded(value) for name, value in found.items()}
        return found | {"p": None if self.p is None else float(f"{self.p:.4g}")}


def wald(
    part: str, term: str, estimate: float, se: float, known: Estimate | None = None, *, n: int | None = None, odds: bool
) -> Term:
    """A term with Wald's interval, estimate +- 1.96 se, and the p-value of estimate / se under the standard normal.

    NaN (a threshold at infinity, say) becomes None.
    """
    value, spread = (None if math.isnan(number) else float(number) for number in (estimate, se))
    p = low = high = None
    if value is not None and spread:
        p = float(2 * ndtr(-abs(value / spread)))
        low, high = value - _WIDE * spread, value + _WIDE * spread
    known = known or Estimate(math.nan)
    was = None if math.isnan(known.value) else known.value
    return Term(part, term, value, spread, p, low, high, n=n, odds=odds, published=was, published_se=known.se,
                published_p=known.p)  # fmt: skip


def _ratio(log_odds: float | None) -> float | None:
    return None if log_odds is None else float(np.exp(min(log_odds, 700.0)))


def _share(ratio: float) -> float:
    return ratio / (1 + ratio)


def _rounded(value: Any) -> Any:
    """Six decimals: what lies behind them hangs on the machine."""
    return round(value, _DIGITS) + 0.0 if isinstance(value, float) else value
