"""The pictures of a shop under attack: pure functions from a table to a chart."""

from typing import TYPE_CHECKING

import pandas as pd

from townsquare.dashboard.panels import panel, sheet
from townsquare.dashboard.phases import series_of

if TYPE_CHECKING:
    from altair import VConcatChart

EXPOSURE = ("target_exposure", "target_exposure_without")
HONEST = ("opinion_shown", "opinion_shown_without")
TRUST = ("trust_shills", "trust_customers", "customers_lost")


def detectors(measures: pd.DataFrame) -> list[str]:
    """Names of the detectors that watched, as they stand in measures, in their order."""
    names = dict.fromkeys(measures["measure"].astype(str))
    return [name.removeprefix("noticed_") for name in names if name.startswith("noticed_")]


def exposure(measures: pd.DataFrame) -> "VConcatChart":
    """How many visitors were shown a target, and how many would have been without shills."""
    lines = {
        "as it was": series_of(measures, "target_exposure"),
        "without shills": series_of(measures, "target_exposure_without"),
    }
    made = panel(lines, axis="share of visitors", height=190, width=560)
    return sheet([[made]], "Targets: how many visitors were shown one")


def honest(measures: pd.DataFrame) -> "VConcatChart":
    """How much better visitors truly like what they were shown than what they would have been shown without shills."""
    difference = series_of(measures, HONEST[0]) - series_of(measures, HONEST[1])
    made = panel({"": difference}, axis="difference, in ratings", height=190, width=560)
    return sheet([[made]], "Honest customers: what shills, and the defence, cost them")


def noticed(measures: pd.DataFrame) -> "VConcatChart":
    """Whom each detector flagged: shills on the left, customers on the right."""
    panels = []
    for prefix, title in (("noticed", "Shills flagged"), ("mistaken", "Customers flagged")):
        lines = {name.replace("_", "-"): series_of(measures, f"{prefix}_{name}") for name in detectors(measures)}
        panels.append(panel(lines, axis="share", title=title, width=270, height=190))
    return sheet([panels], "Detectors: whom they flagged, and when")


def trust(measures: pd.DataFrame) -> "VConcatChart":
    """What the defence left of the accounts' weights."""
    lines = {
        "shills": series_of(measures, "trust_shills"),
        "customers": series_of(measures, "trust_customers"),
        "customers that hardly count": series_of(measures, "customers_lost"),
    }
    made = panel(lines, axis="mean weight, or share", height=190, width=560)
    return sheet([[made]], "Defence: how much accounts count")
