"""A run on disk: the public, versioned format that every reader of runs goes through (docs/run-folder.md).

Nothing here writes; ``townsquare.protocols.recording`` does.
"""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, ValidationError

from townsquare.protocols.errors import InputError, RunFolderError, did_you_mean
from townsquare.protocols.events import KINDS, REASONS, Events

FORMAT = 1
"""Version of the run-folder format; a folder with a larger number is refused."""


class Parent(BaseModel):
    """Where a fork came from."""

    path: str
    at: int
    """The first tick that is the fork's own; the ticks before it are read from the parent."""
    digest: str
    """The parent's digest over the ticks before ``at``."""


class RunInfo(BaseModel):
    """What run.json holds."""

    model_config = ConfigDict(extra="ignore")

    format: int
    id: str = ""
    """Names the run wherever something of it is kept outside its folder (a shared cassette); no part of the digest."""
    townsquare: str
    name: str
    """Name of the scenario."""
    scenario: dict[str, Any]
    """The resolved scenario, every default filled in."""
    fingerprint: str
    seed: int
    ticks: int
    ticks_done: int = 0
    status: str = "running"
    """running, finished, interrupted, "stopped: why" or "failed: why"."""
    digest: str = ""
    """sha256 over the content of all finished ticks."""
    seconds: float = 0.0
    """Time spent ticking, over all sessions."""
    peak_memory_mb: float = 0.0
    tokens: int = 0
    cost: float = 0.0
    parent: Parent | None = None
    versions: dict[str, str] = {}
    data: dict[str, str] = {}
    """sha256 of each file the town was built from."""
    categories: list[str] = []
    """Names of the categories: a category number in items and snapshots is a place in this list, -1 is none of it."""


