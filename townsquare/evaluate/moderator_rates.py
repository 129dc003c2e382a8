"""Rates of a moderator with their intervals: on all texts, on each group of them, and on harmless ones of a kind."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from townsquare.evaluate.calibration import calibration_error, reliability
from townsquare.protocols.columns import BoolArray, FloatArray, IntArray
from townsquare.protocols.moderator import ACTION, HARMLESS, Labelled
from townsquare.protocols.streams import Streams

RATES = ("precision", "recall", "f1", "fpr")
_DRAWS = 1_000


@dataclass(frozen=True, slots=True)
class Reviewed:
    """What one moderator made of the held-out texts of one seed."""

    rows: IntArray
    """(n,) which texts of the data."""
    action: IntArray
    """(n,) index into ``ACTIONS``."""
    score: FloatArray
    """(n,) how sure it is that each breaks the rules."""
    seconds: float
    """CPU seconds of the review."""
    usd: float = 0.0
    asked: int = 0
    """Texts that a language model was asked about."""
    waited: float = 0.0
    """Seconds of the clock from the first text to the last verdict."""
    tally: Mapping[str, int] = field(default_factory=dict)
    """What became of the texts, for moderators that ask a model about some: texts, repeated, screened, asked."""

    @property
    def flagged(self) -> BoolArray:
        """(n,) where something is done."""
        return ~np.isin(self.action, [ACTION[name] for name in HARMLESS])

    @property
    def abstained(self) -> BoolArray:
        """(n,) where it does not know."""
        return np.asarray(self.action == ACTION["abstain"])

    @property
    def held(self) -> BoolArray:
        """(n,) what waits for a person."""
        return np.asarray(self.action == ACTION["hold"])


def row_of(name: str, found: Sequence[Reviewed], examples: Labelled) -> dict[str, Any]:
    """A moderator's row: rates with intervals, calibration, and what it cost."""
    whole = _joined(found)
    made = {"moderator": name, **_rated(whole, examples)}
    n, seconds = len(whole.rows), sum(one.seconds for one in found)
    made |= {"abstained": int(whole.abstained.sum()), "held": float(whole.held.mean()) if n else float("nan")}
    made |= {"asked": sum(one.asked for one in found), "usd": sum(one.usd for one in found)}
    waited = 1_000 * sum(one.waited for one in found) / n if n else float("nan")
    return made | {"per_second": round(n / max(seconds, 1e-9)), "ms": waited}


def saved(name: str, found: Sequence[Reviewed]) -> str:
    """A sentence about the texts that a moderator did not have to ask a model about; "" where it asked nothing."""
    texts, repeated, screened, asked = (
        sum(one.tally.get(what, 0) for one in found) for what in ("texts", "repeated", "screened", "asked")
    )
    if not asked:
        return ""
    return (
        f"{name}: of {texts:,} texts {repeated:,} repeat another one and {screened:,} were settled by a first look "
        f"that asks nobody; a model was asked about {asked:,} ({1 - asked / texts:.0%} saved)."
    )


def group_rows(name: str, found: Sequence[Reviewed], examples: Labelled, groups: Sequence[str]) -> list[dict[str, Any]]:
    """A row per group, in alphabetical order: the same rates, of the texts of that group alone."""
    whole, of = _joined(found), np.asarray(groups)
    rows = []
    for group in sorted(set(groups)):
        made = {"moderator": name, "group": group, **_rated(_only(whole, of[whole.rows] == group), examples)}
        rows.append(made)
    return rows


def reliability_of(found: Sequence[Reviewed], examples: Labelled) -> list[dict[str, Any]]:
    """The reliability table of all reviews together, what was abstained from left out."""
    whole = _joined(found)
    known = ~whole.abstained
    return reliability(whole.score[known], examples.broken()[whole.rows][known])


def alarms_on(found: Sequence[Reviewed], examples: Labelled, chosen: BoolArray) -> tuple[float, int]:
    """False-positive rate on the harmless texts among ``chosen`` ((all texts,) True for those), and how many reviews
    that is; NaN and 0 where there are none.
    """
    whole = _joined(found)
    mine = chosen[whole.rows] & ~examples.broken()[whole.rows]
    return (float(whole.flagged[mine].mean()) if mine.any() else float("nan")), int(mine.sum())


def _joined(found: Sequence[Reviewed]) -> Reviewed:
    rows, action, score = (
        np.concatenate([getattr(one, column) for one in found]) for column in ("rows", "action", "score")
    )
    return Reviewed(rows, action, score, seconds=0.0)


def _only(one: Reviewed, mine: BoolArray) -> Reviewed:
    return Reviewed(one.rows[mine], one.action[mine], one.score[mine], seconds=0.0)


def _rated(one: Reviewed, examples: Labelled) -> dict[str, Any]:
    broken = examples.broken()[one.rows]
    flagged = one.flagged
    cells = np.stack([flagged & broken, flagged & ~broken, ~flagged & broken, ~flagged & ~broken], axis=1).astype(float)
    whole = rates(cells.sum(axis=0)[None])[0]
    # a text that is held out under several seeds counts as one: it is drawn, or not, as a whole
    of, place = np.unique(one.rows, return_inverse=True)
    by_text = np.stack([np.bincount(place, column, minlength=len(of)) for column in cells.T], axis=1)
    draws = Streams(0).get("moderators", "bootstrap").multinomial(len(of), np.full(len(of), 1 / len(of)), _DRAWS)
    low, high = between(rates(draws.astype(float) @ by_text))
    made: dict[str, Any] = {"texts": len(one.rows), "harmful": int(broken.sum())}
    for column, rate in enumerate(RATES):
        made |= {rate: whole[column], f"{rate}_low": low[column], f"{rate}_high": high[column]}
    made["ece"] = calibration_error(one.score[~one.abstained], broken[~one.abstained])
    return {key: float(value) if isinstance(value, np.floating) else value for key, value in made.items()}


def between(draws: FloatArray) -> tuple[FloatArray, FloatArray]:
    """2.5 and 97.5 per cent of each column; NaN where no draw has a value."""
    held = ~np.isnan(draws).all(axis=0)
    ends = np.full((2, draws.shape[1]), np.nan)
    ends[:, held] = np.nanquantile(draws[:, held], [0.025, 0.975], axis=0)
    return ends[0], ends[1]


def rates(cells: FloatArray) -> FloatArray:
    """(n, 4) from true positives, false positives, misses and true negatives; NaN for 0 of 0."""
    tp, fp, fn, tn = np.moveaxis(np.asarray(cells, float), -1, 0)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.stack([tp / (tp + fp), tp / (tp + fn), 2 * tp / (2 * tp + fp + fn), fp / (fp + tn)], axis=-1)
