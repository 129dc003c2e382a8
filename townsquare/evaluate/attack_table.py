"""The table of an evaluation of attacks: attack x victim x defence, every figure with its interval."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from townsquare.evaluate.attack_bench import CLEAN, Row
from townsquare.evaluate.attack_guard import NONE, SHARES, Guard
from townsquare.protocols import FloatArray
from townsquare.protocols.intervals import t_interval

STEALTH = ("tvd", "js", "text_duplication")
COSTS = ("profiles", "ratings", "tokens")

Cells = Mapping[tuple[str, str, str], Mapping[tuple[str, int], Row]]
"""By attack, victim, defence, and then by target and seed."""


def cells(rows: Iterable[Row]) -> Cells:
    """The rows by where they belong."""
    found: dict[tuple[str, str, str], dict[tuple[str, int], Row]] = {}
    for row in rows:
        found.setdefault((row["attack"], row["victim"], row["defence"]), {})[row["target"], row["seed"]] = row
    return found


def table(
    by: Cells,
    attacks: Sequence[str],
    victims: Sequence[str],
    guards: Sequence[Guard],
    *,
    k: int,
    length: int,
    together: bool,
) -> list[dict[str, Any]]:
    """A row for each attack (``none`` first), victim and defence; rounded to 4 decimals, None for what is no number.

    ``hr@10, hr@50, ndcg@k, rank`` of the target, each with ``_clean``, its value without attack and defence;
    ``shift``, the change of the rating expected of it; ``recall@l_change, ndcg@l_change, rmse_change``: what genuine
    users' lists and predictions lose, against no attack and no defence; ``precision, recall, false_alarms,
    lost_weight`` of the defence; ``unseen``: whether the defence learns from fakes, and never from this attack's.

    Every figure is a mean over targets and seeds, ``_low`` and ``_high`` the 95 % interval: Student's t over targets,
    each averaged over the seeds; over seeds where all targets share one log. Shares end at 0 and 1.
    """
    found = []
    effects = ("hr@10", "hr@50", f"ndcg@{k}", "rank")
    prices = (f"recall@{length}", f"ndcg@{length}", "rmse")
    for attack in (CLEAN, *attacks):
        for victim in victims:
            clean = by[CLEAN, victim, NONE]
            for guard in guards:
                here = by[attack, victim, guard.name]
                shared = together or attack == CLEAN
                row: dict[str, Any] = {"attack": attack, "victim": victim, "defence": guard.name}
                row["unseen"] = attack not in guard.learns_from if guard.learns_from and attack != CLEAN else None
                for name in effects:
                    row |= _estimate(name, _grid(here, name), False, name != "rank")
                    row[f"{name}_clean"] = _short(_mean(_grid(_like(here, clean), name)))
                row |= _estimate("shift", _change(here, clean, "prediction"), False)
                for name in prices:
                    row |= _estimate(f"{name}_change", _change(here, clean, name), shared)
                for name in SHARES:
                    row |= _estimate(name, _grid(here, name), shared, True)
                found.append({**row, "logs": len(here)})
    return found


def visible(by: Cells, attacks: Sequence[str], victim: str) -> list[dict[str, Any]]:
    """A row for each attack: how visible it is and what a campaign of it costs, with intervals over targets.

    ``tvd`` and ``js``: see ``sim/measures/stealth.py``; ``text_duplication``: share of reviews that repeat another;
    ``profiles, ratings, tokens``: fake accounts, their ratings, and what a language model read and wrote for them.
    """
    found = []
    for attack in attacks:
        here = by[attack, victim, NONE]
        row: dict[str, Any] = {"attack": attack}
        for name in STEALTH:
            row |= _estimate(name, _grid(here, name), False)
        found.append(row | {name: _mean(_grid(here, name)) for name in COSTS})
    return found


def _grid(rows: Mapping[tuple[str, int], Row], name: str) -> FloatArray:
    """(targets, seeds) values, NaN where there is none."""
    targets, seeds = (sorted({key[side] for key in rows}, key=str) for side in (0, 1))
    grid = np.full((len(targets), len(seeds)), np.nan)
    for (target, seed), row in rows.items():
        grid[targets.index(target), seeds.index(seed)] = row[name]
    return grid


def _like(here: Mapping[tuple[str, int], Row], clean: Mapping[tuple[str, int], Row]) -> dict[tuple[str, int], Row]:
    """The clean rows of the same targets and seeds."""
    return {key: clean[key] for key in here}


def _change(here: Mapping[tuple[str, int], Row], clean: Mapping[tuple[str, int], Row], name: str) -> FloatArray:
    """(targets, seeds) against no attack and no defence."""
    return _grid(here, name) - _grid(_like(here, clean), name)


def _estimate(name: str, grid: FloatArray, shared: bool, share: bool = False) -> dict[str, float | None]:
    """The mean with its interval: over targets, or over seeds where the targets are ``shared`` in one log."""
    there = ~np.isnan(grid)
    axis = 0 if shared else 1
    units = np.where(there, grid, 0.0).sum(axis=axis)[there.any(axis=axis)] / there.sum(axis=axis)[there.any(axis=axis)]
    low, high = t_interval(units) or (None, None)
    if share and low is not None and high is not None:
        low, high = max(0.0, low), min(1.0, high)
    return {name: _short(_mean(grid)), f"{name}_low": _short(low), f"{name}_high": _short(high)}


def _mean(grid: FloatArray) -> float:
    there = grid[~np.isnan(grid)]
    return float(there.mean()) if len(there) else float("nan")


def _short(value: float | None) -> float | None:
    return None if value is None or np.isnan(value) else round(float(value), 4) + 0.0  # no minus before a 0