class RunFolder:
    """A run folder opened for reading. Raises RunFolderError, one sentence, when it is none."""

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        self.info = read_info(self.path)
        self._parent: RunFolder | None = None

    def __repr__(self) -> str:
        info = self.info
        return f"<{type(self).__name__} {self.path}: {info.status}, {info.ticks_done} of {info.ticks} ticks>"

    @property
    def parent(self) -> "RunFolder | None":
        """The run this one was forked from."""
        if self._parent is None and self.info.parent is not None:
            where = Path(self.info.parent.path)
            try:
                self._parent = RunFolder(where if where.is_absolute() else self.path / where)
            except RunFolderError as error:
                raise RunFolderError(f"{self.path} is a fork whose parent cannot be read: {error}") from error
        return self._parent

    def segment(self, kind: str, tick: int) -> Path:
        """Where a tick's rows lie: ``kind`` is events, items or snapshots; early ticks of a fork lie in its parent.

        InputError when the tick is not finished.
        """
        if tick not in self.ticks():
            last = self.info.ticks_done - 1
            there = f"finished ticks are 0 to {last}" if last >= 0 else "no tick is finished yet"
            raise InputError(f"there is no tick {tick} in {self.path}; {there}.")
        if self.info.parent is not None and tick < self.info.parent.at:
            assert self.parent is not None
            return self.parent.segment(kind, tick)
        return self.path / kind / f"{tick:06d}.parquet"

    def ticks(self) -> range:
        """The finished ticks."""
        return range(self.info.ticks_done)

    def tick_events(self, tick: int) -> Events:
        """One tick's events as columns."""
        return events_from_table(read_table(self.segment("events", tick)))

    def events(self, *, ticks: range | None = None, kinds: Sequence[str] | None = None) -> pd.DataFrame:
        """What happened: tick, seq, agent, kind, item, value, rank, ref, why.

        ``kind`` and ``why`` are categories in words, and only those that are there. InputError for a kind that does not
        exist or a tick that is not finished.
        """
        codes = None if kinds is None else _codes(kinds)
        frames = []
        for tick in self.ticks() if ticks is None else ticks:
            frame = read_table(self.segment("events", tick)).to_pandas()
            frames.append(frame if codes is None else frame[frame["kind"].isin(codes)])
        table = pd.concat(frames, ignore_index=True) if frames else events_table(0, Events.concat([])).to_pandas()
        for name, words in (("kind", KINDS), ("why", REASONS)):
            coded = pd.Categorical.from_codes(table[name].to_numpy(), pd.Index(words))
            table[name] = coded.remove_unused_categories()
        return table

    def measures(self) -> pd.DataFrame:
        """The numbers of every finished tick, tidy: tick, measure, group, value; NaN where nothing was measurable."""
        path = self.path / "measures.parquet"
        frames = [read_table(path).to_pandas()] if path.exists() else []
        if self.parent is not None and self.info.parent is not None:
            before = self.parent.measures()
            frames.insert(0, before[before["tick"] < self.info.parent.at])
        if not frames:
            return pd.DataFrame({"tick": [], "measure": [], "group": [], "value": []})
        frame = pd.concat(frames, ignore_index=True)
        return frame[frame["tick"] < self.info.ticks_done].reset_index(drop=True)

    def agents(self) -> pd.DataFrame:
        """Who lives in the town: agent, name, group and one column per trait (-1 where a group has no such trait)."""
        return read_table(self.path / "agents.parquet").to_pandas()

    def items(self) -> pd.DataFrame:
        """What was published: item, name, author, born, category (a place in ``info.categories``), quality, text."""
        frames = [read_table(self.segment("items", tick), without="vector").to_pandas() for tick in self.ticks()]
        return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()

    def asks(self) -> pd.DataFrame:
        """What was asked of language models, one row per ask; empty where none were."""
        return self._rows("asks")

    def answers(self) -> pd.DataFrame:
        """Answers to questionnaires: tick, agent, questionnaire, question, answer, value, outcome."""
        return self._rows("answers")

    def conversations(self) -> pd.DataFrame:
        """What agents said to each other in groups, and the work they handed out: one row per step, in order.

        Columns: tick, group (counted within the tick), step, kind (opened, floor, say, task, progress, result, ended),
        sender, receivers (names with a space between), state (of the group, after the step), type (of a ``say``), text,
        task, status (of a result or an ending), communication and work (tokens). Empty where nobody talked.
        """
        return self._rows("conversations")

    def verdicts(self) -> pd.DataFrame:
        """What was said of posts, with its grounds: tick, item, agent (its author), by, action, score, category,
        rationale, spans and evidence (JSON). Empty where nothing was moderated, or nobody kept the grounds.

        ``by``: author (advice on a draft), channel, reviewer (of a held post), appeal, or ``reader: `` and the name of
        a policy.
        """
        columns = ("tick", "item", "agent", "by", "action", "score", "category", "rationale", "spans", "evidence")
        found = self._rows("verdicts")
        return found if len(found.columns) else pd.DataFrame(columns=list(columns))

    def _rows(self, kind: str) -> pd.DataFrame:
        paths = [self.segment(kind, tick) for tick in self.ticks()]
        frames = [read_table(path).to_pandas() for path in paths if path.exists()]
        return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()

    def vectors(self, tick: int) -> NDArray[np.float32]:
        """(n, d) content of the items that appeared at ``tick``."""
        column = read_table(self.segment("items", tick), columns=["vector"])["vector"].combine_chunks()
        width = column.type.list_size
        return np.asarray(column.flatten().to_numpy(), np.float32).reshape(-1, width)

    def snapshot_ticks(self) -> list[int]:
        """Ticks whose positions were kept."""
        own = {int(path.stem) for path in (self.path / "snapshots").glob("*.npz")}
        if self.parent is not None and self.info.parent is not None:
            own |= {tick for tick in self.parent.snapshot_ticks() if tick < self.info.parent.at}
        return sorted(tick for tick in own if tick < self.info.ticks_done)

    def snapshot(self, tick: int) -> dict[str, NDArray[np.generic]]:
        """Positions after ``tick``: users (U, d), in_loop (U,), creators (C, d), and of the items in circulation
        their ids (items), vectors and categories. InputError when the tick was not kept: see ``snapshot_ticks``.
        """
        kept = self.snapshot_ticks()
        if tick not in kept:
            there = f"there are those of ticks {', '.join(map(str, kept))}" if kept else "there are none"
            raise InputError(f"there is no snapshot of tick {tick} in {self.path}; {there} (record.snapshots).")
        with np.load(self.segment("snapshots", tick).with_suffix(".npz"), allow_pickle=False) as arrays:
            return dict(arrays)

    def digests(self) -> Iterator[tuple[int, str]]:
        """The running digest after each finished tick, computed from what is on disk."""
        digest = b""
        for tick in self.ticks():
            digest = tick_digest(digest, self.tick_events(tick), read_table(self.segment("items", tick)))
            yield tick, digest.hex()

    def digest(self) -> str:
        """sha256 over the content of all finished ticks, computed from what is on disk."""
        return list(self.digests())[-1][1] if self.info.ticks_done else ""


