"""Pictures of who is tied to whom, and of what was passed on: pure functions from tables to charts."""

from typing import Any

import pandas as pd

from townsquare.dashboard.palette import BACKGROUND_POINT, INK, QUIET, STYLES
from townsquare.dashboard.panels import altair
from townsquare.dashboard.square import dressed

_SHAPES = ("circle", "diamond", "square", "triangle-up", "cross", "triangle-down")


def ties(nodes: pd.DataFrame, edges: pd.DataFrame, *, stance: bool, sized: str, height: int = 620) -> Any:
    """Nodes and the lines between them, without axes: places mean nothing but near and far.

    Args:
        nodes: x, y, label, size, role, and where ``stance`` is asked for stance (0 to 1, NaN unknown).
        edges: x, y, x2, y2, weight.
        stance: whether nodes are coloured by what they think, else by role.
        sized: what the size of a node is.
        height: in pixels.
    """
    alt = altair()
    none = alt.Axis(labels=False, ticks=False, grid=False, domain=False, title=None)
    frame = alt.Scale(domain=[-1.12, 1.12], nice=False)
    x, y = alt.X("x:Q", axis=none, scale=frame), alt.Y("y:Q", axis=none, scale=frame)
    heaviest = float(edges["weight"].max()) if len(edges) else 1.0
    crowded = len(nodes) > 60
    sizes, widths = ([20, 320], [0.2, 1.6]) if crowded else ([260, 2600], [0.3, 5])
    lines = (
        alt.Chart(edges)
        .mark_rule(color=QUIET)
        .encode(
            x=x,
            y=y,
            x2="x2:Q",
            y2="y2:Q",
            strokeWidth=alt.StrokeWidth("weight:Q", scale=alt.Scale(domain=[0, heaviest], range=widths), legend=None),
            opacity=alt.Opacity("weight:Q", scale=alt.Scale(domain=[0, heaviest], range=[0.12, 0.6]), legend=None),
        )
    )
    layers = [lines, *_dots(nodes, x, y, sizes, stance=stance, sized=sized)]
    if "told" in nodes:
        layers.append(
            alt.Chart(nodes).mark_text(fontSize=12, fontWeight="bold", color=INK).encode(x=x, y=y, text="told:N")
        )
    return dressed(alt.layer(*layers).properties(height=height)).configure_view(stroke=None)


def _dots(nodes: pd.DataFrame, x: Any, y: Any, sizes: list[int], *, stance: bool, sized: str) -> list[Any]:
    """The nodes; where opinions are shown, those who have none as a layer of their own, in grey."""
    alt = altair()
    roles = list(dict.fromkeys(nodes["role"]))
    legend = alt.Legend(title=None, orient="top", symbolSize=110, labelFontSize=13, labelLimit=300)
    shapes = [_SHAPES[place % len(_SHAPES)] for place in range(len(roles))]
    scale = alt.Scale(type="sqrt", range=sizes, domain=[0, max(1.0, float(nodes["size"].max()))])
    tips = [alt.Tooltip("label:N", title="who"), alt.Tooltip("role:N", title="is"), alt.Tooltip("size:Q", title=sized)]

    def drawn(rows: pd.DataFrame, colour: Any, *more: Any) -> Any:
        mark = alt.Chart(rows).mark_point(filled=True, stroke=INK, strokeWidth=0.6, opacity=0.95)
        return mark.encode(
            x=x,
            y=y,
            color=colour,
            shape=alt.Shape("role:N", scale=alt.Scale(domain=roles, range=shapes), legend=legend),
            size=alt.Size("size:Q", scale=scale, legend=None),
            tooltip=[*tips, *more],
        )

    if not stance:
        looks = [STYLES[place % len(STYLES)].colour for place in range(len(roles))]
        return [drawn(nodes, alt.Color("role:N", scale=alt.Scale(domain=roles, range=looks), legend=legend))]
    opinion = alt.Color(
        "stance:Q",
        scale=alt.Scale(scheme="blueorange", domain=[0, 1]),
        legend=alt.Legend(title="opinion, 0 against, 1 for", orient="right", gradientLength=200),
    )
    known = nodes["stance"].notna()
    return [
        drawn(nodes[known], opinion, alt.Tooltip("stance:Q", title="opinion", format=".2f")),
        *([drawn(nodes[~known].drop(columns="stance"), alt.value(BACKGROUND_POINT))] if (~known).any() else []),
    ]


def cascade(nodes: pd.DataFrame, height: int = 420) -> Any:
    """A tree over ticks: ``item``, ``ref``, ``tick``, ``row``, ``label``; a line from each post to what it rests on."""
    alt = altair()
    place = nodes.set_index("item")
    edges = nodes[nodes["ref"].isin(place.index)]
    lines = pd.DataFrame(
        {
            "tick": edges["tick"].to_numpy(),
            "row": edges["row"].to_numpy(),
            "tick2": place["tick"].reindex(edges["ref"]).to_numpy(),
            "row2": place["row"].reindex(edges["ref"]).to_numpy(),
        }
    )
    x = alt.X("tick:Q", title="tick", axis=alt.Axis(tickMinStep=1, format="d"))
    y = alt.Y("row:Q", axis=alt.Axis(labels=False, ticks=False, grid=False, domain=False, title=None))
    ways = alt.Chart(lines).mark_rule(color=QUIET, opacity=0.6).encode(x=x, y=y, x2="tick2:Q", y2="row2:Q")
    dots = (
        alt.Chart(nodes)
        .mark_point(filled=True, size=60, color=STYLES[0].colour, opacity=0.9)
        .encode(
            x=x,
            y=y,
            tooltip=[
                alt.Tooltip("label:N", title="post"),
                alt.Tooltip("author:N", title="by"),
                alt.Tooltip("tick:Q", title="tick"),
            ],
        )
    )
    return dressed(alt.layer(ways, dots).properties(height=height))
