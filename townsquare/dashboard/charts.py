"""The pictures of a run: pure functions from a table to a chart, readable on paper and without colour."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from townsquare.dashboard.labels import label_of
from townsquare.dashboard.palette import INK, STYLES
from townsquare.dashboard.panels import altair, inline, panel, sheet
from townsquare.dashboard.phases import Phase, series_of
from townsquare.dashboard.summary import number

if TYPE_CHECKING:
    from altair import VConcatChart

LIFE = ("likes_per_user", "cosine_click", "users_in_training")
INEQUALITY = tuple(f"{deed}_gini_{over}" for over in ("articles", "creators") for deed in ("exposure", "click", "like"))
HOMOGENISATION = ("jaccard_exposure", "jaccard_click", "jaccard_like")
QUALITY = ("quality_created", "quality_exposed", "quality_liked")
SPREAD = ("spread_in_loop", "spread_out_loop", "loop_distance")
RUMOURS = ("false_shown", "false_clicked", "removal_precision", "removal_recall")
BESIDE = (
    "likes_per_user",
    "users_in_training",
    "like_gini_articles",
    "jaccard_exposure",
    "quality_created",
    "spread_in_loop",
    "false_shown",
    "target_exposure",
    "target_rating",
    "opinion_shown",
    "rating_given",
    "opinion_mean",
    "opinion_variance",
    "opinion_groups",
    "panel_mean",
)
"""What the overlay of two arms shows."""


def life_cycle(measures: pd.DataFrame, phases: Sequence[Phase] = ()) -> "VConcatChart":
    """Likes per user, click cosine and users in training, one panel each, over bands for the phases."""
    shown = measured(measures, LIFE)
    rows = [
        [
            panel(
                {"": series_of(measures, name)},
                axis=label_of(name).unit,
                title=label_of(name).label,
                phases=phases,
                name_phases=name == shown[0],
                tick_title=name == shown[-1],
                height=110,
                width=660,
            )
        ]
        for name in shown
    ]
    return sheet(rows, "Life cycle: likes, match and coverage by tick")


def inequality(measures: pd.DataFrame) -> "VConcatChart":
    """How unevenly exposure, clicks and likes are spread over articles and over creators, side by side."""
    panels = []
    for over in ("articles", "creators"):
        names = {
            f"{deed}_gini_{over}": done
            for deed, done in (("exposure", "shown"), ("click", "clicked"), ("like", "liked"))
        }
        lines = _lines(measures, names)
        if lines:
            panels.append(
                panel(lines, axis="Gini (0 = even, 1 = one takes all)", title=f"Over {over}", width=270, height=190)
            )
    return sheet([panels], "Inequality: how unevenly attention falls on articles and on creators")


def homogenisation(measures: pd.DataFrame) -> "VConcatChart":
    """How much what two users see, click and like overlaps."""
    names = {"jaccard_exposure": "shown", "jaccard_click": "clicked", "jaccard_like": "liked"}
    made = panel(_lines(measures, names), axis="mean Jaccard of two users", height=180)
    return sheet([[made]], "Homogenisation: how much two users share of what they see, click and like")


def quality(measures: pd.DataFrame) -> "VConcatChart":
    """Quality of what is created, shown and liked."""
    names = {"quality_created": "created", "quality_exposed": "shown", "quality_liked": "liked"}
    made = panel(_lines(measures, names), axis="mean quality, ln(1 + likes)", height=180)
    return sheet([[made]], "Quality of articles created, shown and liked")


def spread(measures: pd.DataFrame) -> "VConcatChart":
    """How far users in and out of the loop scatter, and how far the two groups lie apart."""
    names = {
        "spread_in_loop": "spread in the loop",
        "spread_out_loop": "spread out of the loop",
        "loop_distance": "between the two groups",
    }
    made = panel(_lines(measures, names), axis="distance in latent space", height=190, width=560)
    return sheet([[made]], "Polarisation: users in and out of the recommender's loop")


def rumours(measures: pd.DataFrame) -> "VConcatChart":
    """How much of what is shown and clicked is false, and how well it is removed."""
    names = {
        "false_shown": "false, of what is shown",
        "false_clicked": "false, of what is clicked",
        "removal_precision": "false, of what is removed",
        "removal_recall": "removed, of what is false",
    }
    made = panel(_lines(measures, names), axis="share", height=190, width=560)
    return sheet([[made]], "Rumours: false articles shown, clicked and removed")


def overlay(
    treatment: pd.DataFrame,
    control: pd.DataFrame,
    names: Sequence[str] = BESIDE,
    arms: tuple[str, str] = ("this run", "control"),
) -> "VConcatChart":
    """Two arms in the same panels, one panel per measure."""
    shown = [name for name in names if measured(treatment, [name]) or measured(control, [name])]
    panels = [
        panel(
            {arms[0]: series_of(treatment, name), arms[1]: series_of(control, name)},
            axis=_short(label_of(name).unit),
            title=label_of(name).label,
            width=270,
            height=120,
        )
        for name in shown
    ]
    return sheet([panels[i : i + 2] for i in range(0, len(panels), 2)], f"{arms[0].capitalize()} beside {arms[1]}")


def differences(rows: Sequence[Mapping[str, Any]]) -> "VConcatChart":
    """A forest plot: each difference with its interval, one panel per unit, because units do not share a scale.

    Args:
        rows: mappings with measure, difference, low and high; rows without a finite difference are left out.
    """
    table = pd.DataFrame(
        [
            {"measure": str(row["measure"]), "difference": row["difference"], "low": row["low"], "high": row["high"]}
            for row in rows
        ],
        columns=["measure", "difference", "low", "high"],
    )
    table[["difference", "low", "high"]] = table[["difference", "low", "high"]].astype(float)
    table = table.dropna(subset=["difference"])
    table["unit"] = [_scale(label_of(m).unit) for m in table["measure"]]
    table["label"] = [label_of(m).label for m in table["measure"]]
    table["told"] = [_told(d, lo, hi) for d, lo, hi in table[["difference", "low", "high"]].itertuples(index=False)]
    panels = [[_forest(group, str(unit))] for unit, group in table.groupby("unit", sort=False)]
    return sheet(
        panels,
        "Paired differences: this run minus control",
        ["Bars are intervals. Filled circle: the interval excludes zero. Open diamond: it does not."],
    )


def measured(measures: pd.DataFrame, names: Sequence[str]) -> list[str]:
    """Those of ``names`` that have at least one value."""
    return [name for name in names if series_of(measures, name).notna().any()]


def _lines(measures: pd.DataFrame, names: Mapping[str, str]) -> "dict[str, pd.Series[float]]":
    # a measure that is missing keeps its place as an empty line, so that a style always means the same thing
    found = {shown: series_of(measures, name) for name, shown in names.items()}
    return found if any(values.notna().any() for values in found.values()) else {}


def _forest(rows: pd.DataFrame, unit: str) -> Any:
    alt = altair()
    rows = rows.assign(clear=(rows["low"] > 0) | (rows["high"] < 0))
    base = alt.Chart(inline(rows.drop(columns=["measure", "unit"])))
    y = alt.Y(
        "label:N",
        sort=None,
        axis=alt.Axis(title=None, labelLimit=220, ticks=False, domain=False, minExtent=190, maxExtent=190),
    )
    x_axis = alt.Axis(title=f"difference ({unit})", tickCount=6, labelFlush=False)
    x = alt.X("difference:Q", axis=x_axis, scale=alt.Scale(domain=_around_zero(rows)))
    blue, red = STYLES[0].colour, STYLES[1].colour
    zero = (
        alt.Chart(inline(pd.DataFrame({"zero": [0.0]})))
        .mark_rule(color=INK, strokeWidth=1, aria=False)
        .encode(x=alt.X("zero:Q", axis=x_axis))
    )
    bars = base.mark_rule(strokeWidth=2, color=INK, aria=False).encode(x=alt.X("low:Q", axis=x_axis), x2="high:Q", y=y)
    points = base.mark_point(size=70, opacity=1, strokeWidth=1.8, aria=False).encode(
        x=x,
        y=y,
        color=alt.value(blue),
        fill=alt.condition("datum.clear", alt.value(blue), alt.value("#ffffff")),
        shape=alt.condition("datum.clear", alt.value("circle"), alt.value("diamond")),
        stroke=alt.condition("datum.clear", alt.value(blue), alt.value(red)),
    )
    told = base.mark_text(align="left", baseline="middle", fontSize=11, color=INK, aria=False).encode(
        x=alt.value(372), y=y, text="told:N"
    )
    return alt.layer(zero, bars, points, told).properties(width=360, height=26 * len(rows))


def _around_zero(rows: pd.DataFrame) -> list[float]:
    values = rows[["difference", "low", "high"]].to_numpy(float)
    reach = [0.0, *[float(v) for v in values[pd.notna(values)]]]
    room = 0.06 * (max(reach) - min(reach)) or 1.0
    return [min(reach) - room, max(reach) + room]


def _told(difference: float, low: float, high: float) -> str:
    return f"{'+' if difference > 0 else ''}{number(difference)}  [{number(low)}, {number(high)}]"


def _scale(unit: str) -> str:
    """Units that share a scale share a panel: everything between 0 and 1 does."""
    between = ("Gini", "share", "Jaccard", "cosine", "MRR", "norm", "Pearson", "utility")
    return "0-to-1 scales: shares, Ginis, overlaps, cosines" if unit.startswith(between) else unit or "own unit"


def _short(unit: str) -> str:
    return unit.split(",")[0]
