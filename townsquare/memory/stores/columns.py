"""Held entries as columns, and those as a state: the one form in which every store is saved and loaded."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from townsquare.memory.stores.accepted import HALF, KINDS
from townsquare.protocols.columns import BoolArray, FloatArray, IntArray
from townsquare.protocols.errors import InputError
from townsquare.protocols.memory import LAYERS, Entry, Scope
from townsquare.protocols.texts import pack, unpack

State = Mapping[str, NDArray[np.generic]]


@dataclass(frozen=True, slots=True)
class Columns:
    """(m,) columns of what is held, in the order in which it was written."""

    scopes: list[Scope]
    """Each scope that is in use, once."""
    shelf: IntArray
    """Places in ``scopes``."""
    serials: IntArray
    ticks: IntArray
    importance: FloatArray
    items: IntArray
    vectors: NDArray[np.float16]
    """(m, d); zeros where there is none."""
    has_vector: BoolArray
    texts: list[str]
    written: IntArray
    """The tick of everything that was ever written, by serial number, held or not."""

    @classmethod
    def gather(cls, held: Sequence[tuple[int, Entry]], written: IntArray, dimensions: int) -> "Columns":
        """From serial numbers and entries."""
        place: dict[Scope, int] = {}
        shelf = [place.setdefault(entry.scope, len(place)) for _, entry in held]
        nothing = np.zeros(dimensions, HALF)
        vectors = [nothing if entry.vector is None else entry.vector for _, entry in held]
        return cls(
            list(place),
            np.array(shelf, np.int64),
            np.array([serial for serial, _ in held], np.int64),
            np.array([entry.tick for _, entry in held], np.int64),
            np.array([entry.importance for _, entry in held], np.float64),
            np.array([entry.item for _, entry in held], np.int64),
            np.array(vectors, HALF).reshape(len(held), dimensions),
            np.array([entry.vector is not None for _, entry in held], bool),
            [entry.text for _, entry in held],
            written,
        )

    def entries(self) -> list[Entry]:
        """The same, one by one."""
        return [
            Entry(
                self.scopes[shelf],
                tick,
                text,
                importance,
                self.vectors[row].copy() if self.has_vector[row] else None,
                item,
            )
            for row, (shelf, tick, text, importance, item) in enumerate(
                zip(
                    self.shelf.tolist(),
                    self.ticks.tolist(),
                    self.texts,
                    self.importance.tolist(),
                    self.items.tolist(),
                    strict=True,
                )
            )
        ]

    def state(self) -> dict[str, NDArray[np.generic]]:
        """Arrays of numbers only, fit for ``np.savez``."""
        texts, text_ends = pack(self.texts)
        domains, domain_ends = pack([scope.domain for scope in self.scopes])
        return {
            "scope_owner": np.array([scope.owner for scope in self.scopes], np.int64),
            "scope_kind": np.array([KINDS.index(scope.kind) for scope in self.scopes], np.int8),
            "scope_layer": np.array([LAYERS.index(scope.layer) for scope in self.scopes], np.int8),
            "scope_domain": domains,
            "scope_domain_ends": domain_ends,
            "shelf": self.shelf.astype(np.int32),
            "serial": self.serials.astype(np.int64),
            "tick": self.ticks.astype(np.int64),
            "importance": self.importance.astype(np.float64),
            "item": self.items.astype(np.int64),
            "vector": self.vectors.astype(HALF, copy=False),
            "has_vector": self.has_vector.astype(bool),
            "text": texts,
            "text_ends": text_ends,
            "written": self.written.astype(np.int64),
        }

    @classmethod
    def of(cls, state: State, dimensions: int) -> "Columns":
        """What ``state`` held. Raises InputError when its vectors have another length than ``dimensions``."""
        found: dict[str, NDArray[Any]] = {name: np.asarray(array) for name, array in state.items()}
        vectors = found["vector"]
        if vectors.shape[1] != dimensions:
            raise InputError(
                f"a saved memory holds vectors of length {vectors.shape[1]}, and the embedder gives {dimensions}."
            )
        domains = unpack(found["scope_domain"], found["scope_domain_ends"])
        owners, kinds, layers = (found[f"scope_{part}"].tolist() for part in ("owner", "kind", "layer"))
        scopes = [
            Scope(owner, domain, LAYERS[layer], KINDS[kind])
            for owner, domain, layer, kind in zip(owners, domains, layers, kinds, strict=True)
        ]
        return cls(
            scopes,
            found["shelf"],
            found["serial"],
            found["tick"],
            found["importance"],
            found["item"],
            vectors.astype(HALF, copy=False),
            found["has_vector"].astype(bool),
            unpack(found["text"], found["text_ends"]),
            found["written"],
        )
