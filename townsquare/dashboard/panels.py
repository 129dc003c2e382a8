"""One panel of curves over ticks, with phase bands behind and names at the line ends instead of a legend."""

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pandas as pd

from townsquare.dashboard.palette import BAND, GRID, INK, QUIET, STYLES, Style
from townsquare.dashboard.phases import Phase
from townsquare.protocols.errors import InputError

if TYPE_CHECKING:
    from altair import InlineData, LayerChart, VConcatChart

FONT = "Helvetica Neue, Helvetica, Arial, Liberation Sans, sans-serif"
_LINE_HEIGHT = 15
_MARKERS = 9
"""About how many markers a line carries."""


def altair() -> Any:
    """The charting library; InputError that names the extra where it is not installed."""
    try:
        import altair
    except ImportError as error:
        raise InputError("charts need the report extra: pip install 'townsquare[report]'.") from error
    return altair


def inline(rows: pd.DataFrame) -> "InlineData":
    """A table as inline data: NaN becomes null, and no limit on rows applies.

    As one text, because the library copies a list cell by cell each time that a chart is put beside another.
    """
    text = rows.to_json(orient="records", double_precision=10)
    data: InlineData = altair().InlineData(values=text, format={"type": "json"})
    return data


def panel(
    lines: Mapping[str, "pd.Series[float]"],
    *,
    axis: str,
    title: str = "",
    width: int = 600,
    height: int = 150,
    phases: Sequence[Phase] = (),
    name_phases: bool = False,
    tick_title: bool = True,
    styles: Sequence[Style] = STYLES,
) -> "LayerChart":
    """Curves by name over ticks.

    Args:
        lines: name at the line end -> values by tick; missing values leave a gap.
        axis: what the y axis measures, with its unit.
        title: what the panel shows; empty for none.
        width: of the plot, in pixels, names at the line ends not counted.
        height: of the plot, in pixels.
        phases: bands behind the curves.
        name_phases: whether the bands carry their names.
        tick_title: whether the x axis is titled.
        styles: one per line.
    """
    alt = altair()
    ticks = [int(tick) for values in lines.values() for tick in values.index]
    first, last = min(ticks, default=0), max(ticks, default=1)
    low, high = _domain(lines)
    axis_of_ticks = _ticks(first, last, tick_title)
    x = axis_of_ticks("tick:Q")
    y = alt.Y("value:Q", scale=alt.Scale(domain=[low, high], nice=False), axis=alt.Axis(title=axis, tickCount=5))
    layers = _bands(phases, first, last, axis_of_ticks("from:Q"), name_phases)
    for i, (values, style) in enumerate(zip(lines.values(), styles, strict=False)):
        layers += _line(values, style, x, y, i / len(lines))
    layers += _names(lines, styles, (low, high), (width, height))
    named = {"title": alt.TitleParams(title, anchor="start", fontSize=12, fontWeight="bold", offset=6)} if title else {}
    made: LayerChart = alt.layer(*layers, width=width, height=height, **named)
    return made


def sheet(rows: Sequence[Sequence[Any]], title: str, subtitle: Sequence[str] = ()) -> "VConcatChart":
    """Panels in rows under one title, on white."""
    alt = altair()
    apart = alt.Resolve(scale=alt.ScaleResolveMap(y="independent"))
    stacked = [row[0] if len(row) == 1 else alt.hconcat(*row, spacing=24, resolve=apart) for row in rows]
    # everything at once: each further call would copy all that there is
    made: VConcatChart = alt.vconcat(
        *stacked,
        spacing=14,
        resolve=alt.Resolve(scale=alt.ScaleResolveMap(**dict.fromkeys(("x", "y", "color", "shape"), "independent"))),
        title=alt.TitleParams(title, subtitle=list(subtitle), anchor="start"),
        background="white",
        padding=6,
        config=alt.Config(
            font=FONT,
            view=alt.ViewConfig(stroke=None),
            axis=alt.AxisConfig(
                labelFontSize=11,
                titleFontSize=11,
                titleFontWeight="normal",
                labelColor=INK,
                titleColor=INK,
                gridColor=GRID,
                domainColor=QUIET,
                tickColor=QUIET,
                titlePadding=8,
            ),
            title=alt.TitleConfig(fontSize=15, color=INK, subtitleColor=QUIET, subtitleFontSize=12, offset=12),
        ),
    )
    return made


def _ticks(first: int, last: int, titled: bool) -> Callable[[str], Any]:
    """The x axis for any field: layers share it, and one that asked for none would take it from all the others."""
    alt = altair()
    scale = alt.Scale(domain=[first, max(last, first + 1)], nice=False)
    axis = alt.Axis(title="tick" if titled else None, tickMinStep=1, tickCount=10, format="d", labelFlush=False)
    return lambda field: alt.X(field, scale=scale, axis=axis)


