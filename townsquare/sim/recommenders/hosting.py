"""The other end of ``remote``: any recommender as an agent, for towns elsewhere."""

import asyncio
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any

import numpy as np

from townsquare.protocols import Catalogue, InputError, Interactions, Recommender, Stateful, Streams, make
from townsquare.protocols.ioa.cards import Card, Limits
from townsquare.protocols.ioa.messages import Task
from townsquare.protocols.json_columns import column_of, listed
from townsquare.sim.recommenders.remote import CAPABILITY, FIT

_TOWNS = 8
"""Fits that are kept, the newest; a town that asks for an older one is told so, and tells what to learn from again."""


class Hosted:
    """Does the tasks ``fit`` and ``recommend`` with a recommender of the registry (an agent for ``ioa.host``).

    Each fit is a recommender of its own with the random numbers of the town that asks, so that several towns may share
    an agent. Raises InputError for a recommender that remembers more than its last fit: no task would carry that over.
    """

    def __init__(self, name: str, settings: Mapping[str, Any] | None = None) -> None:
        self.name, self.settings = name, dict(settings or {})
        self._parts: OrderedDict[str, dict[int, Mapping[str, Any]]] = OrderedDict()
        self._fitted: OrderedDict[str, Recommender] = OrderedDict()
        if isinstance(self._made(0), Stateful):
            raise InputError(f"recommender {name!r} remembers more than its last fit, and cannot be hosted.")

    def card(self, name: str, **fields: Any) -> Card:
        """A card that says so."""
        limits = fields.pop("limits", Limits(parallel=4, bytes=16_777_216))
        says = {"description": f"Recommends as {self.name} does.", "capabilities": (CAPABILITY, FIT), **fields}
        return Card(name=name, limits=limits, streams=True, **says)

    async def run(self, task: Task) -> Any:
        """The output of a task."""
        told = task.input
        if task.capability == FIT:
            return await self._take(told)
        if task.capability != CAPABILITY:
            raise InputError(f"this agent does {CAPABILITY} and {FIT}, not {task.capability!r}.")
        fitted = self._fitted.get(told["fit"])
        if fitted is None:
            return {"unknown_fit": told["fit"]}
        return await asyncio.to_thread(_recommended, fitted, told)

    async def _take(self, told: Mapping[str, Any]) -> Any:
        name = told["fit"]
        parts = self._parts.setdefault(name, {})
        parts[told["part"]] = told
        if len(parts) == told["parts"]:
            del self._parts[name]
            made = self._made(told["seed"])
            await asyncio.to_thread(_taught, made, [parts[number] for number in sorted(parts)])
            self._fitted[name] = made
        for kept in (self._parts, self._fitted):
            while len(kept) > _TOWNS:
                kept.popitem(last=False)
        return {"fit": name, "part": told["part"]}

    def _made(self, seed: int) -> Recommender:
        made: Recommender = make("recommender", self.name, self.settings, Streams(seed))
        return made


def _taught(made: Recommender, parts: list[Mapping[str, Any]]) -> None:
    sizes = parts[0]
    who = {name: _whole(parts, "interactions", name) for name in ("users", "items", "values", "ticks")}
    what = {name: _whole(parts, "catalogue", name) for name in ("authors", "born", "categories", "keys")}
    vectors = None
    if sizes["width"]:
        vectors = np.zeros((sizes["rows"], sizes["width"]), np.float32)
        items, values = (_whole(parts, "vectors", name) for name in ("items", "values"))
        if len(items):
            vectors[items] = values
    made.fit(
        Interactions(**who, n_users=sizes["n_users"], n_items=sizes["n_items"]),
        Catalogue(**what | {"keys": what["keys"].astype(np.uint64), "vectors": vectors}),
    )


def _whole(parts: list[Mapping[str, Any]], kind: str, name: str) -> Any:
    mine = [part for part in parts if part.get("kind") == kind]
    pieces = [
        column_of([int(key) for key in part["columns"][name]], "uint64")
        if name == "keys"
        else column_of(part["columns"][name], part["types"][name])
        for part in mine
    ]
    return np.concatenate(pieces) if pieces else np.zeros(0, np.float32 if name == "values" else np.int64)


def _recommended(fitted: Recommender, told: Mapping[str, Any]) -> dict[str, Any]:
    agents, candidates = np.array(told["agents"], np.int64), np.array(told["candidates"], np.int64)
    width = max(map(len, told["exclude"]), default=0)
    exclude = np.full((len(agents), width), -1, np.int32)
    for row, items in enumerate(told["exclude"]):
        exclude[row, : len(items)] = items
    slates = fitted.recommend(agents, told["k"], tick=told["tick"], candidates=candidates, exclude=exclude)
    here = slates.items >= 0
    return {
        "items": [row[seen].tolist() for row, seen in zip(slates.items, here, strict=True)],
        "scores": [listed(row[seen].astype(np.float32)) for row, seen in zip(slates.scores, here, strict=True)],
    }
