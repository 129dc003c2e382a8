"""What the town square shows: where readers and articles lie, or what everybody thinks, tick by tick."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from townsquare.dashboard import topics
from townsquare.protocols.errors import RunFolderError
from townsquare.protocols.runfolder import RunFolder
from townsquare.view import segments

MOST_FRAMES = 60
"""Kept ticks that are projected; of more, an even choice."""
MOST_USERS, MOST_ITEMS = 800, 200
"""Points that are drawn in a frame."""
BINS = 20
"""Steps between opinion 0 and opinion 1."""


@dataclass(frozen=True, slots=True)
class Positions:
    """Every frame of the topic map on the same plane."""

    points: pd.DataFrame
    """tick, x, y, what (user in the loop, user out of the loop, article), who (number of the agent or item)."""
    counts: pd.DataFrame
    """Per tick: users in and out of the loop, articles: all of them, not only those drawn."""
    explained: tuple[float, float]
    """Share of the variance along either direction, of the points drawn."""
    frames: tuple[int, ...]
    """The ticks that are shown."""
    kept: int
    """Ticks whose positions were kept."""
    users: tuple[int, int]
    """Users drawn, and how many there are."""


@dataclass(frozen=True, slots=True)
class Opinions:
    """What everybody thinks after every tick."""

    shares: pd.DataFrame
    """tick, low, high, share: share of those with an opinion whose opinion lies from low to high; tick -1: before."""
    lines: pd.DataFrame
    """tick, agent, opinion: some agents, evenly chosen by number, the same at every tick."""
    holders: int
    """Agents that have an opinion."""


def positions(run: RunFolder) -> Positions | None:
    """The topic map's frames; None where no positions were kept."""
    kept = run.snapshot_ticks()
    if not kept:
        return None
    frames = sorted({kept[int(place)] for place in np.linspace(0, len(kept) - 1, min(len(kept), MOST_FRAMES))})
    paths = tuple(run.segment("snapshots", tick).with_suffix(".npz") for tick in frames)
    made = _projected(tuple(frames), paths, tuple(_stamp(path) for path in paths))
    if made is None:
        return None
    points, counts, explained, users = made
    return Positions(points, counts, explained, tuple(frames), len(kept), users)


@lru_cache(maxsize=4)
def _projected(
    frames: tuple[int, ...], paths: tuple[Path, ...], stamps: tuple[int, ...]
) -> tuple[pd.DataFrame, pd.DataFrame, tuple[float, float], tuple[int, int]] | None:
    """Frames on one plane. ``stamps`` are only there so that files that were written again are read again."""
    shots: dict[int, dict[str, NDArray[np.generic]]] = {}
    who, totals, most = [], [], 0
    for tick, path in zip(frames, paths, strict=True):
        try:
            with np.load(path, allow_pickle=False) as arrays:
                users, loop = arrays["users"], arrays["in_loop"]
                vectors, items = arrays["vectors"], arrays["items"]
        except (OSError, ValueError, KeyError, EOFError) as error:
            if isinstance(error, KeyError):
                return None  # a town whose agents have no place
            raise RunFolderError(f"{path} cannot be read, the run folder is torn.") from error
        some, few = _evenly(len(users), MOST_USERS), _evenly(len(vectors), MOST_ITEMS)
        shots[tick] = {"users": users[some], "in_loop": loop[some], "vectors": vectors[few]}
        who += [items[few], some]
        counted = {"in the loop": int(loop.sum()), "out of the loop": int((~loop).sum()), "articles": len(vectors)}
        totals.append({"tick": tick, **counted})
        most = max(most, len(users))
    made = topics.project(shots, MOST_USERS, MOST_ITEMS)
    numbers = np.concatenate([np.asarray(part, np.int64) for part in who])
    points = made.points.assign(who=numbers[made.points.index]).reset_index(drop=True)
    return points, pd.DataFrame(totals), made.explained, (min(most, MOST_USERS), most)


