"""A conversation as a sequence diagram: members side by side, time downwards, one arrow per step."""

from dataclasses import dataclass
from html import escape
from textwrap import shorten, wrap

import pandas as pd

from townsquare.dashboard.palette import BAND, GRID, INK, QUIET, STYLES

_LEFT, _TOP, _ROW, _COLUMN, _RIGHT = 118, 52, 34, 150, 24
_FONT = "Helvetica Neue, Helvetica, Arial, Liberation Sans, sans-serif"
_WORDS = 64
"""Characters of what is written on an arrow."""
_HALO = 'stroke="#fff" stroke-width="3" paint-order="stroke"'
"""Words stay readable where they cross a line."""
_PAPER = '<rect width="100%" height="100%" fill="#fff"/>'
"""Under all of it: on a dark page dark words would stand on dark ground."""
_DRAWN = ("say", "task", "progress", "result", "ended")
_STATES = {
    "discussion": "discussion",
    "sync": "waits for results",
    "async": "waits for a start",
    "paused": "paused",
    "conclusion": "conclusion",
}


@dataclass(frozen=True, slots=True)
class _Arrow:
    start: int
    end: int
    """Columns; the same for something said to everybody."""
    words: str
    dash: str
    colour: str


def sequence(rows: pd.DataFrame) -> str:
    """The rows of one group (``RunFolder.conversations``) as an SVG; every text in it is escaped.

    Solid arrows: something is said, or work is handed out; dashed ones: it has begun, or is delivered. A dot says that
    everybody was spoken to. On the left, the state of the group where it changes.
    """
    rows = rows[rows["kind"].isin(_DRAWN)]
    names = _members(rows)
    place = {name: column for column, name in enumerate(names)}
    width = _LEFT + max(len(names) - 1, 0) * _COLUMN + _COLUMN // 2 + _RIGHT + _WORDS * 3
    height = _TOP + (len(rows) + 1) * _ROW
    parts = [_head(names, height)]
    before = ""
    for n, row in enumerate(rows.itertuples(), 1):
        y = _TOP + n * _ROW
        state = str(row.state)
        if state and state != before:
            parts.append(_state(state, y, width))
            before = state
        parts.append(_arrow(_read(row, place), y))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="sequence" viewBox="0 0 {width} {height}" width="{width}" '
        f'height="{height}" font-family="{_FONT}" font-size="11">' + _PAPER + "".join(parts) + "</svg>"
    )


def _members(rows: pd.DataFrame) -> list[str]:
    """Everybody who speaks or is spoken to, in the order in which they come up."""
    named: dict[str, None] = {}
    for row in rows.itertuples():
        for name in [str(row.sender), *str(row.receivers).split()]:
            if name and name != "server":
                named.setdefault(name)
    return list(named)


def _x(column: int) -> int:
    return _LEFT + column * _COLUMN + 20


def _head(names: list[str], height: int) -> str:
    made = []
    for column, name in enumerate(names):
        x = _x(column)
        made.append(
            f'<line x1="{x}" y1="{_TOP - 12}" x2="{x}" y2="{height - 8}" stroke="{GRID}" stroke-width="1.5"/>'
            f'<text x="{x}" y="{_TOP - 20}" text-anchor="middle" font-weight="bold" fill="{INK}">'
            f"{escape(shorten(name, 22, placeholder='…') or name[:21] + '…')}</text>"
        )
    return "".join(made)


def _state(state: str, y: int, width: int) -> str:
    words = escape(_STATES.get(state, state))
    return (
        f'<line x1="0" y1="{y - _ROW + 10}" x2="{width}" y2="{y - _ROW + 10}" stroke="{BAND}" stroke-width="2"/>'
        f'<text x="8" y="{y + 4}" fill="{QUIET}">{words}</text>'
    )


def _read(row: object, place: dict[str, int]) -> _Arrow:
    kind, sender = str(row.kind), str(row.sender)  # type: ignore[attr-defined]
    receivers = [place[name] for name in str(row.receivers).split() if name in place]  # type: ignore[attr-defined]
    start = place.get(sender, 0)
    text = str(row.status if kind == "ended" else row.text or row.status)  # type: ignore[attr-defined]
    failed = kind == "result" and str(row.status) != "completed"  # type: ignore[attr-defined]
    colour = STYLES[1].colour if failed else STYLES[0].colour if kind in ("say", "ended") else STYLES[2].colour
    dash = "5 3" if kind in ("progress", "result") else ""
    label = {"say": text, "task": f"task: {text}", "progress": "begun", "result": f"result: {text}"}.get(kind, text)
    if failed:
        label = f"{row.status}: {text}"  # type: ignore[attr-defined]
    to_one = len(receivers) == 1 and receivers[0] != start
    return _Arrow(start, receivers[0] if to_one else start, label, dash, colour)


def _arrow(arrow: _Arrow, y: int) -> str:
    words = (wrap(arrow.words, _WORDS, max_lines=1, placeholder=" …") or [""])[0]
    x1, x2 = _x(arrow.start), _x(arrow.end)
    if x1 == x2:
        text = f'<text x="{x1 + 10}" y="{y + 4}" fill="{INK}" {_HALO}>{escape(words)}</text>'
        return f'<circle cx="{x1}" cy="{y}" r="4" fill="{arrow.colour}"/>{text}'
    step = 7 if x2 > x1 else -7
    dash = f' stroke-dasharray="{arrow.dash}"' if arrow.dash else ""
    line = f'<line x1="{x1}" y1="{y}" x2="{x2 - step}" y2="{y}" stroke="{arrow.colour}" stroke-width="1.5"{dash}/>'
    tip = f'<path d="M{x2},{y} l{-step},-4 v8 z" fill="{arrow.colour}"/>'
    return f'{line}{tip}<text x="{min(x1, x2) + 8}" y="{y - 5}" fill="{INK}" {_HALO}>{escape(words)}</text>'
