"""The pictures of moderation: pure functions from tables to charts."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from townsquare.dashboard.palette import INK, STYLES
from townsquare.dashboard.panels import altair, inline, panel, sheet
from townsquare.dashboard.phases import series_of
from townsquare.dashboard.summary import number

if TYPE_CHECKING:
    from altair import VConcatChart

Row = Mapping[str, Any]

RATES = {"precision": "Precision", "recall": "Recall", "fpr": "False-positive rate"}
"""By column of ``places``: the title of its panel."""
HARM = ("harm_shown", "harm_read", "unwanted_shown")
CHANNEL = ("flagged_precision", "flagged_recall", "flagged_fpr")
CHILLING = ("rate_benign", "suspended")
REVIEW = ("review_waiting", "reviewed", "appeals_made")
LOOK = {
    "harm": "The third line counts, for readers with a policy, what is of a kind that they block themselves.",
    "channel": "Against what posts truly are, of the new posts of each tick. A gap in a line means that nothing was "
    "acted on, or that nothing broke the rules.",
    "chilling": "1 means that benign authors mean to post as often as before anybody moderated; below it they are "
    "silenced though they broke no rule.",
    "review": "Held posts and appeals wait for the simulated reviewer; what it cannot decide in a tick is left over.",
    "groups": "Of everything that was shown to a group in a tick; what is blurred counts where it was opened.",
    "posts": "Answers left out. Where the line of benign authors falls, they are silenced though they broke no rule: "
    "the chilling effect.",
    "places": "Against what posts truly are: of what was acted on, the share that breaks the rules; of what breaks "
    "them, the share that was acted on; of the rest, the share that was acted on. Bars are 95 % intervals (Wilson).",
}


def harm(measures: pd.DataFrame) -> "VConcatChart":
    """How much of what was shown, and of what was read, breaks the rules."""
    lines = {
        "of what was shown": series_of(measures, "harm_shown"),
        "of what was read": series_of(measures, "harm_read"),
        "of kinds that they block": series_of(measures, "unwanted_shown"),
    }
    return _one(lines, "share", "Harm: how much of what readers met breaks the rules")


def channel(measures: pd.DataFrame) -> "VConcatChart":
    """How well the moderator of the channel does, tick by tick."""
    lines = {RATES[name.removeprefix("flagged_")].lower(): series_of(measures, name) for name in CHANNEL}
    return _one(lines, "share of posts", "The channel: how well its moderator does")


def chilling(measures: pd.DataFrame) -> "VConcatChart":
    """How often benign authors still post, and how many members may not."""
    lines = {
        "benign authors' posting": series_of(measures, "rate_benign"),
        "members suspended": series_of(measures, "suspended"),
    }
    return _one(lines, "share", "Chilling: how often benign authors still post")


def review(measures: pd.DataFrame) -> "VConcatChart":
    """The load of whoever reviews, and what waits."""
    lines = {
        "wait after the tick": series_of(measures, "review_waiting"),
        "decided": series_of(measures, "reviewed"),
        "appeals made": series_of(measures, "appeals_made"),
    }
    return _one(lines, "posts", "Review: what was decided, and what waits")


def groups(rows: Sequence[Row]) -> "VConcatChart":
    """Harm shown to each group of readers over ticks; ``rows``: tick, group, value."""
    return _one(_series(rows, "group"), "share", "Harm shown to each group of readers")


def posts(rows: Sequence[Row]) -> "VConcatChart":
    """Posts per author of each kind over ticks; ``rows``: tick, kind, value."""
    return _one(_series(rows, "kind"), "posts per author and tick", "Posts per author, by what authors are up to")


def places(rows: Sequence[Row]) -> "VConcatChart":
    """A row per place where something was done: precision, recall and false positives with their intervals.

    ``rows``: place, who, and by rate (share, low, high), or None where it is one of nothing.
    """
    alt = altair()
    names = [_called(row) for row in rows]
    panels: list[Any] = []
    for column, title in RATES.items():
        held = [
            {"who": name, "share": row[column][0], "low": row[column][1], "high": row[column][2]}
            for name, row in zip(names, rows, strict=True)
            if row[column] is not None
        ]
        first = not panels
        y = alt.Y(
            "who:N",
            sort=None,
            scale=alt.Scale(domain=names),
            axis=alt.Axis(title=None, ticks=False, domain=False, labelLimit=190) if first else None,
        )
        of = {"scale": alt.Scale(domain=[0, 1]), "axis": alt.Axis(title="share of posts", tickCount=5, format="~g")}
        base = alt.Chart(inline(pd.DataFrame(held, columns=["who", "share", "low", "high"])))
        bars = base.mark_rule(color=INK, strokeWidth=1.5, aria=False).encode(x=alt.X("low:Q", **of), x2="high:Q", y=y)
        dots = base.mark_point(size=70, filled=True, opacity=1, color=STYLES[0].colour, aria=False).encode(
            x=alt.X("share:Q", **of), y=y
        )
        heading = alt.TitleParams(title, anchor="start", fontSize=12, fontWeight="bold", offset=6)
        panels.append(alt.layer(bars, dots, title=heading, width=160, height=26 * max(1, len(rows))))
    return sheet([panels], "What was done about posts, place by place")


def tables(found: Mapping[str, Any]) -> dict[str, pd.DataFrame]:
    """The numbers behind ``places``, ``groups`` and ``posts``, by these names; without those that hold nothing."""
    held = [
        {"place": row["place"], "who": row["who"], "looked at": row["looked"], "acted on": row["done"]}
        | {
            f"{column}{end}": None if row[column] is None else row[column][n]
            for column in RATES
            for n, end in enumerate(("", " from", " to"))
        }
        for row in found["places"]
    ]
    made = {"places": pd.DataFrame(held)}
    for name, column in (("groups", "group"), ("posts", "kind")):
        lines = _series(found[name], column)
        made[name] = pd.DataFrame(lines).rename_axis("tick").reset_index() if lines else pd.DataFrame()
    return {name: table for name, table in made.items() if len(table)}


def figures_of(found: Mapping[str, Any] | None) -> list[tuple[str, str, Callable[[], Any], str, pd.DataFrame]]:
    """(name, title, how to draw it, the same in words, its numbers) of each picture of the section."""
    if not found:
        return []
    drawn: dict[str, tuple[str, Callable[[], Any], str]] = {
        "places": (
            "What was done about posts, place by place",
            lambda: places(found["places"]),
            " ".join(f"{_called(row)}: {_rates(row)}." for row in found["places"]),
        ),
        "groups": (
            "Harm shown to each group of readers",
            lambda: groups(found["groups"]),
            _told(_series(found["groups"], "group")),
        ),
        "posts": (
            "Posts per author, by what authors are up to",
            lambda: posts(found["posts"]),
            _told(_series(found["posts"], "kind")),
        ),
    }
    return [(name, *drawn[name], table) for name, table in tables(found).items()]


def _called(row: Row) -> str:
    return f"{row['place']}, {row['who']}"


def _rates(row: Row) -> str:
    held = {title: row[column] for column, title in RATES.items() if row[column] is not None}
    told = [
        f"{title.lower()} {number(at)} ({number(low)} to {number(high)})" for title, (at, low, high) in held.items()
    ]
    return ", ".join(told) or "nothing to go by"


def _told(lines: Mapping[str, "pd.Series[float]"]) -> str:
    """First, highest and last value of each line."""
    return " ".join(
        f"{name}: {number(of.iloc[0])} at tick {of.index[0]}, highest {number(of.max())} at tick {of.idxmax()}, "
        f"{number(of.iloc[-1])} at tick {of.index[-1]}."
        for name, of in lines.items()
    )


def _one(lines: Mapping[str, "pd.Series[float]"], axis: str, title: str) -> "VConcatChart":
    return sheet([[panel(lines, axis=axis, width=520, height=190)]], title)


def _series(rows: Sequence[Row], column: str) -> "dict[str, pd.Series[float]]":
    """A line per value of ``column``, in the order in which they come."""
    return {
        str(name): pd.Series({int(row["tick"]): float(row["value"]) for row in rows if row[column] == name})
        for name in dict.fromkeys(row[column] for row in rows)
    }
