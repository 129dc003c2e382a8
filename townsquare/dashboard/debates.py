"""The picture of a debate trial: how far people moved, beside how far people would have."""

from typing import TYPE_CHECKING

import pandas as pd

from townsquare.dashboard.palette import INK, QUIET, STYLES
from townsquare.dashboard.panels import altair, inline, sheet
from townsquare.dashboard.phases import series_of
from townsquare.protocols.debate import ARMS, CONTROL

if TYPE_CHECKING:
    from altair import VConcatChart

_KEYS = {arm: arm.replace("-", "_") for arm in (*ARMS, CONTROL)}
SHIFTS = tuple(f"{name}_{key}" for key in _KEYS.values() for name in ("shift", "human", "human_low", "human_high"))
LOOK = (
    "Points of the scale from 1 to 5, after less before; right of the line people were persuaded. The dot is this "
    "trial, the band is where people lie who start from the same opinions, by the published model (95 %). A "
    "dot right of its band: these minds give in more easily than people do. The no-debate arm has no band: it is drift."
)


def shifts(measures: pd.DataFrame) -> "VConcatChart":
    """An arm per row: where it ended, and the human range."""
    alt = altair()
    rows = []
    for arm, key in _KEYS.items():
        found = {name: series_of(measures, f"{name}_{key}").dropna() for name in ("shift", "human_low", "human_high")}
        if len(found["shift"]):
            last = {name: float(values.iloc[-1]) if len(values) else None for name, values in found.items()}
            rows.append({"arm": arm, **last})
    table = pd.DataFrame(rows, columns=["arm", "shift", "human_low", "human_high"])
    axis = alt.Axis(title="points towards the opponent", tickCount=7)
    y = alt.Y("arm:N", sort=None, axis=alt.Axis(title=None, ticks=False, domain=False, labelLimit=220))
    base = alt.Chart(inline(table))
    band = base.mark_bar(height=14, color=QUIET, opacity=0.35, aria=False).encode(
        x=alt.X("human_low:Q", axis=axis), x2="human_high:Q", y=y
    )
    zero = alt.Chart(inline(pd.DataFrame({"zero": [0.0]}))).mark_rule(color=INK, aria=False)
    dots = base.mark_point(size=80, filled=True, opacity=1, color=STYLES[0].colour, aria=False)
    layers = (band, zero.encode(x=alt.X("zero:Q", axis=axis)), dots.encode(x=alt.X("shift:Q", axis=axis), y=y))
    made = alt.layer(*layers).properties(width=460, height=30 * max(1, len(table)))
    return sheet([[made]], "Shift: how far people moved towards their opponents")
