"""Who won: ratings over all inputs and by kind, and who beat whom."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from townsquare.evaluate.persuaders.inputs import Input
from townsquare.evaluate.persuaders.matches import Match, Output
from townsquare.evaluate.persuaders.ratings import Scores, online, rate
from townsquare.evaluate.persuaders.settings import PersuadersSettings
from townsquare.protocols import Streams
from townsquare.protocols.persuader import CASES

CONTROL = "unchanged"
"""The contestant to which all ratings are pinned."""
ALL = "all"
_WORTH = {"left": 1.0, "tie": 0.5, "right": 0.0}


@dataclass(frozen=True, slots=True)
class Round:
    """Everything that happened with one seed."""

    seed: int
    inputs: tuple[Input, ...]
    outputs: tuple[Output, ...]
    matches: tuple[Match, ...]


def rows(
    rounds: Sequence[Round], names: Sequence[str], settings: PersuadersSettings, streams: Streams
) -> list[dict[str, Any]]:
    """One per contestant and kind of pair, the best first, all kinds together (``all``) before each.

    ``elo`` with its 95 % interval is the Bradley-Terry fit, ``online`` the order-dependent average; ``won``, ``tied``
    and ``lost`` count matches, ``written`` texts out of ``inputs``.
    """
    there = {case for one in rounds for input in one.inputs for case in input.cases}
    found = []
    for case in (ALL, *(case for case in CASES if case in there)):
        found += _table(case, rounds, names, settings, streams)
    return found


def wins(rounds: Sequence[Round], names: Sequence[str]) -> list[dict[str, Any]]:
    """A row per contestant: its share of points against each other one (a tie is half), None where they never met."""
    scores = _scores(rounds, names, ALL)
    won = scores.wins(len(names))
    met = won + won.T
    return [
        {
            "contestant": name,
            **{
                other: None if i == j or not met[i, j] else round(float(won[i, j] / met[i, j]), 4)
                for j, other in enumerate(names)
            },
        }
        for i, name in enumerate(names)
    ]


def _table(
    case: str, rounds: Sequence[Round], names: Sequence[str], settings: PersuadersSettings, streams: Streams
) -> list[dict[str, Any]]:
    scores, n, pinned = _scores(rounds, names, case), len(names), names.index(CONTROL)
    found = rate(scores, n, pinned, ridge=settings.ridge, draws=settings.draws, rng=streams.get("ratings", case))
    passing = online(scores, n, pinned, k=settings.k, orders=settings.orders, rng=streams.get("online", case))
    drawn = [(one, {i.brief.number for i in one.inputs if _takes(i, case)}) for one in rounds]
    table = []
    for place, name in enumerate(names):
        mine = np.concatenate([scores.score[scores.left == place], 1 - scores.score[scores.right == place]])
        written = sum(
            o.contestant == name and o.text is not None and o.input in own for one, own in drawn for o in one.outputs
        )
        table.append(
            {
                "case": case,
                "contestant": name,
                "elo": float(found.points[place]),
                "low": float(found.low[place]),
                "high": float(found.high[place]),
                "online": float(passing[place]) if len(mine) else float("nan"),
                "won": int((mine == 1).sum()),
                "tied": int((mine == 0.5).sum()),
                "lost": int((mine == 0).sum()),
                "written": written,
                "inputs": sum(len(own) for _, own in drawn),
            }
        )
    return sorted(table, key=lambda row: (-row["elo"] if row["elo"] == row["elo"] else np.inf, row["contestant"]))


def _scores(rounds: Sequence[Round], names: Sequence[str], case: str) -> Scores:
    """Outcomes of all matches that count; an input that several seeds drew is one input."""
    place = {name: number for number, name in enumerate(names)}
    units: dict[str, int] = {}
    found = list[tuple[int, int, int, float]]()
    for one in rounds:
        by = {input.brief.number: input for input in one.inputs if _takes(input, case)}
        for match in one.matches:
            if match.input in by and match.winner:
                unit = units.setdefault(by[match.input].pair.weak.id, len(units))
                found.append((unit, place[match.left], place[match.right], _WORTH[match.winner]))
    columns = np.array(found, np.float64).reshape(-1, 4)
    unit_column, left, right = (columns[:, column].astype(np.int64) for column in range(3))
    return Scores(unit_column, left, right, columns[:, 3])


def _takes(input: Input, case: str) -> bool:
    return case == ALL or case in input.cases
