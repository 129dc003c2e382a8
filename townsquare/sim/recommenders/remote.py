"""A recommender that is elsewhere: what it may learn from goes to an agent on the bus, and its slates come back."""

import json
from collections.abc import Callable, Iterator, Mapping
from hashlib import sha256
from threading import Lock
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from townsquare.protocols import (
    Catalogue,
    Events,
    InputError,
    IntArray,
    Interactions,
    Settings,
    Slates,
    Streams,
    TownsquareError,
    allowed_after,
)
from townsquare.protocols.json_columns import listed, type_of

CAPABILITY, FIT = "recommend", "fit"
"""What an agent's card has to name, and the two kinds of tasks that it is given."""
_ENVELOPE = 2_000
"""Bytes of a message that are not the input of its task."""


class Unanswered(TownsquareError):
    """Nothing came in time; the message says from whom."""


class Garbled(TownsquareError):
    """What came holds no slates; the message says why."""


class Courier(Protocol):
    """How tasks go and come, and where answers are kept; the town gives it to the recommender."""

    def answer(self, tick: int, number: int, sees: str, ask: Callable[[], str]) -> str | None:
        """What was answered to the question ``sees``: as recorded, or as ``ask`` gets it now; None when nothing of
        use. ``number`` tells apart the questions of a tick. ``ask`` may raise Unanswered and Garbled.
        """

    async def awaited(self, tick: int, number: int, sees: str, ask: Callable[[], str]) -> str | None:
        """``answer`` for whoever may wait beside others; ``ask`` runs in a thread."""

    def send(self, agent: str, capability: str, input: Any, seconds: float) -> Any:
        """The output of a task. Raises Unanswered."""

    def most(self, agent: str) -> int:
        """Bytes of the largest message that ``agent`` takes."""


