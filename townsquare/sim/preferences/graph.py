"""A reader's two-tier preference graph: concerns, and the facets of each (arXiv 2604.17459; our reconstruction)."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Self

from pydantic import Field, ValidationError

from townsquare.protocols.deltas import Delta, DeltaLog
from townsquare.protocols.errors import InputError, did_you_mean
from townsquare.protocols.settings import Settings
from townsquare.protocols.wording import first_problem

OPS = ("add", "remove", "strengthen", "weaken", "add_exception", "drop_exception")
"""What a delta can do to a node."""


class Concern(Settings):
    """Tier 1: something a reader wants to avoid, or to protect from being hidden."""

    name: str = Field(min_length=1)
    "In the reader's words."
    polarity: Literal["avoid", "protect"] = "avoid"
    "Whether it is to be hidden, or to be shown whatever else is said of it."
    weight: float = Field(default=0.5, ge=0, le=1)
    "How much it matters, before any change."
    words: tuple[str, ...] = ()
    "Words by which the first, cheap look finds it."


class Facet(Settings):
    """Tier 2: one form that a concern takes."""

    concern: str
    "Id of the concern."
    description: str = Field(min_length=1)
    "What can be observed in an item, in the reader's words."
    modality: Literal["text", "image", "any"] = "any"
    "Where it can be observed."
    words: tuple[str, ...] = ()
    "Words that a fact has to hold to support it, where no language model is asked; all of one entry, any entry."
    weight: float = Field(default=0.6, ge=0, le=1)
    "How much it matters, before any change."


@dataclass(frozen=True, slots=True)
class Node:
    """A concern or a facet as it stands."""

    id: str
    what: Concern | Facet
    total: float
    """The first weight and all changes that count; it may leave 0 to 1, so that undoing one change gives what the
    others come to."""
    exceptions: tuple[str, ...] = ()
    """What is not meant, in words; a fact that holds all words of one of them does not count."""
    deltas: tuple[int, ...] = field(default=())
    """Numbers of the changes that made it what it is."""

    @property
    def weight(self) -> float:
        """How much it matters: ``total`` within 0 and 1."""
        return min(1.0, max(0.0, round(self.total, 12)))


class PreferenceGraph:
    """Concerns and facets, rebuilt from a log to which changes are only ever added. The reader's own."""

    def __init__(self, log: DeltaLog | None = None) -> None:
        """Raises InputError for a log that holds what is no change of a preference."""
        self.log = log or DeltaLog()
        self._nodes = self._built()

    @property
    def nodes(self) -> Mapping[str, Node]:
        """By id, in the order in which they were added."""
        return self._nodes

    def concerns(self, polarity: str | None = None) -> list[Node]:
        """All of them, or those of one polarity."""
        found = [node for node in self._nodes.values() if isinstance(node.what, Concern)]
        return [node for node in found if polarity in (None, node.what.polarity)]  # type: ignore[union-attr]

    def facets(self, concern: str | None = None) -> list[Node]:
        """All of them, or those of one concern."""
        found = [node for node in self._nodes.values() if isinstance(node.what, Facet)]
        return [node for node in found if concern in (None, node.what.concern)]  # type: ignore[union-attr]

    def change(self, target: str, op: str, **more: Any) -> Delta:
        """Add one change to the log; nothing is kept of a change that is not possible.

        ``add`` takes ``value``, the concern or facet itself; ``strengthen`` and ``weaken`` an ``amount``;
        ``add_exception`` and ``drop_exception`` a ``value`` in words. Raises InputError saying what is wrong.
        """
        if op not in OPS:
            raise InputError(f"there is no change {op!r}{did_you_mean(op, OPS)} Changes: {', '.join(OPS)}.")
        if isinstance(more.get("value"), Settings):
            more["value"] = more["value"].model_dump(mode="json")
        trial = PreferenceGraph(DeltaLog(self.log))
        trial.log.append(target, op, **{**more, "accepted": True})
        trial._built()
        made = self.log.append(target, op, **more)
        self._nodes = self._built()
        return made

    def undo(self, id: int) -> None:
        """Take one change back."""
        self.log.undo(id)
        self._nodes = self._built(lenient=True)

    def redo(self, id: int) -> None:
        """Let it count again."""
        self.log.redo(id)
        self._nodes = self._built(lenient=True)

    def accept(self, id: int) -> None:
        """Let an agent's proposal count."""
        self.log.accept(id)
        self._nodes = self._built(lenient=True)

    def digest(self) -> str:
        """sha256 of what the graph has come to: the same for every log that ends there."""
        told = [
            [node.id, node.what.model_dump(mode="json"), round(node.weight, 9), list(node.exceptions)]
            for node in self._nodes.values()
        ]
        return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()

    def export(self) -> dict[str, Any]:
        """The whole log: nothing is lost."""
        return self.log.export()

    def revoke(self) -> dict[str, int]:
        """Forget everything, what was undone too. What is left says that there was something, and not what."""
        forgotten = len(self.log)
        self.log = DeltaLog()
        self._nodes = self._built()
        return {"forgotten": forgotten}

    @classmethod
    def load(cls, given: Any) -> Self:
        """From what ``export`` gave."""
        return cls(DeltaLog.load(given))

    def _built(self, *, lenient: bool = False) -> dict[str, Node]:
        """The nodes that the log comes to. ``lenient``: a change whose node is not there (it was undone) is skipped."""
        nodes: dict[str, Node] = {}
        for delta in self.log.active():
            if delta.op != "add" and delta.target not in nodes:
                if lenient or any(one.target == delta.target and one.op == "add" for one in self.log):
                    continue
                raise InputError(f"there is no {delta.target!r} in the graph{did_you_mean(delta.target, nodes)}")
            _apply(nodes, delta)
        return nodes


def _apply(nodes: dict[str, Node], delta: Delta) -> None:
    """One change."""
    if delta.op == "add":
        nodes[delta.target] = _added(nodes, delta)
        return
    node = nodes[delta.target]
    made_by = (*node.deltas, delta.id)
    if delta.op == "remove":
        gone = {
            delta.target,
            *(n.id for n in nodes.values() if isinstance(n.what, Facet) and n.what.concern == node.id),
        }
        for id in gone:
            nodes.pop(id, None)
    elif delta.op in ("strengthen", "weaken"):
        sign = 1 if delta.op == "strengthen" else -1
        total = node.total + sign * delta.amount
        nodes[delta.target] = Node(node.id, node.what, total, node.exceptions, made_by)
    else:
        words = str(delta.value or "").strip()
        if not words:
            raise InputError(f"{delta.op}: say in words what the exception is.")
        kept = tuple(one for one in node.exceptions if one != words)
        exceptions = (*kept, words) if delta.op == "add_exception" else kept
        nodes[delta.target] = Node(node.id, node.what, node.total, exceptions, made_by)


def _added(nodes: Mapping[str, Node], delta: Delta) -> Node:
    given = delta.value if isinstance(delta.value, dict) else {}
    kind = Facet if "concern" in given else Concern
    try:
        what = kind.model_validate(given)
    except ValidationError as error:
        raise InputError(f"{delta.target}: {first_problem(error, kind)}") from error
    if isinstance(what, Facet):
        owner = nodes.get(what.concern)
        if owner is None or not isinstance(owner.what, Concern):
            raise InputError(f"{delta.target}: there is no concern {what.concern!r}{did_you_mean(what.concern, nodes)}")
    return Node(delta.target, what, what.weight, (), (delta.id,))
