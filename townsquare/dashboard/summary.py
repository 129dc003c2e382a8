"""A run in a few rows: where each main measure started, peaked and ended."""

from collections.abc import Sequence
from typing import Any

import pandas as pd

from townsquare.dashboard.labels import label_of
from townsquare.dashboard.phases import RULE, phases_of, series_of

MAIN = (
    "likes_per_user",
    "users_in_training",
    "articles_in_training",
    "match_mrr@5",
    "cosine_click",
    "like_gini_articles",
    "like_gini_creators",
    "exposure_gini_articles",
    "jaccard_exposure",
    "quality_created",
    "quality_exposed",
    "corr_quality_like",
    "spread_in_loop",
    "spread_out_loop",
    "loop_distance",
    "false_shown",
    "false_clicked",
    "removed_articles",
    "removal_precision",
    "removal_recall",
    "target_exposure",
    "target_exposure_without",
    "target_rating",
    "opinion_shown",
    "opinion_shown_without",
    "rating_given",
    "trust_shills",
    "trust_customers",
    "customers_lost",
    "removed_of_shills",
    "removed_of_customers",
    "shift_human_human",
    "shift_human_ai",
    "shift_human_human_personalised",
    "shift_human_ai_personalised",
    "shift_no_debate",
    "people_left_out",
    "opinion_mean",
    "opinion_variance",
    "opinion_groups",
    "opinion_groups_5",
    "opinion_extreme",
    "nodes_moved",
    "opinion_no_change",
    "panel_mean",
    "panel_variance",
    "panel_moved",
    "opinion_move",
    "members_moved",
    "reached",
    "shown_persuaders",
    "read_persuaders",
    "liked_persuaders",
    "shown_distance",
    "harm_shown",
    "unwanted_shown",
    "flagged_precision",
    "flagged_recall",
    "flagged_fpr",
    "evaded",
    "posts_benign",
    "posts_harmful",
    "reviewed",
    "review_waiting",
    "appeals_granted",
)
"""What a summary shows, in this order, as far as it was measured."""


def summarise(measures: pd.DataFrame, names: Sequence[str] = MAIN) -> list[dict[str, Any]]:
    """One plain row per measure: measure, label, unit, start, peak, peak_tick, end; what is missing is None.

    ``start`` and ``end`` are the values of the first and the last tick, so either may be None while others are not.
    """
    known = set(measures["measure"])
    return [_row(name, series_of(measures, name)) for name in names if name in known]


def overview(measures: pd.DataFrame) -> dict[str, Any]:
    """Summary rows, phases and the rule they follow: everything JSON can hold."""
    return {
        "measures": summarise(measures),
        "phases": [phase.row() for phase in phases_of(measures)],
        "phase_rule": RULE,
    }


def in_words(measures: pd.DataFrame, name: str) -> str:
    """A curve as a sentence: start, highest, end."""
    row = _row(name, series_of(measures, name))
    label = row["label"]
    if row["peak"] is None:
        return f"{label}: never measured."
    values = series_of(measures, name).dropna()
    first, last = int(values.index[0]), int(values.index[-1])
    if first == last:
        return f"{label}: {number(values.iloc[0])} at tick {first}."
    return (
        f"{label}: {number(values.iloc[0])} at tick {first}, highest {number(row['peak'])} at tick {row['peak_tick']}, "
        f"{number(values.iloc[-1])} at tick {last}."
    )


def number(value: float | None) -> str:
    """Three significant digits, or three decimals below one; a real minus sign, an en dash for nothing."""
    if value is None or value != value:
        return "–"
    if value == 0:
        return "0"
    size = abs(value)
    text = f"{value:,.0f}" if size >= 100 else f"{value:#.3g}".rstrip(".") if size >= 1 else f"{value:.3f}"
    if size < 0.0005:
        text = f"{value:.2g}"
    return text.replace("-", "−")


def _row(name: str, values: "pd.Series[float]") -> dict[str, Any]:
    label = label_of(name)
    row: dict[str, Any] = {"measure": name, "label": label.label, "unit": label.unit}
    there = values.dropna()
    if there.empty:
        return row | {"start": None, "peak": None, "peak_tick": None, "end": None}
    return row | {
        "start": _plain(values.iloc[0]),
        "peak": float(there.max()),
        "peak_tick": int(there.index[int(there.argmax())]),
        "end": _plain(values.iloc[-1]),
    }


def _plain(value: float) -> float | None:
    return None if value != value else float(value)
