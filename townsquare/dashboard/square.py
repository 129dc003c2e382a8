"""Pictures of the town square at one tick: pure functions from tables to charts.

For a table altair's name of one that is given later (``altair.NamedData``) does as well: a page that draws tick after
tick makes the chart once and changes its rows.
"""

from typing import Any

from townsquare.dashboard.palette import BACKGROUND_POINT, GRID, INK, QUIET, STYLES
from townsquare.dashboard.panels import FONT, altair
from townsquare.dashboard.topics import ARTICLE, IN_LOOP, OUT_LOOP

_LOOKS = {
    IN_LOOP: (STYLES[0].colour, "circle"),
    OUT_LOOP: (STYLES[1].colour, "triangle-up"),
    ARTICLE: (BACKGROUND_POINT, "cross"),
}
PICKED = "picked"
"""Name of the selection: the point that was clicked."""


def town_map(points: Any, trails: Any, window: tuple[float, float, float, float]) -> Any:
    """Users and articles of one tick, and the ways by which some users came.

    Args:
        points: x, y, what, name of one tick.
        trails: who, tick, x, y in order; an empty table for none.
        window: least and largest x, least and largest y: the same at every tick.
    """
    alt = altair()
    low_x, high_x, low_y, high_y = window
    x = alt.X("x:Q", title="direction 1", scale=alt.Scale(domain=[low_x, high_x], nice=False))
    y = alt.Y("y:Q", title="direction 2", scale=alt.Scale(domain=[low_y, high_y], nice=False))
    names, looks = list(_LOOKS), list(_LOOKS.values())
    legend = alt.Legend(title=None, orient="top", symbolSize=90, symbolOpacity=1, labelFontSize=13, labelLimit=400)
    ways = (
        alt.Chart(trails)
        .mark_line(color=STYLES[0].colour, opacity=0.25, strokeWidth=1.2, clip=True, aria=False)
        .encode(x=x, y=y, detail="who:N", order="tick:O")
    )
    dots = (
        alt.Chart(points)
        .mark_point(filled=True, clip=True)
        .encode(
            x=x,
            y=y,
            color=alt.Color(
                "what:N", scale=alt.Scale(domain=names, range=[colour for colour, _ in looks]), legend=legend
            ),
            shape=alt.Shape(
                "what:N", scale=alt.Scale(domain=names, range=[shape for _, shape in looks]), legend=legend
            ),
            size=alt.condition(f"datum.what == '{ARTICLE}'", alt.value(22), alt.value(42)),
            opacity=alt.condition(f"datum.what == '{ARTICLE}'", alt.value(0.55), alt.value(0.65)),
            tooltip=[alt.Tooltip("name:N", title="who"), alt.Tooltip("what:N", title="is")],
        )
        .add_params(alt.selection_point(name=PICKED, fields=["who", "what"], empty=False))
    )
    return dressed(alt.layer(ways, dots).properties(height=560))


def histogram(shares: Any, highest: float) -> Any:
    """How opinions are spread at one tick: ``low``, ``high``, ``share``; the axis is the same at every tick."""
    alt = altair()
    drawn = (
        alt.Chart(shares)
        .mark_rect(color=STYLES[0].colour, stroke="white", strokeWidth=1)
        .encode(
            x=alt.X("low:Q", title="opinion, from 0 (against) to 1 (for)", scale=alt.Scale(domain=[0, 1])),
            x2="high:Q",
            y=alt.Y(
                "share:Q",
                title="share of those who have an opinion",
                axis=alt.Axis(format="%"),
                scale=alt.Scale(domain=[0, highest], nice=True),
            ),
            y2=alt.datum(0),
            tooltip=[
                alt.Tooltip("low:Q", title="from"),
                alt.Tooltip("high:Q", title="to"),
                alt.Tooltip("share:Q", format=".1%"),
            ],
        )
    )
    return dressed(drawn.properties(height=420))


def streams(shares: Any, lines: Any, here: Any, last: int) -> Any:
    """Opinions over all ticks: the darker, the more think so; lines of some agents; a rule where one is.

    Args:
        shares: tick, start, end, low, high, share; a tick stands for those from start to end.
        lines: tick, agent, opinion.
        here: tick, one row.
        last: the tick at which the axis ends.
    """
    alt = altair()
    y = alt.Y("low:Q", title="opinion, from 0 (against) to 1 (for)", scale=alt.Scale(domain=[0, 1]))
    x_scale = alt.Scale(domain=[-1.5, max(last, 0) + 0.5], nice=False)
    ground = (
        alt.Chart(shares)
        .mark_rect()
        .encode(
            x=alt.X("start:Q", title="tick (-1: before the first)", scale=x_scale, axis=alt.Axis(tickMinStep=1)),
            x2="end:Q",
            y=y,
            y2="high:Q",
            color=alt.Color(
                "share:Q", scale=alt.Scale(scheme="blues"), legend=alt.Legend(title="share", format="%", orient="right")
            ),
            tooltip=["tick:Q", "low:Q", "high:Q", alt.Tooltip("share:Q", format=".1%")],
        )
    )
    ways = (
        alt.Chart(lines)
        .mark_line(color=STYLES[1].colour, opacity=0.35, strokeWidth=1)
        .encode(x=alt.X("tick:Q", scale=x_scale), y=alt.Y("opinion:Q"), detail="agent:N")
    )
    # Black, not ink: the cells below it are light on a dark page too.
    rule = alt.Chart(here).mark_rule(color="black", strokeWidth=2).encode(x=alt.X("tick:Q", scale=x_scale))
    return dressed(alt.layer(ground, ways, rule).properties(height=420))


def dressed(chart: Any) -> Any:
    """The house's fonts and colours, on white."""
    return (
        chart.properties(background="white", padding={"left": 8, "right": 8, "top": 8, "bottom": 8})
        .configure(font=FONT)
        .configure_view(stroke=GRID)
        .configure_axis(
            labelFontSize=12,
            titleFontSize=13,
            titleFontWeight="normal",
            labelColor=INK,
            titleColor=INK,
            gridColor=GRID,
            domainColor=QUIET,
            tickColor=QUIET,
        )
        .configure_legend(labelColor=INK, titleColor=INK)
    )