def _domain(lines: Mapping[str, "pd.Series[float]"]) -> tuple[float, float]:
    """From zero, or below where values are negative, to a little above the highest."""
    values = [float(v) for series in lines.values() for v in series.dropna()]
    low, high = min([0.0, *values]), max([0.0, *values])
    if high == low:
        return low, low + 1.0
    room = 0.06 * (high - low)
    return (low - room if low < 0 else 0.0), (high + room if high > 0 else 0.0)


def _line(values: "pd.Series[float]", style: Style, x: Any, y: Any, shift: float) -> list[Any]:
    """The line, and its markers: each line's are shifted, so that lines which coincide can still be told apart."""
    alt = altair()
    rows = pd.DataFrame({"tick": values.index.astype(int), "value": values.to_numpy(float)})
    step = max(1, round(len(rows) / _MARKERS))
    # the last tick has its marker beside the plot
    sparse = rows.iloc[: max(1, len(rows) - 1)].iloc[int(shift * step) :: step].dropna()
    line = (
        alt.Chart(inline(rows))
        .mark_line(color=style.colour, strokeDash=list(style.dash), strokeWidth=2, aria=False)
        .encode(x=x, y=y)
    )
    marks = (
        alt.Chart(inline(sparse))
        .mark_point(color=style.colour, fill=style.colour, shape=style.shape, size=34, opacity=1, aria=False)
        .encode(x=x, y=y)
    )
    return [line, marks]


def _names(
    lines: Mapping[str, "pd.Series[float]"], styles: Sequence[Style], domain: tuple[float, float], size: tuple[int, int]
) -> list[Any]:
    """Each line's name with its marker, right of the plot at the height where the line ends, kept apart."""
    alt = altair()
    (low, high), (width, height) = domain, size
    ends: list[tuple[str, Style]] = []
    heights: list[float] = []
    for (name, values), style in zip(lines.items(), styles, strict=False):
        there = values.dropna()
        if name and not there.empty:
            ends.append((name, style))
            heights.append(float(height * (high - there.iloc[-1]) / (high - low)))
    layers = []
    for (name, style), at in zip(ends, spaced(heights, _LINE_HEIGHT, height), strict=True):
        anchor = alt.Chart(inline(pd.DataFrame({"name": [name]})))
        layers.append(
            anchor.mark_point(
                color=style.colour, fill=style.colour, shape=style.shape, size=40, opacity=1, aria=False
            ).encode(x=alt.value(width + 10), y=alt.value(at))
        )
        layers.append(
            anchor.mark_text(align="left", baseline="middle", fontSize=11, color=INK, aria=False).encode(
                x=alt.value(width + 19), y=alt.value(at), text="name:N"
            )
        )
    return layers


def spaced(heights: Sequence[float], gap: float, room: float) -> list[float]:
    """Heights pushed apart to at least ``gap``, in the same order from top to bottom, inside ``room`` if they fit."""
    order = sorted(range(len(heights)), key=lambda i: heights[i])
    at = [heights[i] for i in order]
    for above, below in pairwise(range(len(at))):
        at[below] = max(at[below], at[above] + gap)
    if at and at[-1] > room:
        at[-1] = room
        for above, below in reversed(list(pairwise(range(len(at))))):
            at[above] = min(at[above], at[below] - gap)
    out = [0.0] * len(at)
    for place, i in zip(at, order, strict=True):
        out[i] = place
    return out


def _bands(phases: Sequence[Phase], first: int, last: int, start: Any, named: bool) -> list[Any]:
    """Every other phase in grey, dotted edges, and names on a stair so that those of short phases do not collide."""
    if not phases or first == last:
        return []
    alt = altair()
    rows = [
        {"from": max(first, phase.first - 0.5), "to": min(last, phase.last + 0.5), "grey": bool(i % 2)}
        for i, phase in enumerate(phases)
    ]
    greys, edges = [row for row in rows if row["grey"]], [row for row in rows if row["from"] > first]
    layers = [
        alt.Chart(inline(pd.DataFrame(greys, columns=["from", "to"])))
        .mark_rect(color=BAND, aria=False)
        .encode(x=start, x2="to:Q"),
        alt.Chart(inline(pd.DataFrame(edges, columns=["from"])))
        .mark_rule(color=QUIET, strokeDash=[2, 3], aria=False)
        .encode(x=start),
    ]
    if named:
        layers += [_phase_name(phase, i, first, last, start) for i, phase in enumerate(phases)]
    return layers


def _phase_name(phase: Phase, i: int, first: int, last: int, start: Any) -> Any:
    alt = altair()
    right = phase.first > first + 0.85 * (last - first)
    row = pd.DataFrame([{"name": phase.name, "from": max(first, phase.first - 0.5)}])
    return (
        alt.Chart(inline(row))
        .mark_text(
            align="right" if right else "left",
            dx=-4 if right else 4,
            baseline="bottom",
            fontSize=11,
            fontStyle="italic",
            color=INK,
            aria=False,
        )
        .encode(x=start, y=alt.value(-4 - 13 * ((3 - i) % 4)), text="name:N")
    )
