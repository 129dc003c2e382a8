"""The picture of opinions on a network: a pure function from a table to a chart."""

from typing import TYPE_CHECKING

import pandas as pd

from townsquare.dashboard.panels import panel, sheet
from townsquare.dashboard.phases import series_of

if TYPE_CHECKING:
    from altair import LayerChart, VConcatChart

OPINIONS = ("opinion_groups", "opinion_mean", "opinion_variance", "nodes_moved", "panel_mean", "panel_variance")
LOOK = (
    "Above, what is thought on average and how widely it is spread (a quarter is the most there can be); below, into "
    "how many groups opinions fall, and how many still move. A panel is those whom a mind decides for."
)


def opinions(measures: pd.DataFrame) -> "VConcatChart":
    """Mean and spread above, groups and movement below; the panel's own lines where there is one."""
    there = set(measures["measure"].astype(str))

    def lines(*names: str) -> "dict[str, pd.Series[float]]":
        who = {name: "the panel" if name.startswith("panel") else "everybody" for name in names if name in there}
        return {label: series_of(measures, name) for name, label in who.items()}

    def drawn(title: str, axis: str, *names: str) -> "list[LayerChart]":
        found = lines(*names)  # a timeline measures the first two only
        return [panel(found, axis=axis, title=title, width=270, height=150)] if found else []

    above = drawn("Mean opinion", "0 against, 1 for", "opinion_mean", "panel_mean")
    below = drawn("Groups", "groups", "opinion_groups")
    beside = drawn("Variance", "variance", "opinion_variance", "panel_variance")
    last = drawn("Who moved", "share", "nodes_moved", "panel_moved")
    rows = [[*above, *beside], [*below, *last]]
    return sheet([row for row in rows if row], "Opinions: where they stand, and how they move")
