"""What the agents' visits and the held-out part say about recommenders, and how far the two agree."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.sparse import csr_array

from townsquare.protocols import FloatArray, IntArray, Streams, steady
from townsquare.protocols.intervals import MANY, Difference, Interval, paired_columns
from townsquare.sim.measures.ranking import hits

CONTROL = "random"
"""The recommender that every other is compared with; in every evaluation."""
_ORDERED_BY = ("likes", "like_ratio", "viewed", "satisfaction")
_DRAWS = 2000


@dataclass(frozen=True, slots=True)
class Verdict:
    """How one recommender did."""

    recommender: str
    values: Mapping[str, FloatArray]
    """(agents,) each measure, averaged over seeds; nan where there is no valid answer."""
    means: Mapping[str, Difference]
    """Each measure against 0: ``mean_b`` is the mean, ``interval`` its 95 % interval over agents."""
    against: Mapping[str, Difference]
    """Each measure against the control's, agent by agent."""
    answered: float
    """Share of agents with valid answers throughout; 1 without a language model."""

    def row(self) -> dict[str, Any]:
        """Plain numbers, rounded to 4 decimals: ``likes``, ``likes_low``, ``likes_high``, ``likes_p`` (of control)."""
        found: dict[str, Any] = {"recommender": self.recommender}
        for name, mean in self.means.items():
            low, high = mean.interval or (None, None)
            found |= {name: _short(mean.mean_b), f"{name}_low": _short(low), f"{name}_high": _short(high)}
            found[f"{name}_p"] = _short(self.against[name].p_value)
        agents = next(iter(self.means.values())).n
        return {**found, "answered": _short(self.answered), "agents": agents}


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far agents and the held-out part put recommenders in the same order."""

    browsed: str
    """The measure of the agents."""
    offline: str
    """The measure of the held-out part."""
    control: bool
    """Whether the control is among the recommenders: it comes last for sure, which makes tau larger."""
    recommenders: int
    tau: float
    """Kendall's tau-b of the two orders; nan where one of them ties all recommenders."""
    interval: Interval | None
    """95 % over agents drawn anew; says nothing about other recommenders. None below 30 agents."""

    def row(self) -> dict[str, Any]:
        """As plain values, rounded to 4 decimals."""
        low, high = self.interval or (None, None)
        return {
            "browsed": self.browsed,
            "offline": self.offline,
            "with_control": self.control,
            "recommenders": self.recommenders,
            "tau": _short(self.tau),
            "tau_low": _short(low),
            "tau_high": _short(high),
        }


Values = Mapping[str, FloatArray]


def verdict(recommender: str, values: Values, control: Values, answered: float) -> Verdict:
    """One recommender's ``values`` against the control's; hangs on these two alone, whatever else is compared."""
    nothing = {name: np.zeros_like(column) for name, column in values.items()}
    return Verdict(recommender, values, _paired(nothing, values), _paired(control, values), answered)


def differences(one: Verdict, base: Verdict) -> list[dict[str, Any]]:
    """A row per measure: ``one`` minus ``base``, agent by agent, with its interval paired and as if unpaired, and the
    share of its variance that the pairing took away.
    """
    rows = []
    for name, found in _paired(base.values, one.values).items():
        low, high = found.interval or (None, None)
        loose_low, loose_high = found.unpaired_interval or (None, None)
        row: dict[str, Any] = {"recommender": one.recommender, "against": base.recommender, "measure": name}
        row |= {"difference": _short(found.difference), "low": _short(low), "high": _short(high)}
        row |= {"unpaired_low": _short(loose_low), "unpaired_high": _short(loose_high)}
        row |= {"variance_removed": _short(found.variance_removed), "p": _short(found.p_value)}
        rows.append(row)
    return rows


def _paired(base: Values, values: Values) -> dict[str, Difference]:
    names = list(values)
    a, b = (np.stack([side[name] for name in names], axis=1) for side in (base, values))
    return dict(zip(names, paired_columns(a, b, rng=Streams(0).get("intervals")), strict=True))


def offline(items: IntArray, relevant: csr_array, k: int) -> dict[str, FloatArray]:
    """(users,) NDCG and recall at ``k`` of each user, as ``ranking`` averages them; nan where nothing is held out."""
    wanted = np.diff(relevant.indptr)
    hit = hits(items[:, :k], relevant)
    discount = 1.0 / np.log2(np.arange(2, k + 2))
    ideal = np.concatenate([[np.nan], np.cumsum(discount)])[np.minimum(wanted, k)]
    return {
        f"ndcg@{k}": hit @ discount[: hit.shape[1]] / ideal,
        f"recall@{k}": hit.sum(axis=1) / np.where(wanted > 0, wanted, np.nan),
    }


def agreements(verdicts: Sequence[Verdict], k: int) -> tuple[Agreement, ...]:
    """What agents viewed, liked and were satisfied with against both measures of the held-out part, with the control
    and without it; only where at least two recommenders are left.
    """
    found = []
    for control in (True, False):
        kept = [one for one in verdicts if control or one.recommender != CONTROL]
        if len(kept) < 2:
            continue
        columns = {name: np.stack([one.values[name] for one in kept], axis=1) for name in kept[0].values}
        for browsed in _ORDERED_BY:
            for name in (f"ndcg@{k}", f"recall@{k}"):
                tau, interval = _tau(columns[browsed], columns[name])
                found.append(Agreement(browsed, name, control, len(kept), tau, interval))
    return tuple(found)


def _tau(a: FloatArray, b: FloatArray) -> tuple[float, Interval | None]:
    """Tau-b of the means of the columns of two (agents, recommenders), and its interval over agents.

    Agents without a value anywhere are left out, so that all means are over the same people.
    """
    there = ~(np.isnan(a).any(axis=1) | np.isnan(b).any(axis=1))
    a, b = a[there], b[there]
    n = len(a)
    if not n:
        return float("nan"), None
    point = float(_tau_b(a.mean(axis=0)[None], b.mean(axis=0)[None])[0])
    if n < MANY:
        return point, None
    draws = Streams(0).get("intervals").integers(0, n, (_DRAWS, n))
    counts = np.stack([np.bincount(row, minlength=n) for row in draws]).astype(np.float64)
    taus = _tau_b(counts @ a / n, counts @ b / n)
    taus = taus[~np.isnan(taus)]
    if not len(taus):
        return point, None
    low, high = np.quantile(taus, [0.025, 0.975])
    return point, (float(low), float(high))


def _tau_b(x: FloatArray, y: FloatArray) -> FloatArray:
    """(rows,) tau-b of each row of ``x`` with that of ``y``; means that agree to 9 decimals are tied."""
    i, j = np.triu_indices(x.shape[1], 1)
    one, other = (np.sign(steady(side[:, i] - side[:, j])) for side in (x, y))
    size = np.sqrt((one**2).sum(axis=1) * (other**2).sum(axis=1))
    return np.divide((one * other).sum(axis=1), size, out=np.full(len(x), np.nan), where=size > 0)


def _short(value: float | None) -> float | None:
    return None if value is None or np.isnan(value) else round(float(value), 4) + 0.0  # no minus before a 0