def _codes(kinds: Sequence[str]) -> list[int]:
    wanted = [kinds] if isinstance(kinds, str) else kinds
    for kind in wanted:
        if kind not in KINDS:
            raise InputError(f"kinds: there is no {kind!r}{did_you_mean(kind, KINDS)} Kinds: {', '.join(KINDS)}.")
    return [KINDS.index(kind) for kind in wanted]


def tick_digest(before: bytes, events: Events, items: pa.Table) -> bytes:
    """The running digest after one more tick: content, not file bytes, and nothing that depends on clock or host."""
    columns = [items[name].to_numpy() for name in ("item", "author", "born", "category", "quality")]
    made = b"".join(np.ascontiguousarray(c, c.dtype.newbyteorder("<")).tobytes() for c in columns)
    texts = items["text"].to_pylist() if "text" in items.column_names else []
    if any(texts):
        made += json.dumps(texts, ensure_ascii=False).encode()
    return events.digest(before + made)


def events_table(tick: int, events: Events) -> pa.Table:
    """Events as the Arrow table that a segment holds."""
    n = len(events)
    return pa.table(
        {
            "tick": np.full(n, tick, np.int32),
            "seq": np.arange(n, dtype=np.int32),
            "agent": events.agent,
            "kind": events.kind,
            "item": events.item,
            "value": events.value,
            "rank": events.rank,
            "ref": events.ref,
            "why": events.why,
        }
    )


def events_from_table(table: pa.Table) -> Events:
    """The inverse of ``events_table``."""
    names = ("agent", "kind", "item", "value", "rank", "ref", "why")
    return Events(*(table[name].to_numpy() for name in names))


def read_table(path: Path, columns: list[str] | None = None, without: str = "") -> pa.Table:
    """A Parquet file of a run; RunFolderError when it is missing or torn."""
    try:
        if without:
            columns = [name for name in pq.read_schema(path).names if name != without]
        return pq.read_table(path, columns=columns, partitioning=None)
    except FileNotFoundError:
        raise RunFolderError(f"{path} is missing: the run folder is torn.") from None
    except (pa.ArrowException, OSError) as error:
        raise RunFolderError(f"{path} cannot be read, the run folder is torn: {str(error).splitlines()[0]}") from error


def read_info(path: Path) -> RunInfo:
    """What run.json says; RunFolderError when the folder is missing, foreign, torn or of a newer format."""
    if not path.is_dir():
        raise RunFolderError(f"there is no run folder {path}.")
    try:
        text = (path / "run.json").read_text("utf-8")
    except FileNotFoundError:
        raise RunFolderError(f"{path} is not a run folder: it holds no run.json.") from None
    except (OSError, UnicodeDecodeError) as error:
        raise RunFolderError(f"{path / 'run.json'} cannot be read: {error}.") from error
    try:
        info = RunInfo.model_validate_json(text)
    except ValidationError as error:
        version = _format_of(text)
        if version is not None and version > FORMAT:
            raise _too_new(path, version) from error
        raise RunFolderError(f"{path / 'run.json'} was not written by townsquare, or is torn.") from error
    if info.format > FORMAT:
        raise _too_new(path, info.format)
    return info


def _too_new(path: Path, version: int) -> RunFolderError:
    return RunFolderError(
        f"{path} is of run-folder format {version}; this townsquare reads up to {FORMAT}: install a newer one."
    )


def _format_of(text: str) -> int | None:
    class Version(BaseModel):
        format: int

    try:
        return Version.model_validate_json(text).format
    except ValidationError:
        return None
