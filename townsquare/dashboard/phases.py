"""The phases of a life cycle, found in the curves by a rule that is printed beside the result.

The published study names start-up, growth, maturity and decline but gives no boundaries; the rule is ours.
"""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

QUARTER, NEARLY, DROP, FLAT = 0.25, 0.95, 0.02, 0.05

RULE = (
    "Start-up: ticks before likes per user has come a quarter of the way from its first value to its highest. "
    "Growth: until it has come 95 % of the way. Maturity: from then until click cosine stands highest. "
    "Decline: after that, if click cosine ends at least 2 % below its highest; else maturity lasts to the end. "
    "Curves are smoothed by a centred median of three ticks. Where likes per user never rises by 5 % there is no "
    "life cycle to speak of. The names are the published study's; the rule is townsquare's."
)


@dataclass(frozen=True, slots=True)
class Phase:
    """A stretch of ticks, both ends included."""

    name: str
    first: int
    last: int
    why: str

    def row(self) -> dict[str, Any]:
        """As a plain row."""
        return asdict(self)


def series_of(measures: pd.DataFrame, name: str) -> "pd.Series[float]":
    """A measure of the whole town by tick, sorted; infinite values become missing."""
    rows = measures[(measures["measure"] == name) & (measures["group"].fillna("") == "")]
    values = pd.Series(rows["value"].to_numpy(float), index=rows["tick"].to_numpy(int), dtype=float).sort_index()
    return values.where(np.isfinite(values))


def phases_of(measures: pd.DataFrame) -> list[Phase]:
    """The phases of a run, in order, without gaps; empty where likes per user was not measured."""
    likes = series_of(measures, "likes_per_user").dropna()
    if likes.empty:
        return []
    ticks, curve = likes.index.to_numpy(int), smooth(likes.to_numpy(float))
    first, last = int(ticks[0]), int(ticks[-1])
    if len(ticks) == 1:
        return [Phase("no life cycle", first, last, "One tick only.")]
    start, top = float(curve[0]), float(curve.max())
    if top - start <= FLAT * abs(top):
        return [
            Phase(
                "no life cycle",
                first,
                last,
                f"Likes per user never rises by 5 % (from {start:.3g} to {top:.3g} at most).",
            )
        ]
    way = (curve - start) / (top - start)
    takes_off = int(ticks[np.argmax(way >= QUARTER)])
    arrives = int(ticks[np.argmax(way >= NEARLY)])
    found = [
        Phase(
            "start-up",
            first,
            _before(ticks, takes_off),
            f"Likes per user lies under {start + QUARTER * (top - start):.3g}, "
            f"a quarter of the way from {start:.3g} to {top:.3g}.",
        )
    ]
    if arrives > takes_off:
        found.append(
            Phase(
                "growth",
                takes_off,
                _before(ticks, arrives),
                f"Likes per user rises to {start + NEARLY * (top - start):.3g}, 95 % of the way to {top:.3g}.",
            )
        )
    return found + _late(measures, ticks, arrives)


def smooth(values: NDArray[np.floating[Any]]) -> NDArray[np.float64]:
    """Centred median of three; the two ends stay as they are."""
    out = np.array(values, dtype=float)
    if len(out) > 2:
        out[1:-1] = np.median(np.stack([values[:-2], values[1:-1], values[2:]]), axis=0)
    return out


def _late(measures: pd.DataFrame, ticks: NDArray[np.int_], arrives: int) -> list[Phase]:
    """Maturity and, where there is one, decline."""
    last = int(ticks[-1])
    whole = series_of(measures, "cosine_click").dropna()
    cosine = pd.Series(smooth(whole.to_numpy(float)), index=whole.index).loc[arrives:last]
    if cosine.empty:
        return [Phase("maturity", arrives, last, "Click cosine was not measured here, so no decline can be told.")]
    peak, top, end = int(cosine.index[int(cosine.argmax())]), float(cosine.max()), float(cosine.iloc[-1])
    if end >= top or end > top - DROP * abs(top):
        return [
            Phase(
                "maturity",
                arrives,
                last,
                f"Click cosine ends at {end:.3g}, within 2 % of its highest, {top:.3g} at tick {peak}.",
            )
        ]
    return [
        Phase("maturity", arrives, peak, f"Click cosine comes to its highest, {top:.3g} at tick {peak}."),
        Phase("decline", _after(ticks, peak), last, f"Click cosine falls from {top:.3g} at tick {peak} to {end:.3g}."),
    ]


def _before(ticks: NDArray[np.int_], tick: int) -> int:
    return int(ticks[ticks < tick][-1])


def _after(ticks: NDArray[np.int_], tick: int) -> int:
    return int(ticks[ticks > tick][0])
