"""``townsquare evaluate persuasion``: a trial's table beside the published one."""

import argparse
import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from townsquare.cli import printing
from townsquare.protocols.errors import InputError

if TYPE_CHECKING:
    from townsquare.sim.trials.analysis import Analysis

Row = dict[str, Any]


def persuasion(arguments: argparse.Namespace) -> int:
    """``townsquare evaluate persuasion``."""
    from townsquare.evaluate.persuasion import evaluate_persuasion

    if (arguments.csv is None) == (arguments.run is None):
        raise InputError("evaluate persuasion takes either --csv FILE or --run RUN.")
    if arguments.csv is not None and arguments.csv.is_dir():
        raise InputError(f"{arguments.csv} is a folder; a run folder is given with --run.")
    if arguments.run is not None and not arguments.run.is_dir():
        raise InputError(f"{arguments.run} is no run folder; a table is given with --csv.")
    found = evaluate_persuasion(arguments.run or arguments.csv, clusters=arguments.clusters)
    if arguments.json:
        remarks, warned = said(found)
        print(json.dumps({"n": found.n, "rows": found.rows(), "remarks": remarks, "warnings": warned}))
    else:
        show(found, str(arguments.run or arguments.csv), full=arguments.full)
    return 0


def said(found: "Analysis") -> tuple[list[str], list[str]]:
    """What a reader should know, and what to beware of."""
    from townsquare.sim.trials.susceptibility import drift_sentence, warnings

    drift = drift_sentence(found)
    return [*found.remarks, *([drift] if drift else [])], warnings(found)


def show(found: "Analysis", title: str, *, full: bool = False) -> None:
    """Print an analysis; ``full`` also its thresholds, and what an opinion before adds to each."""
    rows = found.rows()
    _effects(f"{title}: {found.n} people; log odds of conceding more; published values to the right", rows, ("arm",))
    _shifts(rows)
    strata = [part for part in dict.fromkeys(row["part"] for row in rows) if part.startswith("cluster")]
    _effects("By strength of the topic", rows, strata)
    _effects("Beside the arms", rows, ("believed", "fluidity"))
    if full:
        _effects("Thresholds, and what a step of the opinion before adds", rows, ("threshold", "before"))
    _fit(rows)
    remarks, warned = said(found)
    for sentence in remarks:
        printing.console().print(f"* {sentence}", markup=False)
    for sentence in warned:
        printing.console().print(f"warning: {sentence}", markup=False)


def _effects(title: str, rows: Sequence[Row], parts: Sequence[str]) -> None:
    """Coefficients with their errors; what they mean as odds, where they are log odds ratios."""
    chosen = [row for row in rows if row["part"] in parts]
    if not chosen:
        return
    odds = any(row["odds_ratio"] is not None for row in chosen)
    means = ["odds change % [95 %]", "more persuasive"] if odds else ["95 %"]
    columns = ["", "beta (SE)", "p", *means, "published", "p", *(["odds change %", "more persuasive"] if odds else [])]
    body = []
    for row in chosen:
        alone = len(parts) == 1 or "believed" in parts
        name = row["term"] if alone else f"{row['part']}: {row['term']}"
        cells = [name, _with_error(row["estimate"], row["se"]), _p(row["p"])]
        if odds:
            change = _ends(row["odds_change"], row["odds_change_low"], row["odds_change_high"], 1)
            cells += [change, printing.number(row["more_persuasive"])]
        else:
            cells += ["–" if row["low"] is None else f"[{_signed(row['low'], 3)}, {_signed(row['high'], 3)}]"]
        cells += [_with_error(row["published"], row["published_se"]), _p(row["published_p"])]
        if odds:
            cells += [_signed(row["published_odds_change"], 1), printing.number(row["published_more_persuasive"])]
        body.append(cells)
    printing.table(title, columns, body)


def _shifts(rows: Sequence[Row]) -> None:
    """Points moved, each arm beside what people do who start from the same opinions."""
    against = {row["term"]: row for row in rows if row["part"] == "shift difference"}
    body = []
    for row in rows:
        if row["part"] not in ("shift", "drift"):
            continue
        human = "–" if row["human"] is None else _ends(row["human"], row["human_low"], row["human_high"], 2)
        other = against.get(row["term"])
        cells = (row["term"], str(row["n"]), _ends(row["estimate"], row["low"], row["high"], 2), human)
        more = "–" if other is None else f"{_signed(other['estimate'], 3)} (p {_p(other['p'])})"
        body.append(
            (*cells, _signed(row["published"], 3), more, _signed(None if other is None else other["published"], 3))
        )
    columns = (
        "",
        "people",
        "shift [95 %]",
        "people who start so [95 %]",
        "published",
        "against the first",
        "published",
    )
    printing.table(
        "How far people moved towards their opponents: after less before, in points of 1 to 5", columns, body
    )


def _fit(rows: Sequence[Row]) -> None:
    body = []
    for row in rows:
        if row["part"] in ("fit", "brant"):
            name = row["term"] if row["part"] == "fit" else f"Brant chi2, {row['term']}"
            digits = 0 if isinstance(row["estimate"], int) else 2
            values = (printing.number(row[column], digits) for column in ("estimate", "published"))
            df = "" if row["df"] is None else str(row["df"])
            body.append((name, next(values), df, "" if row["p"] is None else _p(row["p"]), next(values)))
    printing.table("The fit, and Brant's test", ("", "value", "df", "p", "published"), body)


def _with_error(value: float | None, se: float | None) -> str:
    """``+0.1978 (0.1914)``."""
    return _signed(value, 4) if se is None else f"{_signed(value, 4)} ({se:.4f})"


def _ends(value: float | None, low: float | None, high: float | None, digits: int) -> str:
    """``+0.14 [-0.05, +0.33]``."""
    told = _signed(value, digits)
    return told if low is None or high is None else f"{told} [{_signed(low, digits)}, {_signed(high, digits)}]"


def _signed(value: float | None, digits: int) -> str:
    return "–" if value is None else f"{value:+,.{digits}f}"


def _p(value: float | None) -> str:
    """Below a thousandth as such; a p-value says no more."""
    if value is None:
        return "–"
    return "< .001" if value < 0.001 else f"{value:.{4 if value < 0.01 else 3}f}".removeprefix("0")
