"""Who listens to whom, and who dealt with whom: ties of a run, counted from its events or drawn again from its seed."""

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.compute as pc
from numpy.typing import NDArray

from townsquare.protocols.errors import RunFolderError, TownsquareError
from townsquare.protocols.events import KIND
from townsquare.protocols.runfolder import RunFolder
from townsquare.protocols.scenario import validate
from townsquare.protocols.streams import Streams
from townsquare.sim.graphs.made import GraphSettings, make_labelled
from townsquare.sim.scenarios.campaign import Campaign
from townsquare.sim.scenarios.network import NetworkTown
from townsquare.view import segments

DEALINGS = {
    "like": "likes: from who liked to who wrote it",
    "click": "clicks: from who opened it to who wrote it",
    "post": "replies and inspirations: from who wrote to whose post it rests on",
    "opinion": "influence: from whose opinion moved to whose doing it was",
    "say": "answers in debates: from who answers to who was answered",
}
"""Kinds of events that tie one agent to another, and how."""
_MOST_EDGES = 4_000_000


@dataclass(frozen=True, slots=True)
class Ties:
    """Directed ties between agents, each pair once."""

    source: NDArray[np.int64]
    """(m,) agent that listens, likes, answers, ..."""
    target: NDArray[np.int64]
    """(m,) agent that is listened to, liked, answered, ..."""
    weight: NDArray[np.float64]
    """(m,) how often."""
    agents: int
    """How many agents the run has; numbers in ``source`` and ``target`` are below it."""

    def __len__(self) -> int:
        return len(self.source)


def follows(run: RunFolder, agents: pd.DataFrame) -> Ties | None:
    """Who follows whom, drawn again from the run's seed; None where the town has no such graph.

    Raises RunFolderError where what comes out is not what was recorded: another version made the run, its file is gone
    or has changed, or the folder was written by something else.
    """
    name = run.info.scenario.get("scenario")
    if name not in ("network", "campaign"):
        return None
    source, target = _drawn(run.path, run.info.seed, run.info.fingerprint)
    return Ties(source, target, np.ones(len(source)), len(agents))


