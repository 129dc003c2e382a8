"""Charts on a page: those of the report, each with its numbers to take away."""

import json
from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from townsquare.dashboard.figures import Figure
from townsquare.dashboard.palette import STYLES, at_night
from townsquare.view.safe import frame, visible

_DOTTED = 60
"""Points up to which a line has a dot at each."""
_CANVAS = {"embedOptions": {"renderer": "canvas"}}
"""Paint it instead of giving the browser a node for each point: half the price while points move. Nodes can be read
aloud and found by their words, so a chart that stands has them.
"""


def figure(shown: Figure) -> None:
    """A figure of the report: heading, chart, how to read it, its numbers to look at and to download."""
    st.subheader(shown.title)
    st.vega_lite_chart(_toned(_unpacked(shown.chart.to_dict(validate=False))), width="content", theme=None)
    st.caption(shown.look)
    numbers(shown.table, shown.title)


def _toned(spec: Any) -> Any:
    """The same for the page that the visitor has: the report's charts are made for white paper."""
    return at_night(spec) if st.context.theme.type == "dark" else spec


def _unpacked(spec: Any) -> Any:
    """The same specification with its data as rows: the report's charts carry theirs as JSON text."""
    if isinstance(spec, list):
        return [_unpacked(one) for one in spec]
    if not isinstance(spec, dict):
        return spec
    made = {key: _unpacked(value) for key, value in spec.items() if not (key == "title" and "vconcat" in spec)}
    padding = made.get("padding")
    if isinstance(padding, int | float):  # Streamlit adds to its sides
        made["padding"] = dict.fromkeys(("left", "right", "top", "bottom"), padding)
    data = made.get("data")
    if isinstance(data, dict) and isinstance(data.get("values"), str):
        made["data"] = {"values": json.loads(data["values"])}
    for name, rows in made.get("datasets", {}).items():
        made["datasets"][name] = json.loads(rows) if isinstance(rows, str) else rows
    return made


def chart(rows: pd.DataFrame, *, x: str, y: str, title: str, below: bool = True) -> None:
    """One line over ``x`` with its numbers ``below``; without them it is light enough for every second of a live run:
    written out by hand, and with its rows beside it.
    """
    line: dict[str, Any] = {
        "mark": {"type": "line", "point": below and len(rows) <= _DOTTED, "color": STYLES[0].colour},
        "encoding": {
            "x": {"field": x, "type": "quantitative", "axis": {"title": x, "tickMinStep": 1, "format": "d"}},
            "y": {"field": y, "type": "quantitative", "axis": {"title": title, "format": "~r"}},
            "tooltip": [{"field": x, "type": "quantitative"}, {"field": y, "type": "quantitative"}],
        },
        "height": 260,
    }
    if not below:
        line["usermeta"] = _CANVAS
    st.vega_lite_chart(rows[[x, y]].dropna(), line, width="stretch")  # beside it: new rows do not build the chart anew
    if below:
        numbers(rows, title)


def picture(spec: Mapping[str, Any], tables: Mapping[str, pd.DataFrame], key: str, going: bool, **options: Any) -> Any:
    """A chart whose ``tables`` change while its ``spec`` stands: the browser then changes rows instead of building the
    chart anew. ``going``: of a run that goes on, and painted.
    """
    shown = {**_toned(spec), "datasets": dict(tables), **({"usermeta": _CANVAS} if going else {})}
    return st.vega_lite_chart(shown, width="stretch", theme=None, key=key, **options)


def facts(told: Mapping[str, str]) -> None:
    """Names and values, four side by side; the values may be a run's, the names are ours."""
    rows = list(told.items())
    for first in range(0, len(rows), 4):
        for column, (label, value) in zip(st.columns(4), rows[first : first + 4], strict=False):
            column.metric(label, visible(value, 40))


def numbers(table: pd.DataFrame, title: str) -> None:
    """A table below its chart, folded away, and as CSV. ``title`` is ours, never a run's."""
    with st.expander(f"Numbers: {title}"):
        shown(table, title)


def shown(table: pd.DataFrame, title: str, **columns: Any) -> None:
    """A table, and the same as CSV; ``columns`` configures columns by name. No cell is ever markup."""
    st.dataframe(frame(table), hide_index=True, width="stretch", column_config=columns or None, placeholder="–")
    name = "".join(letter if letter.isalnum() else "-" for letter in title.lower())[:60].strip("-")
    st.download_button(
        "Download CSV",
        table.to_csv(index=False),
        file_name=f"{name or 'numbers'}.csv",
        mime="text/csv",
        key=f"csv-{title}",
        on_click="ignore",
    )
