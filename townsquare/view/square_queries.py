"""What the town square shows: where readers and articles lie, or what everybody thinks, tick by tick."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from threading import Lock
from zipfile import BadZipFile

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from townsquare.dashboard import topics
from townsquare.protocols.errors import RunFolderError
from townsquare.protocols.runfolder import RunFolder
from townsquare.view import segments
from townsquare.view.segments import Stamp, stamp

MOST_FRAMES = 60
"""Kept ticks that are projected; of more, an even choice."""
MOST_USERS, MOST_ITEMS = 800, 200
"""Points that are drawn in a frame."""
BINS = 20
"""Steps between opinion 0 and opinion 1."""
Window = tuple[float, float, float, float]
"""Least and largest x, least and largest y."""
_WHAT = (topics.IN_LOOP, topics.OUT_LOOP, topics.ARTICLE)


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
    """The topic map's frames; None where no positions were kept. What was read once is not read again: of a run that
    goes on, each look reads the ticks that are new.
    """
    kept = run.snapshot_ticks()
    if not kept:
        return None
    step = max(1, -(-(len(kept) - 1) // (MOST_FRAMES - 1)))  # whole steps: the same frames until they double
    frames = sorted({*kept[::step], kept[-1]})
    paths = [run.segment("snapshots", tick).with_suffix(".npz") for tick in frames]
    return _framed(tuple(frames), tuple((path, stamp(path)) for path in paths), len(kept))


@lru_cache(maxsize=4)
def _framed(frames: tuple[int, ...], paths: tuple[tuple[Path, Stamp], ...], kept: int) -> Positions | None:
    """The frames that these files hold; with the files their stamps, so that a file written again is read again."""
    found = [_shot(path, written) for path, written in paths]
    shots = [shot for shot in found if shot is not None]
    if len(shots) < len(found):
        return None  # a town whose agents have no place
    if len({shot.places.shape[1] for shot in shots}) > 1:
        raise RunFolderError(f"{paths[0][0].parent} keeps places of different dimensions, the run folder is torn.")
    points, explained = _projected(frames, shots)
    counts = pd.DataFrame([{"tick": tick, **shot.counts} for tick, shot in zip(frames, shots, strict=True)])
    most = max(shot.users for shot in shots)
    return Positions(points, counts, explained, frames, kept, (min(most, MOST_USERS), most))


@dataclass(frozen=True, slots=True)
class _Shot:
    """What is drawn of one tick, as it was kept; rows with a place that is no number are left out."""

    places: NDArray[np.float32]
    """(points, dimensions), articles first."""
    what: NDArray[np.int8]
    """Places in ``_WHAT``."""
    who: NDArray[np.int64]
    moments: topics.Moments
    counts: dict[str, int]
    """Of all, not only of those drawn."""
    users: int


@lru_cache(maxsize=4 * MOST_FRAMES)
def _shot(path: Path, written: Stamp) -> _Shot | None:
    """One file; None where it holds no places."""
    try:
        with np.load(path, allow_pickle=False) as arrays:
            if not {"users", "in_loop", "vectors", "items"} <= set(arrays):
                return None
            users, loop = arrays["users"], arrays["in_loop"].astype(bool)
            vectors, items = arrays["vectors"], arrays["items"]
        some, few = _evenly(len(users), MOST_USERS), _evenly(len(vectors), MOST_ITEMS)
        places = np.concatenate([vectors[few], users[some]]).astype(np.float32)
        there = np.isfinite(places).all(axis=1)
        what = np.concatenate([np.full(len(few), 2), np.where(loop[some], 0, 1)]).astype(np.int8)[there]
        who = np.concatenate([items[few], some]).astype(np.int64)[there]
    except (OSError, ValueError, IndexError, EOFError, BadZipFile) as error:
        raise RunFolderError(f"{path} cannot be read, the run folder is torn.") from error
    counts = {"in the loop": int(loop.sum()), "out of the loop": int((~loop).sum()), "articles": len(vectors)}
    places = places[there]
    return _Shot(places, what, who, topics.Moments.of(places), counts, len(users))


def _projected(frames: Sequence[int], shots: Sequence[_Shot]) -> tuple[pd.DataFrame, tuple[float, float]]:
    """All frames on one plane, that of ``topics.project``; and the shares of the variance that it holds."""
    centre, axes, explained = topics.plane(sum((shot.moments for shot in shots[1:]), shots[0].moments))
    spots = np.concatenate([shot.places for shot in shots]) @ axes.astype(np.float32) - centre @ axes
    points = pd.DataFrame(
        {
            "tick": np.repeat(frames, [len(shot.places) for shot in shots]),
            "x": spots[:, 0].round(3),
            "y": spots[:, 1].round(3),
            "what": pd.Categorical.from_codes(np.concatenate([shot.what for shot in shots]), pd.Index(_WHAT)),
            "who": np.concatenate([shot.who for shot in shots]),
        }
    )
    return points, explained


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
    """Opinions after every finished tick, as shares of an even scale and as lines of some agents. Of a run that goes
    on, each call reads the ticks that are new.
    """
    kept = _kept(run.path, run.info.id, stamp(run.path / "agents.parquet"), lines)
    with kept.lock:
        kept.read(run, agents)
        done = run.info.ticks_done + 1
        counted, drawn, some, holders = kept.counted[:done], kept.drawn[:done], kept.some, kept.holders
    ticks = np.arange(-1, len(counted) - 1)
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
    return Opinions(shares, paths, holders)


def thinned(made: Opinions, most: int | None = None) -> tuple[pd.DataFrame, pd.DataFrame, int]:
    """What a picture of all ticks is drawn from, of ``most`` ticks or fewer: evenly chosen, the newest among them.

    Returns:
        ``made.shares`` with start and end, the ticks for which each tick stands; ``made.lines``; and how many ticks
        one stands for.
    """
    ticks = made.shares["tick"].to_numpy()
    newest = int(ticks.max())
    step = 1 if most is None else max(1, -(-(newest + 2) // most))
    kept, along = (newest - ticks) % step == 0, (newest - made.lines["tick"].to_numpy()) % step == 0
    cells = made.shares[kept]
    return cells.assign(start=cells["tick"] - step + 0.5, end=cells["tick"] + 0.5), made.lines[along], step


class _Kept:
    """What ``opinions`` has found of a run so far."""

    def __init__(self, lines: int) -> None:
        self.lock = Lock()
        self.lines = lines
        self.counted: list[NDArray[np.float64]] = []
        self.drawn: list[NDArray[np.float64]] = []
        self.some = np.zeros(0, int)
        self.holders = 0
        self._held = np.zeros(0)
        self._newest: Stamp | None = None

    def read(self, run: RunFolder, agents: pd.DataFrame) -> None:
        """Up to the newest tick of ``run``; anew where ticks were taken back since, as resuming does."""
        known = len(self.counted) - 1
        if known > 0 and (run.info.ticks_done < known or stamp(run.segment("events", known - 1)) != self._newest):
            self.counted, self.drawn = [], []
        if not self.counted:
            self._held = agents["opinion"].to_numpy(float).copy()
            there = np.flatnonzero(np.isfinite(self._held))
            self.some, self.holders = there[_evenly(len(there), self.lines)], len(there)
            self._note()
        for tick in range(len(self.counted) - 1, run.info.ticks_done):
            _move(run, tick, self._held)
            self._newest = stamp(run.segment("events", tick))
            self._note()

    def _note(self) -> None:
        known = self._held[np.isfinite(self._held)]
        counts, _ = np.histogram(np.clip(known, 0, 1), bins=BINS, range=(0, 1))
        self.counted.append(counts / max(1, len(known)))
        self.drawn.append(self._held[self.some].copy())


@lru_cache(maxsize=16)
def _kept(path: Path, run: str, written: Stamp, lines: int) -> _Kept:
    """Of one run: another one in its place, which has other agents, begins anew."""
    return _Kept(lines)


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


def window(points: pd.DataFrame) -> Window:
    """The frame that all ticks share.

    It holds 98 of 100 points along either direction, with some room: a few who wander off shall not press all the
    others into a corner.
    """
    if points.empty:
        return -1.0, 1.0, -1.0, 1.0
    low, high = np.quantile(points[["x", "y"]].to_numpy(float), (0.01, 0.99), axis=0)
    room = np.maximum(0.15 * (high - low), 1e-6)
    return tuple(float(v) for v in (low[0] - room[0], high[0] + room[0], low[1] - room[1], high[1] + room[1]))  # type: ignore[return-value]


def held(before: Window | None, now: Window) -> Window:
    """The window of the last picture as long as it serves: then only points move, and neither axis does.

    It serves while it holds the window ``now`` and is not much wider, at most twice along either direction; the next
    one leaves some room, so that it will serve for a while.
    """
    if before is None:
        return now
    low_x, high_x, low_y, high_y = before
    holds = low_x <= now[0] and now[1] <= high_x and low_y <= now[2] and now[3] <= high_y
    close = high_x - low_x <= 2 * (now[1] - now[0]) and high_y - low_y <= 2 * (now[3] - now[2])
    if holds and close:
        return before
    room_x, room_y = 0.1 * (now[1] - now[0]), 0.1 * (now[3] - now[2])
    return now[0] - room_x, now[1] + room_x, now[2] - room_y, now[3] + room_y


def framed(points: pd.DataFrame, frame: tuple[float, float, float, float]) -> tuple[pd.DataFrame, int]:
    """``points`` with those beyond the frame moved to its edge, and how many these are."""
    x, y = points["x"].clip(frame[0], frame[1]), points["y"].clip(frame[2], frame[3])
    moved = int(((x != points["x"]) | (y != points["y"])).sum())
    return points.assign(x=x, y=y), moved
