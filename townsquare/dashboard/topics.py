"""The topic map: users and articles of several ticks on the two directions in which they differ most."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from townsquare.dashboard.palette import BACKGROUND_POINT, STYLES
from townsquare.dashboard.panels import altair, inline, sheet

if TYPE_CHECKING:
    from altair import VConcatChart

TICKS = (0, 10, 20)
MOST_USERS, MOST_ARTICLES = 1500, 250
IN_LOOP, OUT_LOOP, ARTICLE = "user in the loop", "user out of the loop", "article"

Snapshot = Mapping[str, NDArray[Any]]


@dataclass(frozen=True, slots=True)
class TopicMap:
    """Points on the plane, and how much of the truth the plane holds."""

    points: pd.DataFrame
    """tick, x, y, what (one of IN_LOOP, OUT_LOOP, ARTICLE)."""
    counts: pd.DataFrame
    """Per tick: users in and out of the loop and articles, all of them, not only those drawn."""
    explained: tuple[float, float]
    """Share of the variance along either direction."""
    users: tuple[int, int]
    """Users drawn per panel, and how many there are."""

    @property
    def sampled(self) -> str:
        """How many of how many users are drawn."""
        shown, total = self.users
        return f"all {total:,} users" if shown == total else f"{shown:,} of {total:,} users, the same in every panel"


def chosen(available: Sequence[int], wanted: Sequence[int] = TICKS) -> list[int]:
    """The wanted ticks as far as their positions were kept, and the last one that was."""
    if not available:
        return []
    return sorted({*(tick for tick in wanted if tick in available), max(available)})


def project(
    snapshots: Mapping[int, Snapshot], most_users: int = MOST_USERS, most_articles: int = MOST_ARTICLES
) -> TopicMap:
    """Fit one plane to all users and articles of all snapshots, so that every panel has the same axes."""
    parts = [np.asarray(shot[key], float) for shot in snapshots.values() for key in ("vectors", "users")]
    parts = [part[np.isfinite(part).all(axis=1)] for part in parts if part.ndim == 2 and len(part)]
    everything = np.concatenate(parts) if parts else np.zeros((1, 2))
    centre, axes, explained = _plane(everything)
    frames, counts = [], []
    for tick, shot in snapshots.items():
        users, loop = np.asarray(shot["users"], float), np.asarray(shot["in_loop"], bool)
        kept, kept_articles = _evenly(len(users), most_users), _evenly(len(shot["vectors"]), most_articles)
        spots = (users[kept] - centre) @ axes
        articles = (np.asarray(shot["vectors"], float)[kept_articles] - centre) @ axes
        frames.append(_frame(tick, articles, np.full(len(articles), ARTICLE)))
        frames.append(_frame(tick, spots, np.where(loop[kept], IN_LOOP, OUT_LOOP)))
        counts.append(
            {
                "tick": tick,
                "users in the loop": int(loop.sum()),
                "users out of the loop": int((~loop).sum()),
                "articles in circulation": len(shot["vectors"]),
            }
        )
    total = max((len(shot["users"]) for shot in snapshots.values()), default=0)
    points = pd.concat(frames, ignore_index=True).dropna() if frames else _frame(0, np.zeros((0, 2)), np.zeros(0, str))
    return TopicMap(points, pd.DataFrame(counts), explained, (min(total, most_users), total))


def topic_map(made: TopicMap) -> "VConcatChart":
    """One small panel per tick, all on the same axes."""
    panels = [_panel(made, row, i == 0) for i, row in enumerate(made.counts.to_dict("records"))]
    first, second = (f"{share:.0%}" for share in made.explained)
    return sheet(
        [panels[i : i + 2] for i in range(0, len(panels), 2)],
        "Topic map: where users and articles lie",
        [
            f"Principal directions 1 and 2 hold {first} and {second} of the variance; every panel has the same axes.",
            f"Drawn: {made.sampled}; articles are a sample of at most {MOST_ARTICLES} a panel.",
        ],
    )


def _panel(made: TopicMap, row: Mapping[Any, Any], legend: bool) -> Any:
    alt = altair()
    tick = int(row["tick"])
    rows = made.points[made.points["tick"] == tick].drop(columns="tick")
    low_x, high_x, low_y, high_y = _window(made.points)
    x = alt.X(
        "x:Q", scale=alt.Scale(domain=[low_x, high_x], nice=False), axis=alt.Axis(title="direction 1", tickCount=5)
    )
    y = alt.Y(
        "y:Q", scale=alt.Scale(domain=[low_y, high_y], nice=False), axis=alt.Axis(title="direction 2", tickCount=5)
    )
    looks = {
        ARTICLE: (BACKGROUND_POINT, "cross", 16, 0.7),
        OUT_LOOP: (STYLES[1].colour, "triangle-up", 24, 0.6),
        IN_LOOP: (STYLES[0].colour, "circle", 14, 0.5),
    }
    layers = []
    for what, (colour, shape, size, opacity) in looks.items():
        layers.append(
            alt.Chart(inline(rows[rows["what"] == what].drop(columns="what")))
            .mark_point(filled=True, color=colour, shape=shape, size=size, opacity=opacity, aria=False, clip=True)
            .encode(x=x, y=y)
        )
    if legend:
        layers += _key(looks)
    title = f"Tick {tick}: {row['users in the loop']:,} users in the loop, {row['users out of the loop']:,} out"
    return alt.layer(*layers).properties(
        width=300, height=300, title=alt.TitleParams(title, anchor="start", fontSize=12, fontWeight="bold")
    )


def _key(looks: Mapping[str, tuple[str, str, int, float]]) -> list[Any]:
    """What the shapes mean, in a corner of the first panel."""
    alt = altair()
    layers = []
    for i, (what, (colour, shape, _, _)) in enumerate(reversed(list(looks.items()))):
        base = alt.Chart(inline(pd.DataFrame({"what": [what]})))
        at = alt.value(12 + 16 * i)
        layers.append(
            base.mark_point(filled=True, color=colour, shape=shape, size=50, opacity=1, aria=False).encode(
                x=alt.value(12), y=at
            )
        )
        layers.append(
            base.mark_text(align="left", baseline="middle", fontSize=11, aria=False).encode(
                x=alt.value(22), y=at, text="what:N"
            )
        )
    return layers


@dataclass(frozen=True, slots=True)
class Moments:
    """How many points there are, their sum, and the sum of their products: enough for the plane of several sets."""

    count: int
    total: NDArray[np.float64]
    """(dimensions,)"""
    products: NDArray[np.float64]
    """(dimensions, dimensions)"""

    @classmethod
    def of(cls, points: NDArray[np.floating]) -> "Moments":
        """Those of (points, dimensions)."""
        exact = points.astype(np.float64)
        return cls(len(exact), exact.sum(axis=0), exact.T @ exact)

    def __add__(self, other: "Moments") -> "Moments":
        return Moments(self.count + other.count, self.total + other.total, self.products + other.products)


def plane(of: Moments) -> tuple[NDArray[np.float64], NDArray[np.float64], tuple[float, float]]:
    """Centre, the two directions of largest variance as columns, and the share of variance along each.

    No point at all: the origin, and directions as if nothing varied.
    """
    centre = of.total / max(1, of.count)
    return centre, *_directions(of.products / max(1, of.count) - np.outer(centre, centre))


def _plane(points: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64], tuple[float, float]]:
    centre = points.mean(axis=0)
    return centre, *_directions(np.atleast_2d(np.cov(points - centre, rowvar=False, bias=True)))


def _directions(covariance: NDArray[np.float64]) -> tuple[NDArray[np.float64], tuple[float, float]]:
    spread, directions = np.linalg.eigh(covariance)
    axes = np.zeros((len(covariance), 2))
    width = min(2, len(covariance))
    axes[:, :width] = directions[:, ::-1][:, :width]
    # an eigenvector's sign is arbitrary; the largest entry of each is made positive so that maps do not flip
    largest = np.abs(axes).argmax(axis=0)
    axes *= np.where(axes[largest, [0, 1]] < 0, -1.0, 1.0)
    total = float(spread.sum()) or 1.0
    shares = [max(0.0, float(s)) / total for s in spread[::-1][:2]] + [0.0]
    return axes, (shares[0], shares[1])


def _evenly(n: int, most: int) -> NDArray[np.int_]:
    """At most ``most`` of ``n`` rows, evenly spaced: the same rows at every tick, and no random number drawn."""
    return np.unique(np.linspace(0, n - 1, min(n, most)).astype(int)) if n else np.zeros(0, int)


def _frame(tick: int, spots: NDArray[np.float64], what: NDArray[np.str_]) -> pd.DataFrame:
    return pd.DataFrame({"tick": tick, "x": spots[:, 0].round(3), "y": spots[:, 1].round(3), "what": what})


def _window(points: pd.DataFrame) -> tuple[float, float, float, float]:
    """Equal lengths on both axes, so that a distance is as long up as across."""
    if points.empty:
        return -1.0, 1.0, -1.0, 1.0
    low, high = points[["x", "y"]].min().to_numpy(float), points[["x", "y"]].max().to_numpy(float)
    middle, half = (low + high) / 2, max(float((high - low).max()) / 2 * 1.05, 1e-6)
    return tuple(float(v) for v in (middle[0] - half, middle[0] + half, middle[1] - half, middle[1] + half))  # type: ignore[return-value]
