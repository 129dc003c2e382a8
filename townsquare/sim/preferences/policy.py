"""A reader's own rules in words and examples: block a category, unblock it, block variations of one text.

After arXiv 2511.05532, personalisation; what is kept, and that everything can be undone, is our reconstruction.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, Self

from townsquare.protocols.chat import Message
from townsquare.protocols.deltas import Delta, DeltaLog
from townsquare.protocols.errors import InputError, did_you_mean
from townsquare.protocols.moderator import Labelled
from townsquare.sim.moderators.demonstrations import Demonstrations
from townsquare.sim.moderators.in_context import PLAIN
from townsquare.sim.moderators.moderate_prompt import DEFINITIONS, moderate

Status = Literal["block", "allow"]
_TOLD = {name: f'{{"label": "{name}"}}' for name in PLAIN}


@dataclass(frozen=True, slots=True)
class Category:
    """A kind of text as the reader sees it."""

    name: str
    definition: str
    status: Status
    examples: tuple[str, ...]
    """The reader's own, oldest first."""


class Policy:
    """What one reader wants blocked. Every act is a delta; an effective prompt is a function of those that count.

    Examples of a category that is unblocked are relabelled, not taken out, so that undoing the act gives the earlier
    prompt back to the byte.
    """

    def __init__(self, log: DeltaLog | None = None) -> None:
        self.log = log or DeltaLog()

    def categories(self) -> dict[str, Category]:
        """By name, in the order in which they were first spoken of."""
        found: dict[str, Category] = {}
        for delta in self.log.active():
            before = found.get(delta.target)
            given = delta.value or {}
            status: Status = "allow" if delta.op == "unblock" else "block"
            definition = given.get("definition") or (before.definition if before else "")
            examples = (*(before.examples if before else ()), *given.get("examples", ()))
            found[delta.target] = Category(delta.target, definition, status, tuple(dict.fromkeys(examples)))
        return found

    def block(self, category: str, definition: str = "", examples: Sequence[str] = (), *, tick: int = 0) -> Delta:
        """Block a category, by its definition, by examples, or both; a common one has a definition."""
        if not category.strip():
            raise InputError("a category to block needs a name.")
        definition = definition or DEFINITIONS.get(category, "")
        if not definition and not examples:
            raise InputError(f"to block {category!r}, say what it is, or give an example.")
        return self.log.append(category, "block", value=_value(definition, examples), tick=tick)

    def unblock(self, category: str, *, tick: int = 0) -> Delta:
        """Allow a category, whether or not it was blocked before by this reader."""
        known = {*self.categories(), *DEFINITIONS}
        if category not in known:
            raise InputError(f"there is no category {category!r}{did_you_mean(category, known)}")
        return self.log.append(category, "unblock", tick=tick)

    def block_variations(self, text: str, copies: Sequence[str] = (), *, tick: int = 0) -> Delta:
        """Block one text and what says the same in other words; ``copies`` are such variations, if any are known."""
        if not text.strip():
            raise InputError("to block variations of a text, give the text.")
        name = f"variations {sum(delta.target.startswith('variations ') for delta in self.log) + 1}"
        definition = "says the same as its examples, whatever the wording"
        return self.log.append(name, "block", value=_value(definition, [text, *copies]), tick=tick)

    def undo(self, id: int) -> Delta:
        """Take one act back."""
        return self.log.undo(id)

    def prompt(
        self, text: str, base: Labelled, shown: Demonstrations, *, level: Literal[1, 2] = 2
    ) -> tuple[Message, ...]:
        """What a language model is asked about ``text`` for this reader: benign or harmful.

        ``base`` are labelled texts that everybody starts from, ``shown`` chooses among them (it was made from
        ``base``); the reader's own examples come after them, all of them. A category of ``base`` that the reader
        allows counts as benign, one that the reader blocks as harmful.
        """
        categories = self.categories()
        rows = shown.of([text])[0].tolist()
        examples = []
        for row in rows:
            name = base.names[int(base.labels[row])]
            mine = categories.get(name)
            harmful = base.harmful[int(base.labels[row])] if mine is None else mine.status == "block"
            examples.append((base.texts[row], _TOLD[PLAIN[harmful]]))
        for category in categories.values():
            label = PLAIN[category.status == "block"]
            examples += [(one, _TOLD[label]) for one in category.examples if one != text]
        notes = [_note(category) for category in categories.values()] if level == 2 else []
        definitions = DEFINITIONS if level == 2 else None
        return moderate(text, PLAIN, examples, definitions=definitions, notes=notes)

    def export(self) -> dict[str, Any]:
        """Everything; ``load`` reads it back without loss."""
        return self.log.export()

    @classmethod
    def load(cls, given: Any) -> Self:
        """From what ``export`` gave; InputError for anything else."""
        log = DeltaLog.load(given)
        strange = next((delta.op for delta in log if delta.op not in ("block", "unblock")), None)
        if strange is not None:
            raise InputError(f"{strange!r} is no act of a reader's policy: block, unblock.")
        for delta in log:
            if not _told(delta.value):
                raise InputError(f"change {delta.id} of the policy says neither a definition nor examples in words.")
        return cls(log)

    def revoke(self) -> dict[str, int]:
        """Forget everything, what was undone too. What is left says that there was something, and not what."""
        forgotten = len(self.log)
        self.log = DeltaLog()
        return {"forgotten": forgotten}


def _value(definition: str, examples: Sequence[str]) -> dict[str, Any]:
    return {"definition": definition, "examples": list(examples)}


def _told(value: Any) -> bool:
    """Whether a value is one that ``_value`` gives, or none."""
    if value is None:
        return True
    examples = value.get("examples", []) if isinstance(value, dict) else None
    return isinstance(examples, list) and all(isinstance(one, str) for one in (value.get("definition", ""), *examples))


def _note(category: Category) -> str:
    if category.status == "allow":
        return f"This reader regards {category.name} texts as acceptable: they are benign."
    name = (
        "Harmful for this reader"
        if category.name.startswith("variations ")
        else f"Harmful for this reader: {category.name}"
    )
    return f"{name}: {category.definition}." if category.definition else f"{name}, as in the examples."
