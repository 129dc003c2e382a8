"""One change after the other, none ever taken out: how everything that a person may revise is kept."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from typing import Any, Literal, Self

from pydantic import Field, ValidationError

from townsquare.protocols.errors import InputError
from townsquare.protocols.settings import Settings
from townsquare.protocols.wording import first_problem

FORMAT = 1


class Delta(Settings):
    """One change to one thing."""

    id: int = Field(ge=0)
    "Its number in the log, from 0."
    target: str
    "What it changes."
    op: str
    "What it does to it; what there is says whose log it is."
    amount: float = 0.0
    "By how much."
    value: Any = None
    "What is added, where it is more than a number: anything that JSON can hold."
    author: Literal["user", "agent"] = "user"
    "Who made it. What a user does counts at once; what an agent does is a proposal."
    evidence: str = ""
    "What it rests on: an item, a sentence."
    tick: int = Field(default=0, ge=0)
    "When."
    accepted: bool = True
    "False for a proposal that nobody has accepted."
    undone: bool = False
    "Whether it was taken back; it stays in the log."

    @property
    def active(self) -> bool:
        """Whether it counts."""
        return self.accepted and not self.undone


class DeltaLog:
    """Deltas in the order in which they were made. Undoing one flips a flag, and is itself undone by ``redo``."""

    def __init__(self, deltas: Iterable[Delta] = ()) -> None:
        self._deltas = list(deltas)

    def __len__(self) -> int:
        return len(self._deltas)

    def __iter__(self) -> Any:
        return iter(tuple(self._deltas))

    def append(self, target: str, op: str, **more: Any) -> Delta:
        """A new delta; what an agent makes waits to be accepted, unless ``accepted`` says otherwise."""
        more.setdefault("accepted", more.get("author", "user") == "user")
        made = Delta(id=len(self._deltas), target=target, op=op, **more)
        self._deltas.append(made)
        return made

    def undo(self, id: int) -> Delta:
        """Take one back; InputError where there is none of this number, or it has been taken back already."""
        return self._flip(id, undone=True)

    def redo(self, id: int) -> Delta:
        """Let one that was taken back count again."""
        return self._flip(id, undone=False)

    def accept(self, id: int) -> Delta:
        """Let a proposal count."""
        return self._put(id, accepted=True)

    def active(self) -> Sequence[Delta]:
        """Those that count, in order."""
        return [delta for delta in self._deltas if delta.active]

    def export(self) -> dict[str, Any]:
        """Everything, with a hash that shows whether anybody changed it; ``load`` reads it back."""
        rows = [delta.model_dump(mode="json") for delta in self._deltas]
        return {"format": FORMAT, "deltas": rows, "sha256": _hash(rows)}

    @classmethod
    def load(cls, given: Any) -> Self:
        """From what ``export`` gave. Raises InputError for another format, a wrong hash, or what is no delta."""
        if not isinstance(given, dict) or given.get("format") != FORMAT:
            raise InputError(f"this is no log of changes of format {FORMAT}.")
        rows = given.get("deltas")
        if not isinstance(rows, list) or given.get("sha256") != _hash(rows):
            raise InputError("the log of changes is not as it was exported: its hash does not fit.")
        try:
            deltas = [Delta.model_validate(row) for row in rows]
        except ValidationError as error:
            raise InputError(f"deltas: {first_problem(error, Delta)}") from error
        if [delta.id for delta in deltas] != list(range(len(deltas))):
            raise InputError("the log of changes does not count its changes from 0 on.")
        return cls(deltas)

    def _flip(self, id: int, *, undone: bool) -> Delta:
        if not 0 <= id < len(self._deltas) or self._deltas[id].undone == undone:
            state = "can be undone" if undone else "was undone"
            raise InputError(f"there is no change number {id} that {state} ({len(self._deltas)} changes in all).")
        return self._put(id, undone=undone)

    def _put(self, id: int, **changed: Any) -> Delta:
        if not 0 <= id < len(self._deltas):
            raise InputError(f"there is no change number {id} ({len(self._deltas)} changes in all).")
        self._deltas[id] = self._deltas[id].model_copy(update=changed)
        return self._deltas[id]


def _hash(rows: Sequence[Any]) -> str:
    return hashlib.sha256(json.dumps(rows, sort_keys=True, ensure_ascii=False).encode("utf-8", "replace")).hexdigest()