class Remote:
    """Has an agent elsewhere fit, and asks it for slates.

    Answers are on record, so that a tick that is over needs no agent. Where none came, or none that holds what was
    asked for, the slates are empty, which the town fills at random (``fill``); a row that shows what may not be shown
    is empty, and the other rows count. The agent is told nothing between two fits.
    """

    class Config(Settings):
        """Who recommends."""

        agent: str = ""
        """Its name; by default the first, by name, that is there and can `recommend`."""
        seconds: float = Field(default=60.0, gt=0, le=86_400)
        """How long it has for a task."""
        vectors: bool = True
        """Whether it is told the content vectors of what goes round, which are most of what there is to tell."""

    def __init__(self, config: Config, streams: Streams) -> None:
        self.config, self.streams = config, streams
        self.courier: Courier | None = None
        self._fit = self._told = ""
        self._columns: tuple[Interactions, Catalogue] | None = None
        self._lock = Lock()

    def fit(self, interactions: Interactions, catalogue: Catalogue) -> None:
        """Note what there is to learn from; the agent is told when its first answer is needed."""
        self._columns, self._fit = (interactions, catalogue), self._name(interactions, catalogue)

    def update(self, events: Events) -> None:
        """Nothing: the town refits on its schedule."""

    def recommend(
        self, agents: IntArray, k: int, *, tick: int, candidates: IntArray, exclude: IntArray | None = None
    ) -> Slates:
        """The agent's slates."""
        items = np.full((len(agents), k), -1, np.int32)
        scores = np.full((len(agents), k), -np.inf, np.float32)
        if not (len(agents) and k and len(candidates)):
            return Slates(items, scores)
        banned = np.zeros((len(agents), 0), np.int32) if exclude is None else exclude
        told = self._courier.answer(
            tick,
            int(agents[0]),
            json.dumps([self._fit, tick, k, *(_digest(a) for a in (agents, candidates, banned))]),
            lambda: self._asked(agents, k, tick, candidates, banned),
        )
        for row, places in enumerate([] if told is None else json.loads(told)):
            for place, (item, score) in enumerate(places):
                items[row, place], scores[row, place] = item, score
        return Slates(items, scores)

    @property
    def _courier(self) -> Courier:
        if self.courier is None:
            raise InputError(
                "recommender 'remote' works as the recommender of a town only, which connects it to its broker."
            )
        return self.courier

    def _asked(self, agents: IntArray, k: int, tick: int, candidates: IntArray, banned: IntArray) -> str:
        """The slates as JSON: for each agent its (item, score), best first."""
        task = {"fit": self._fit, "tick": tick, "k": k, "agents": agents.tolist(), "candidates": candidates.tolist()}
        task["exclude"] = [row[row >= 0].tolist() for row in banned]
        if len(json.dumps(task)) + _ENVELOPE > self._courier.most(self.config.agent) and len(agents) > 1:
            half = len(agents) // 2
            parts = [
                json.loads(self._asked(agents[rows], k, tick, candidates, banned[rows]))
                for rows in (slice(None, half), slice(half, None))
            ]
            return json.dumps(parts[0] + parts[1])
        self._teach(again=False)
        output = self._send(CAPABILITY, task)
        if isinstance(output, Mapping) and output.get("unknown_fit"):  # it was restarted
            self._teach(again=True)
            output = self._send(CAPABILITY, task)
        return json.dumps(_slates(output, k, candidates, allowed_after(banned, candidates)))

    def _teach(self, *, again: bool) -> None:
        """Tell the agent what to learn from, once per fit; several threads may want to."""
        with self._lock:
            if self._told == self._fit and not again:
                return
            assert self._columns is not None, "fit comes first"
            parts = list(self._parts(*self._columns))
            for number, part in enumerate(parts):
                head = {"fit": self._fit, "part": number, "parts": len(parts), "seed": self.streams.seed}
                self._send(FIT, {**head, **part})
            self._told = self._fit

    def _parts(self, interactions: Interactions, catalogue: Catalogue) -> Iterator[dict[str, Any]]:
        """The columns in pieces that fit into messages."""
        room = self._courier.most(self.config.agent) - _ENVELOPE
        sizes = {"n_users": interactions.n_users, "n_items": interactions.n_items, "rows": len(catalogue), "width": 0}
        if self.config.vectors and catalogue.vectors is not None:
            sizes["width"] = catalogue.vectors.shape[1]
        yield sizes
        who = {name: getattr(interactions, name) for name in ("users", "items", "values", "ticks")}
        what = {name: getattr(catalogue, name) for name in ("authors", "born", "categories", "keys")}
        yield from _pieces("interactions", who, room // 80)
        yield from _pieces("catalogue", what, room // 80)
        if sizes["width"]:
            assert catalogue.vectors is not None
            there = np.flatnonzero(catalogue.vectors.any(axis=1))  # what no longer goes round has none
            yield from _pieces(
                "vectors", {"items": there, "values": catalogue.vectors[there]}, room // (20 + 26 * sizes["width"])
            )

    def _send(self, capability: str, task: Any) -> Any:
        return self._courier.send(self.config.agent, capability, task, self.config.seconds)

    def _name(self, interactions: Interactions, catalogue: Catalogue) -> str:
        told = [getattr(interactions, name) for name in ("users", "items", "values", "ticks")]
        told += [catalogue.authors, catalogue.born, catalogue.categories, catalogue.keys]
        if self.config.vectors and catalogue.vectors is not None:
            told.append(catalogue.vectors)
        sizes = [self.streams.seed, interactions.n_users, interactions.n_items, len(catalogue)]
        return sha256(json.dumps([*sizes, *(_digest(column) for column in told)]).encode()).hexdigest()[:32]


def _digest(column: NDArray[Any]) -> str:
    held = np.ascontiguousarray(column)
    return sha256(f"{held.dtype.str}{held.shape}".encode() + held.tobytes()).hexdigest()


def _pieces(kind: str, columns: Mapping[str, NDArray[Any]], rows: int) -> Iterator[dict[str, Any]]:
    length, rows = len(next(iter(columns.values()))), max(1, rows)
    for start in range(0, length, rows):
        piece = {name: column[start : start + rows] for name, column in columns.items()}
        types = {name: type_of(column) for name, column in piece.items()}
        told = {
            name: [str(key) for key in column.tolist()] if column.dtype == np.uint64 else listed(column)
            for name, column in piece.items()
        }
        yield {"kind": kind, "types": types, "columns": told}


def _slates(output: Any, k: int, candidates: IntArray, allowed: NDArray[np.bool_]) -> list[list[tuple[int, float]]]:
    """What an agent answered, each row that breaks a promise left empty. Raises Garbled when there are no rows."""
    given = output.get("items") if isinstance(output, Mapping) else None
    if not isinstance(given, list) or len(given) != len(allowed):
        raise Garbled(f"the answer holds no list of {len(allowed)} rows under 'items'")
    scored = output.get("scores")
    rows = scored if isinstance(scored, list) and len(scored) == len(given) else [None] * len(given)
    places = {item: place for place, item in enumerate(candidates.tolist())}
    return [_row(items, scores, k, places, may) for items, scores, may in zip(given, rows, allowed, strict=True)]


def _row(items: Any, scores: Any, k: int, places: Mapping[int, int], may: NDArray[np.bool_]) -> list[tuple[int, float]]:
    if not isinstance(items, list) or not all(isinstance(item, int) and not isinstance(item, bool) for item in items):
        return []
    items = [item for item in items if item != -1]
    if len(items) > k or len(set(items)) < len(items) or not all(i in places and may[places[i]] for i in items):
        return []
    told = scores if isinstance(scores, list) and len(scores) == len(items) else [None]
    if not all(isinstance(score, int | float) and abs(score) < 1e30 for score in told):
        told = list(range(len(items), 0, -1))  # the order is what counts
    return [(item, float(score)) for item, score in zip(items, told, strict=True)]