def _stamp(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        raise RunFolderError(f"{path} is missing: the run folder is torn.") from None


def has_opinions(run: RunFolder, agents: pd.DataFrame) -> bool:
    """Whether agents begin with an opinion from 0 to 1 and change it: networks and campaigns."""
    return "opinion" in agents and bool(pd.api.types.is_float_dtype(agents["opinion"]))


def thought(run: RunFolder, agents: pd.DataFrame, tick: int) -> NDArray[np.float64]:
    """(agents,) what each thinks after ``tick``, -1 for before the first; NaN for those without an opinion."""
    held = agents["opinion"].to_numpy(float).copy()
    for earlier in range(tick + 1):
        _move(run, earlier, held)
    return held


def opinions(run: RunFolder, agents: pd.DataFrame, lines: int = 60) -> Opinions:
    """Opinions after every finished tick, as shares of an even scale and as lines of some agents."""
    held = agents["opinion"].to_numpy(float).copy()
    there = np.flatnonzero(np.isfinite(held))
    some = there[_evenly(len(there), lines)]
    counted, drawn = [], []
    for tick in range(-1, run.info.ticks_done):
        if tick >= 0:
            _move(run, tick, held)
        known = held[np.isfinite(held)]
        counts, _ = np.histogram(np.clip(known, 0, 1), bins=BINS, range=(0, 1))
        counted.append(counts / max(1, len(known)))
        drawn.append(held[some].copy())
    ticks = np.arange(-1, run.info.ticks_done)
    low = np.tile(np.arange(BINS) / BINS, len(ticks)).round(6)
    shares = pd.DataFrame(
        {
            "tick": np.repeat(ticks, BINS),
            "low": low,
            "high": (low + 1 / BINS).round(6),
            "share": np.concatenate(counted),
        }
    )
    paths = pd.DataFrame(
        {
            "tick": np.repeat(ticks, len(some)),
            "agent": np.tile(some, len(ticks)),
            "opinion": np.concatenate(drawn) if len(some) else np.zeros(0),
        }
    )
    return Opinions(shares, paths, len(there))


def _move(run: RunFolder, tick: int, held: NDArray[np.float64]) -> None:
    """Put the opinions of a tick in their places; of several of one agent the last stands."""
    table = segments.rows(run.segment("events", tick), "agent", "value", kind="opinion")
    agents, values = table["agent"].to_numpy(), table["value"].to_numpy()
    inside = (agents >= 0) & (agents < len(held))
    held[agents[inside]] = values[inside]


def _evenly(n: int, most: int) -> NDArray[np.int_]:
    """At most ``most`` of ``n`` places, evenly spaced: the same at every tick, and no random number drawn."""
    return np.unique(np.linspace(0, n - 1, min(n, most)).astype(int)) if n else np.zeros(0, int)


def trails(points: pd.DataFrame, frames: Sequence[int], tick: int, *, ticks: int = 4, most: int = 120) -> pd.DataFrame:
    """The ways of some users over the frames up to ``tick``: who, tick, x, y, in order."""
    before = [one for one in frames if one <= tick][-ticks:]
    mine = points[points["tick"].isin(before) & (points["what"] != topics.ARTICLE)]
    some = np.sort(mine["who"].unique())
    some = some[_evenly(len(some), most)]
    return mine[mine["who"].isin(some)].sort_values(["who", "tick"])[["who", "tick", "x", "y"]].reset_index(drop=True)


def window(points: pd.DataFrame) -> tuple[float, float, float, float]:
    """Least and largest x, least and largest y: the frame that all ticks share.

    It holds 98 of 100 points along either direction, with some room: a few who wander off shall not press all the
    others into a corner.
    """
    if points.empty:
        return -1.0, 1.0, -1.0, 1.0
    low = points[["x", "y"]].quantile(0.01).to_numpy(float)
    high = points[["x", "y"]].quantile(0.99).to_numpy(float)
    room = np.maximum(0.15 * (high - low), 1e-6)
    return tuple(float(v) for v in (low[0] - room[0], high[0] + room[0], low[1] - room[1], high[1] + room[1]))  # type: ignore[return-value]


def framed(points: pd.DataFrame, frame: tuple[float, float, float, float]) -> tuple[pd.DataFrame, int]:
    """``points`` with those beyond the frame moved to its edge, and how many these are."""
    x, y = points["x"].clip(frame[0], frame[1]), points["y"].clip(frame[2], frame[3])
    moved = int(((x != points["x"]) | (y != points["y"])).sum())
    return points.assign(x=x, y=y), moved
