"""The section of a report that sets a debate trial beside the published one."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from townsquare.dashboard import page
from townsquare.dashboard.summary import number

Row = Mapping[str, Any]


def trial(found: Mapping[str, Any] | None) -> str:
    """Arm effects and shifts with the published values to the right, what to know and what to beware of; "" for None.

    ``found``: n, rows (``sim/trials/analysis.py``), remarks and warnings.
    """
    if not found:
        return ""
    rows: Sequence[Row] = found["rows"]
    arms = [row for row in rows if row["part"] == "arm"]
    shifts = [row for row in rows if row["part"] in ("shift", "drift")]
    warned = "".join(f'<p class="warning">{escape(sentence)}</p>' for sentence in found["warnings"])
    told = "".join(f'<p class="note">{escape(sentence)}</p>' for sentence in found["remarks"])
    effects = page.table(
        ["Arm", "Log odds (SE)", "p", "Odds change, %", "95 % interval", "Published", "p", "Odds change, %"],
        [_effect(row) for row in arms],
        words=1,
    )
    moved = page.table(
        ["Arm", "People", "Shift", "95 % interval", "People who start so", "95 % range", "Published"],
        [_shift(row) for row in shifts],
        words=1,
    )
    return page.section(
        "Beside the published trial",
        f"{warned}<p>Log odds of conceding more to the opponent, against the first arm, over {found['n']} people; the "
        f"published values (Salvi et al., arXiv 2403.14380) stand to the right.</p>{effects}"
        f"<p>How far people moved towards their opponents: after less before, in points of 1 to 5. Beside it how far "
        f"people move who start from the same opinions.</p>{moved}{told}",
    )


def _effect(row: Row) -> list[str]:
    return [
        escape(str(row["term"])),
        _with_error(row["estimate"], row["se"]),
        _p(row["p"]),
        _signed(row["odds_change"], 1),
        _ends(row["odds_change_low"], row["odds_change_high"], 1),
        _with_error(row["published"], row["published_se"]),
        _p(row["published_p"]),
        _signed(row["published_odds_change"], 1),
    ]


def _shift(row: Row) -> list[str]:
    return [
        escape(str(row["term"])),
        number(row["n"]),
        _signed(row["estimate"], 2),
        _ends(row["low"], row["high"], 2),
        _signed(row["human"], 2),
        _ends(row["human_low"], row["human_high"], 2),
        _signed(row["published"], 2),
    ]


def _with_error(value: float | None, se: float | None) -> str:
    return _signed(value, 3) if se is None else f"{_signed(value, 3)} ({se:.3f})"


def _ends(low: float | None, high: float | None, digits: int) -> str:
    return "–" if low is None or high is None else f"[{_signed(low, digits)}, {_signed(high, digits)}]"


def _signed(value: float | None, digits: int) -> str:
    return "–" if value is None or value != value else f"{value:+,.{digits}f}".replace("-", "−")


def _p(value: float | None) -> str:
    return "–" if value is None else "&lt; .001" if value < 0.001 else f"{value:.3f}".removeprefix("0")