@lru_cache(maxsize=4)
def _drawn(path: Path, seed: int, fingerprint: str) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Of a run, which seed and fingerprint tell from another that may lie there later."""
    run = RunFolder(path)
    agents = run.agents()
    try:
        scenario = validate(run.info.scenario)
    except TownsquareError as error:
        raise RunFolderError(f"{run.path}: who follows whom cannot be told, {error}") from error
    streams = Streams(seed)
    if isinstance(scenario, NetworkTown):
        settings = scenario.graph
    elif isinstance(scenario, Campaign):
        settings = scenario.graph.among(scenario.members.count)
    else:
        raise RunFolderError(f"{run.path}: its scenario has no graph, though its name says so.")
    _check(run, settings, len(agents))
    graph = make_labelled(settings, streams).graph
    coo = graph.weights.tocoo()
    source, target = coo.row.astype(np.int64), coo.col.astype(np.int64)
    if isinstance(scenario, Campaign):
        n, p = scenario.members.count, scenario.persuaders.count
        draws = streams.uniform("follows", 0, np.arange(n)[:, None], np.arange(p))
        row, column = np.nonzero(draws < scenario.persuaders.followers)
        source, target = np.concatenate([source, row]), np.concatenate([target, n + column])
        recorded = agents["followers"].to_numpy() if "followers" in agents else np.zeros(0)
        if len(graph) > len(agents) or not np.array_equal(np.bincount(target, minlength=len(agents)), recorded):
            raise RunFolderError(f"{run.path}: who follows whom comes out otherwise than it was recorded.")
    elif len(graph) != len(agents):
        raise RunFolderError(f"{run.path}: its graph has {len(graph):,} nodes and its table {len(agents):,} agents.")
    return source, target


def _check(run: RunFolder, settings: GraphSettings, agents: int) -> None:
    """Nothing is drawn or read that the run folder, which anybody may have written, could not have been made with."""
    if settings.kind == "file":
        for path in (settings.path, settings.table):
            if path is not None and not _unchanged(Path(path), run.info.data.get(str(path), "")):
                raise RunFolderError(
                    f"{run.path}: who follows whom stands in {path}, which is not there any more or has changed."
                )
    elif settings.kind != "karate" and (settings.nodes > agents or settings.nodes * settings.degree > _MOST_EDGES):
        raise RunFolderError(f"{run.path}: its graph is too large to be drawn again here.")


def _unchanged(path: Path, digest: str) -> bool:
    try:
        return bool(digest) and hashlib.sha256(path.read_bytes()).hexdigest() == digest
    except OSError:
        return False


def dealings(run: RunFolder, kind: str, ticks: range, agents: int) -> Ties:
    """Who dealt with whom over ``ticks``, by one of ``DEALINGS``; those with oneself and with nobody do not count."""
    authors = _authors(run)
    keys, counts = [], []
    for tick in ticks:
        who, item, ref = _pairs(run.segment("events", tick), kind)
        at = ref if kind == "opinion" else authors[_known(ref if kind in ("post", "say") else item, len(authors))]
        good = (who >= 0) & (who < agents) & (at >= 0) & (at < agents) & (who != at)
        key, count = np.unique(who[good].astype(np.int64) * agents + at[good], return_counts=True)
        keys.append(key)
        counts.append(count)
    joined = np.concatenate(keys) if keys else np.zeros(0, np.int64)
    unique, place = np.unique(joined, return_inverse=True)
    weight = np.bincount(place, weights=np.concatenate(counts) if counts else None, minlength=len(unique))
    return Ties(unique // max(1, agents), unique % max(1, agents), weight.astype(float), agents)


def kinds_there(run: RunFolder, ticks: range) -> list[str]:
    """The kinds of ``DEALINGS`` that happened in any of at most ten of ``ticks``, evenly chosen."""
    some = {ticks[int(place)] for place in np.linspace(0, len(ticks) - 1, min(10, len(ticks)))} if len(ticks) else set()
    there: set[int] = set()
    for tick in some:
        table = segments.rows(run.segment("events", tick), "kind")
        there |= set(pc.unique(table["kind"]).to_pylist())
    return [kind for kind in DEALINGS if KIND[kind] in there]


def _pairs(path: Path, kind: str) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int32]]:
    """Agents, items and refs of the events of one kind."""
    table = segments.rows(path, "agent", "item", "ref", kind=kind)
    return table["agent"].to_numpy(), table["item"].to_numpy(), table["ref"].to_numpy()


def _authors(run: RunFolder) -> NDArray[np.int64]:
    """(items + 1,) who wrote each item, -1 for nobody; the last entry, which -1 finds, is nobody too."""
    found = [_written(run.segment("items", tick)) for tick in run.ticks()]
    items = np.concatenate([part[0] for part in found]) if found else np.zeros(0, np.int64)
    authors = np.full(int(items.max(initial=-1)) + 2, -1, np.int64)
    if len(items):
        authors[items] = np.concatenate([part[1] for part in found])
    return authors


def _written(path: Path) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    table = segments.rows(path, "item", "author")
    items, authors = table["item"].to_numpy().astype(np.int64), table["author"].to_numpy().astype(np.int64)
    sane = (items >= 0) & (items < 2**28)
    return items[sane], authors[sane]


def _known(items: NDArray[np.int32], size: int) -> NDArray[np.int64]:
    """Items as places in ``_authors``: what is not there becomes -1, the last place."""
    return np.where((items >= 0) & (items < size - 1), items, -1).astype(np.int64)


def posts(run: RunFolder) -> pd.DataFrame:
    """Every post and what it rests on: tick, agent, item, ref (the item that inspired it or that it answers, or -1)."""
    frames = []
    for tick in run.ticks():
        for kind in ("post", "say"):
            who, item, ref = _pairs(run.segment("events", tick), kind)
            frames.append(pd.DataFrame({"tick": tick, "agent": who, "item": item, "ref": ref}))
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=["tick", "agent", "item", "ref"])


def cascades(made: pd.DataFrame, most: int = 50) -> pd.DataFrame:
    """The largest trees of ``posts``: root, began (tick), posts, depth, authors; largest first, ties to the older."""
    if made.empty:
        return pd.DataFrame({"root": [], "began": [], "posts": [], "depth": [], "authors": []}, dtype=int)
    root, depth = _rooted(made)
    table = pd.DataFrame({"root": root, "depth": depth, "agent": made["agent"].to_numpy(), "tick": made["tick"]})
    found = table.groupby("root").agg(
        began=("tick", "min"), posts=("tick", "size"), depth=("depth", "max"), authors=("agent", "nunique")
    )
    found = found[found["posts"] > 1].reset_index().sort_values(["posts", "root"], ascending=[False, True])
    return found.head(most).reset_index(drop=True)


def tree(made: pd.DataFrame, root: int, most: int = 300) -> tuple[pd.DataFrame, int]:
    """The tree of ``root``: item, ref, tick, agent, depth, and ``row``, where it stands when drawn; and its full size.

    The oldest ``most`` posts of it: a post is never older than what it rests on, so none is without its parent.
    """
    roots, depth = _rooted(made)
    mine = made.assign(depth=depth)[roots == root].sort_values(["tick", "item"])
    whole, mine = len(mine), mine.head(most)
    below: dict[int, list[int]] = {}
    items = set(mine["item"].tolist())
    for item, ref in zip(mine["item"].tolist(), mine["ref"].tolist(), strict=True):
        if item != root and ref in items:
            below.setdefault(ref, []).append(item)
    order: list[int] = []
    stack = [root] if root in items else []
    while stack:
        item = stack.pop()
        order.append(item)
        stack += reversed(below.get(item, []))
    rows = {item: row for row, item in enumerate(order)}
    kept = mine[mine["item"].isin(rows)]
    return kept.assign(row=kept["item"].map(rows)).reset_index(drop=True), whole


def _rooted(made: pd.DataFrame) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """(posts,) the item at the root of each post's tree, and how far above it that root is."""
    items = made["item"].to_numpy(np.int64)
    size = int(max(items.max(initial=-1), 0)) + 1
    parent = np.full(size, -1, np.int64)
    ref = made["ref"].to_numpy(np.int64)
    written = np.zeros(size, bool)
    written[items] = True
    good = (ref >= 0) & (ref < items) & written[np.clip(ref, 0, size - 1)]
    parent[items[good]] = ref[good]
    root, depth = np.arange(size), np.zeros(size, np.int64)
    for item in np.flatnonzero(parent >= 0).tolist():  # what an item rests on has a lower number, and is done
        root[item], depth[item] = root[parent[item]], depth[parent[item]] + 1
    return root[items], depth[items]
