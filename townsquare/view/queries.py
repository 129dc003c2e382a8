"""What pages ask of run folders: small answers, read column by column and segment by segment, never a whole log.

No Streamlit here: every function takes a run folder and gives a table.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from townsquare.protocols.errors import RunFolderError
from townsquare.protocols.events import KIND, KINDS, REASONS
from townsquare.protocols.runfolder import RunFolder, read_table

_DEPTH = 4
"""Folders below the root in which runs are looked for."""
_COLUMNS = ["tick", "seq", "agent", "kind", "item", "value", "rank", "ref", "why"]


@dataclass(frozen=True, slots=True)
class Found:
    """A run, or what looks like one and cannot be read."""

    name: str
    """Its path below the root, "." for the root itself."""
    info: dict[str, Any]
    problem: str = ""
    """Why it cannot be read, in a sentence; "" where it can."""


def runs_below(root: Path) -> list[Found]:
    """Every run folder below ``root``, itself included, newest first; broken ones with a sentence each."""
    found = []
    for path in _folders(root, _DEPTH):
        name = "." if path == root else str(path.relative_to(root))
        try:
            held = (path / "run.json").stat()
        except OSError:  # gone since
            continue
        info, problem = _shown(path, (held.st_mtime_ns, held.st_size, held.st_ino))
        found.append((held.st_mtime, Found(name, dict(info), problem)))
    return [one for _, one in sorted(found, key=lambda pair: (-pair[0], pair[1].name))]


@lru_cache(maxsize=4_096)
def _shown(path: Path, stamp: tuple[int, int, int]) -> tuple[dict[str, Any], str]:
    """What the table of runs says of one, or what is wrong with it; read again only when run.json was written again."""
    try:
        info = RunFolder(path).info
    except RunFolderError as error:
        return {}, str(error)
    return {
        "scenario": info.name,
        "seed": info.seed,
        "status": info.status,
        "ticks": info.ticks_done,
        "of": info.ticks,
        "usd": info.cost,
        "tokens": info.tokens,
        "seconds": round(info.seconds, 1),
        "settings": info.fingerprint,
        "forked from": "" if info.parent is None else f"{info.parent.path} at {info.parent.at}",
    }, ""


def names_below(root: Path) -> list[str]:
    """Names of the runs that can be read, newest first."""
    return [one.name for one in runs_below(root) if not one.problem]


def _folders(root: Path, depth: int) -> Iterator[Path]:
    if (root / "run.json").exists():
        yield root
        return  # what lies in a run folder is its own
    if depth and root.is_dir():
        for path in sorted(root.iterdir()):
            if path.is_dir() and not path.name.startswith("."):
                yield from _folders(path, depth - 1)


def events_of(
    run: RunFolder,
    tick: int,
    *,
    agents: Sequence[int] | None = None,
    items: Sequence[int] | None = None,
    kinds: Sequence[str] | None = None,
) -> pd.DataFrame:
    """Rows of one tick, ``kind`` and ``why`` in words; only the rows that are asked for leave the file."""
    filters: list[tuple[str, str, Any]] = []
    if agents is not None:
        filters.append(("agent", "in", list(agents)))
    if items is not None:
        filters.append(("item", "in", list(items)))
    if kinds is not None:
        filters.append(("kind", "in", [KIND[kind] for kind in kinds]))
    path = run.segment("events", tick)
    try:
        table = pq.read_table(path, columns=_COLUMNS, filters=filters or None, partitioning=None)
    except FileNotFoundError:
        raise RunFolderError(f"{path} is missing: the run folder is torn.") from None
    except (pa.ArrowException, OSError) as error:
        raise RunFolderError(f"{path} cannot be read, the run folder is torn: {str(error).splitlines()[0]}") from error
    frame = table.to_pandas()
    frame["kind"] = [KINDS[code] for code in frame["kind"]]
    frame["why"] = [REASONS[code] for code in frame["why"]]
    return frame


def history(
    run: RunFolder, agent: int, ticks: range | None = None, kinds: Sequence[str] | None = None, most: int = 5_000
) -> pd.DataFrame:
    """What an agent did and met, oldest first; the newest ``most`` rows."""
    frames: list[pd.DataFrame] = []
    rows = 0
    for tick in reversed(run.ticks() if ticks is None else ticks):
        frame = events_of(run, tick, agents=[agent], kinds=kinds)
        frames.insert(0, frame)
        rows += len(frame)
        if rows >= most:
            break
    return pd.concat(frames, ignore_index=True).tail(most) if frames else pd.DataFrame(columns=_COLUMNS)


def items(run: RunFolder, wanted: Sequence[int]) -> pd.DataFrame:
    """Name, author, birth, category, quality and text of items, in the order asked; what is not there is left out."""
    left, frames = set(map(int, wanted)), []
    for tick in reversed(run.ticks()):
        if not left:
            break
        path = run.segment("items", tick)
        try:
            names = [name for name in pq.read_schema(path).names if name != "vector"]
            table = pq.read_table(path, columns=names, filters=[("item", "in", sorted(left))], partitioning=None)
        except (FileNotFoundError, pa.ArrowException, OSError) as error:
            raise RunFolderError(f"{path} cannot be read: the run folder is torn.") from error
        if len(table):
            frames.append(table.to_pandas())
            left -= set(frames[-1]["item"].tolist())
    if not frames:
        return pd.DataFrame(columns=["item", "name", "author", "born", "category", "quality", "text"])
    found = pd.concat(frames, ignore_index=True).set_index("item", drop=False)
    return found.loc[[item for item in dict.fromkeys(map(int, wanted)) if item in found.index]].reset_index(drop=True)


_LEDGER = ["purpose", "model", "outcome", "repair", "made", "replayed", "tokens_in", "tokens_out", "usd", "seconds"]


def ledger(run: RunFolder) -> pd.DataFrame:
    """What was asked of language models by purpose and model (agents/chat/ledger.py), the last row for all of it; empty
    where nobody was asked.
    """
    return _ledger(run.path, run.info.ticks_done, run.info.digest)


@lru_cache(maxsize=64)
def _ledger(path: Path, ticks: int, digest: str) -> pd.DataFrame:
    from townsquare.agents.chat import ledger as accounts

    run = RunFolder(path)
    parts = []
    for tick in range(min(ticks, run.info.ticks_done)):
        if (segment := run.segment("asks", tick)).exists():
            parts.append(read_table(segment, columns=_LEDGER))
    if not parts:
        return pd.DataFrame()
    asks = pa.concat_tables(parts).to_pandas()
    found = accounts.by(asks, "purpose", "model")
    whole = accounts.by(asks.assign(purpose="all", model=""), "purpose", "model")
    return pd.concat([found, whole], ignore_index=True)


def talking(run: RunFolder) -> list[int]:
    """Ticks in which groups talked."""
    return [tick for tick in run.ticks() if run.segment("conversations", tick).exists()]


def conversations(run: RunFolder, tick: int) -> pd.DataFrame:
    """What groups said in a tick (``RunFolder.conversations``)."""
    return read_table(run.segment("conversations", tick)).to_pandas()


def feed(run: RunFolder, agent: int, tick: int) -> pd.DataFrame:
    """What an agent was shown at a tick, in order, why each item was there, and what it did with it.

    Columns: rank, item, name, author, text, why, score (NaN where it has none), clicked, liked, opinion (NaN where none
    was formed).
    """
    rows = events_of(run, tick, agents=[agent])
    shown = rows[rows["kind"] == "shown"].sort_values("rank")
    about = items(run, shown["item"].tolist()).set_index("item")
    done = {kind: set(rows.loc[rows["kind"] == kind, "item"].tolist()) for kind in ("click", "like", "rate")}
    opinions = rows[rows["kind"] == "opinion"].groupby("item")["value"].last()
    return pd.DataFrame(
        {
            "rank": shown["rank"].to_numpy() + 1,
            "item": shown["item"].to_numpy(),
            "name": [_cell(about, item, "name") for item in shown["item"]],
            "author": [_cell(about, item, "author", -1) for item in shown["item"]],
            "text": [_cell(about, item, "text") for item in shown["item"]],
            "why": shown["why"].to_numpy(),
            "score": scores(run, shown).to_numpy(),
            "clicked": [item in done["click"] | done["rate"] for item in shown["item"]],
            "liked": [item in done["like"] for item in shown["item"]],
            "opinion": [float(opinions.get(item, float("nan"))) for item in shown["item"]],
        }
    )


def scores(run: RunFolder, shown: pd.DataFrame) -> "pd.Series[float]":
    """Of rows of what was shown: the score by which the recommender chose it, NaN where it did not, or none was kept.

    ``keeps_scores`` tells the two apart.
    """
    return shown["value"].astype(float).where((shown["why"] == "match") & keeps_scores(run))


def keeps_scores(run: RunFolder) -> bool:
    """Whether scores of the recommender are in the run (``record.scores``)."""
    record = run.info.scenario.get("record")
    return isinstance(record, dict) and record.get("scores") is True


def causes(run: RunFolder, tick: int, seq: int) -> pd.DataFrame:
    """From an event back to what it rests on, nearest first: a like to its click, a click to its showing, a showing to
    the post, a post to what inspired it, and so on. Columns as ``events_of``, and ``because`` in words.
    """
    rows = events_of(run, tick)
    found: list[Any] = []
    here = rows[rows["seq"] == seq]
    while len(here) and len(found) < 20:
        event = here.iloc[0]
        found.append(event)
        here = _before(run, rows, event)
    table = pd.DataFrame(found)
    if len(table):
        table["because"] = [
            _because(str(kind), str(why)) for kind, why in zip(table["kind"], table["why"], strict=True)
        ]
    return table.reset_index(drop=True)


def _before(run: RunFolder, rows: pd.DataFrame, event: Any) -> pd.DataFrame:
    """The one event that another rests on directly; no rows where there is none on record."""
    kind, item, agent, tick = str(event["kind"]), int(event["item"]), int(event["agent"]), int(event["tick"])
    same = rows[(rows["item"] == item) & (rows["agent"] == agent) & (rows["tick"] == tick)]
    for earlier in {
        "like": ("click", "shown"),
        "opinion": ("click", "shown"),
        "click": ("shown",),
        "rate": ("shown",),
    }.get(kind, ()):
        there = same[same["kind"] == earlier]
        if len(there):
            return there.head(1)
    if kind == "post":
        inspired = int(event["ref"])
        return post_of(run, inspired) if inspired >= 0 else rows.head(0)
    return (
        post_of(run, item)
        if kind in ("shown", "click", "like", "rate", "dispute", "verdict", "opinion")
        else rows.head(0)
    )


def post_of(run: RunFolder, item: int) -> pd.DataFrame:
    """The event in which an item was published; no row for items that were there from the start."""
    about = items(run, [item])
    if not len(about) or int(about["born"].iloc[0]) not in run.ticks():
        return pd.DataFrame(columns=_COLUMNS)
    return events_of(run, int(about["born"].iloc[0]), items=[item], kinds=["post"]).head(1)


def effects(run: RunFolder, item: int, most: int = 50) -> pd.DataFrame:
    """What came of an item, tick by tick: how often it was shown, clicked, liked, ..., and what it inspired.

    Columns: tick, and one per kind with its count; ``inspired`` counts later posts that name it.
    """
    about = items(run, [item])
    first = int(about["born"].iloc[0]) if len(about) else 0
    rows = []
    for tick in [t for t in run.ticks() if t >= first][:most]:
        table = pq.read_table(run.segment("events", tick), columns=["kind", "item", "ref"], partitioning=None)
        mine = table.filter(pc.equal(table["item"], item))["kind"].to_pylist()
        posts = table.filter(pc.and_(pc.equal(table["ref"], item), pc.equal(table["kind"], KIND["post"])))
        row: dict[str, int] = {
            "tick": tick,
            **{kind: mine.count(KIND[kind]) for kind in ("shown", "click", "like", "dispute", "rate", "opinion")},
        }
        rows.append({**row, "inspired": len(posts)})
    return pd.DataFrame(rows)


def _because(kind: str, why: str) -> str:
    told = {
        "like": "the reader opened it, and liked it",
        "click": "it lay before the reader, who opened it",
        "rate": "it lay before the customer, who took and rated it",
        "shown": f"it was put into the list: {why.replace('_', ' ')}" if why else "it was put into the list",
        "post": "somebody published it",
        "opinion": "the member read it, and it moved what they think",
        "dispute": "a reader who had opened it disputed it",
        "verdict": f"a moderator looked at it: {why}",
    }
    return told.get(kind, kind)


def _cell(about: pd.DataFrame, item: int, column: str, default: Any = "") -> Any:
    if item not in about.index or column not in about:
        return default
    return about[column].loc[item]
