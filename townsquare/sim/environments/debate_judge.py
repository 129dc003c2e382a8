"""What a debate takes of what its agents want to do, and why not the rest."""

from collections.abc import Collection
from dataclasses import dataclass, field

import numpy as np

from townsquare.protocols.actions import KINDS, Actions
from townsquare.protocols.columns import NOBODY, IntArray
from townsquare.protocols.debate import AGREEMENT, LEVELS, OPPONENTS, STRATEGIES, THOUGHT
from townsquare.protocols.events import REASON
from townsquare.protocols.observations import Observations
from townsquare.sim.environments.debate_design import Design

LONGEST = 8_000
"""Letters of a statement; nobody reads more in three minutes."""
_MAY = {"screen": ("opinion", "rate"), "argue": ("say",), "settle": ("opinion", "guess"), "code": ("code",)}
_SCALES = {"opinion": AGREEMENT, "rate": THOUGHT, "guess": (0, len(OPPONENTS) - 1)}


@dataclass(frozen=True, slots=True)
class Asked:
    """What each agent was asked in this tick."""

    task: dict[int, str] = field(default_factory=dict)
    """By agent; who is not here was asked nothing."""
    items: dict[int, set[int]] = field(default_factory=dict)
    """By agent, what lay before it, and -1: what it may refer to."""

    def add(self, seen: Observations) -> None:
        """Take note of a cohort; an agent may have several rows."""
        for agent, items in zip(seen.agents.tolist(), seen.items.tolist(), strict=True):
            self.task[agent] = seen.task
            self.items.setdefault(agent, set()).update(items, (NOBODY,))


def objections(actions: Actions, asked: Asked, design: Design, statements: Collection[int]) -> IntArray:
    """(n,) codes of ``events.REASONS``, 0 for what is taken.

    Somebody may do what their task asks for, once per item: say how much they agree with their own topic and how much
    they had thought about it (whole numbers 1 to 5), say something (words, 8,000 letters at most, in answer to what lay
    before them or to nothing), guess what the opponent was (0 or 1), code a statement (ten whole numbers 0 to 3).

    Args:
        actions: what is wanted.
        asked: what they were asked.
        design: who debates what with whom.
        statements: items that can be coded.
    """
    reason = np.zeros(len(actions), np.int8)
    done: set[tuple[int, str, int]] = set()
    rows = zip(*(column.tolist() for column in (actions.agent, actions.kind, actions.item, actions.value)), strict=True)
    for row, (agent, code, item, value) in enumerate(rows):
        kind, why = KINDS[code] if 0 <= code < len(KINDS) else "", ""
        about = item if kind == "code" else NOBODY
        task = asked.task.get(agent)
        alone = kind == "guess" and task is not None and design.partner[agent] == NOBODY
        if task is None or alone or kind not in _MAY[task] or not _means(kind, actions, row, value):
            why = "not allowed"
        elif item not in asked.items[agent] or not _fits(kind, item, int(design.topic[agent]), statements):
            why = "not shown"
        elif (agent, kind, about) in done:
            why = "twice"
        else:
            done.add((agent, kind, about))
        reason[row] = REASON[why]
    return reason


def _fits(kind: str, item: int, topic: int, statements: Collection[int]) -> bool:
    """Whether an action of this kind can be about this item."""
    if kind in ("opinion", "rate"):
        return item == topic
    return kind != "code" or item in statements


def _means(kind: str, actions: Actions, row: int, value: float) -> bool:
    """Whether the values of an action are ones that there are; NaN and halves are none."""
    if kind == "say":
        text = actions.text[row]
        return isinstance(text, str) and bool(text.strip()) and len(text) <= LONGEST
    if kind == "code":
        levels = actions.vector[row]
        return len(levels) == len(STRATEGIES) and bool(np.isin(levels, np.arange(len(LEVELS))).all())
    low, high = _SCALES[kind]
    return low <= value <= high and value == round(value)
