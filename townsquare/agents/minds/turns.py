"""What an agent elsewhere answered for each agent of a task: judged row by row, so that nobody pays for another's."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from townsquare.agents.prompts.quoting import clean
from townsquare.protocols.actions import KIND, Actions
from townsquare.protocols.asking import Outcome
from townsquare.protocols.columns import NOBODY
from townsquare.protocols.events import REASON
from townsquare.protocols.observations import Observations

MAY = {
    "read": ("click", "like"),
    "create": ("post",),
    "screen": ("opinion", "rate"),
    "argue": ("say",),
    "settle": ("opinion", "guess"),
    "browse": ("click", "like", "post", "opinion"),
    "post": ("post",),
    "persuade": ("post",),
    "counter": ("post",),
}
"""The kinds of actions that a task can be answered with; ``no_answer`` says of any that there is none."""
_ABOUT_NOTHING = ("post", "say", "guess")
"""What may be done without naming an item."""
_VALUED = ("opinion", "rate", "guess")
"""What says nothing without a value, in the tasks of a debate."""
_DEBATING = ("screen", "argue", "settle")
TEXT_LETTERS = 8_000
"""Longer posts and statements are no valid answer."""
_LARGEST = 1e6
"""The town takes no larger coordinates."""
_WHY: dict[Outcome, str] = {"invalid": "invalid", "refused": "declined", "failed": "failed"}
_OUTCOME: dict[object, Outcome] = {float(REASON[why]): outcome for outcome, why in _WHY.items()}


@dataclass(frozen=True, slots=True)
class Turn:
    """What came of asking on behalf of one agent."""

    outcome: Outcome
    """``answered``: the actions are what it does, and none is a decision too; ``invalid``: the answer was none;
    ``refused``: the agent asked said that it gives none; ``failed``: nothing came."""
    actions: tuple[dict[str, Any], ...] = ()
    """As in the answer, checked: kind and item; value, text and vector where there is one."""
    why: str = ""
    """For outcomes without actions."""


def turns(output: Any, task: Mapping[str, Any]) -> dict[int, Turn]:
    """The turn of every agent that ``task`` asks about, whatever ``output`` is.

    One bad action makes its agent's turn invalid and no other's; actions on behalf of agents that are not in the task
    are nobody's and are passed over. An agent without a row does nothing.
    """
    rows = {row["agent"]: row for row in task["rows"]}
    given = output.get("actions") if isinstance(output, Mapping) else None
    if not isinstance(given, list):
        return dict.fromkeys(rows, Turn("invalid", why="the answer holds no list of actions"))
    mine: dict[int, list[Any]] = {agent: [] for agent in rows}
    for action in given:
        agent = action.get("agent") if isinstance(action, Mapping) else None
        if isinstance(agent, int) and not isinstance(agent, bool) and agent in mine:
            mine[agent].append(action)
    around = {one["item"] for one in task["elsewhere"]}
    widths = _width(task)
    return {agent: _turn(mine[agent], rows[agent], task, around, widths) for agent in rows}


def actions_of(seen: Observations, found: Mapping[int, Turn]) -> Actions:
    """The turns of a cohort as actions: by kind, then by agent in the cohort's order, then as answered.

    So the order says nothing about who answered when. A post without a vector lies where the item that inspired it
    does, and without one at its author's home.
    """
    parts = []
    for kind in ("click", "like", "post", "rate", "opinion", "guess", "say"):
        done = [
            (i, a) for i, agent in enumerate(seen.agents.tolist()) for a in found[agent].actions if a["kind"] == kind
        ]
        if done:
            who = seen.agents[[i for i, _ in done]]
            parts.append(
                Actions.of(
                    kind,
                    who,
                    np.array([action["item"] for _, action in done]),
                    value=np.array([action.get("value", 0.0) for _, action in done]),
                    vector=np.array([_vector(seen, i, action) for i, action in done]) if kind == "post" else None,
                    text=[action.get("text", "") for _, action in done],
                )
            )
    silent = [agent for agent in seen.agents.tolist() if found[agent].outcome not in ("answered", "repaired")]
    if silent:
        codes = np.array([REASON[_WHY[found[agent].outcome]] for agent in silent], np.float64)
        parts.append(Actions.of("no_answer", np.array(silent), np.full(len(silent), NOBODY), value=codes))
    return Actions.concat(parts)


def _turn(
    given: Sequence[Mapping[str, Any]], row: Mapping[str, Any], task: Mapping[str, Any], around: set[int], width: int
) -> Turn:
    shown = {one["item"] for one in row["items"] if one}
    if task["task"] == "create":
        shown |= around
    counts: dict[str, int] = {}
    kept = []
    for action in given:
        if action.get("kind") == "no_answer":
            value = action.get("value")
            outcome = _OUTCOME.get(value if _is_number(value) else None, "refused")
            return Turn(outcome, why=_short(action.get("text")) or "the agent gives no answer")
        wrong = _wrong(action, task["task"], shown, width)
        if wrong:
            return Turn("invalid", why=wrong)
        kind = action["kind"]
        counts[kind] = counts.get(kind, 0) + 1
        if counts[kind] > task["limit"]:
            return Turn("invalid", why=f"more than {task['limit']} actions of the kind {kind}")
        kept.append(_kept(action))
    return Turn("answered", tuple(kept))


def _wrong(action: Mapping[str, Any], task: str, shown: set[int], width: int) -> str:
    """What is wrong with an action, in a few words; "" for nothing."""
    kind, item, value = action.get("kind"), action.get("item"), action.get("value")
    text, vector = action.get("text"), action.get("vector")
    allowed = MAY.get(task, tuple(KIND))
    if kind not in allowed:
        return f"kind {_short(kind)!r} where {' or '.join(allowed)} is asked for"
    if item is None and kind in _ABOUT_NOTHING:
        item = NOBODY
    if not isinstance(item, int) or isinstance(item, bool):
        return f"item {_short(item)!r}, which is no number of one"
    if item not in shown and not (item == NOBODY and kind in _ABOUT_NOTHING):
        return f"item {_short(item)}, which it was not shown"
    if value is not None and not _is_number(value):
        return f"value {_short(value)!r}, which is no finite number"
    if value is None and task in _DEBATING and kind in _VALUED:
        return f"kind {kind} without a value"
    if kind == "say" and not (isinstance(text, str) and clean(text)):
        return "nothing said"
    if text is not None and (not isinstance(text, str) or len(text) > TEXT_LETTERS):
        return f"a text that is none, or longer than {TEXT_LETTERS:,} letters"
    if vector is not None and not (
        kind == "post"
        and isinstance(vector, list)
        and len(vector) == width
        and all(_is_number(x) and abs(x) < _LARGEST for x in vector)
    ):
        return f"a vector that is not {width} finite numbers below {_LARGEST:,.0f}"
    return ""


def _is_number(value: object) -> bool:
    # whole numbers of any length are JSON, and beyond a float's range they are no values
    return (
        isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e300 and math.isfinite(value)
    )


def _kept(action: Mapping[str, Any]) -> dict[str, Any]:
    """What an action says that the town takes note of; words without what a reader would not see."""
    item = action.get("item")
    kept: dict[str, Any] = {"kind": action["kind"], "item": NOBODY if item is None else item}
    if action.get("value"):
        kept["value"] = float(action["value"])
    if action["kind"] == "say":
        kept["text"] = clean(action["text"])
    if action["kind"] == "post":
        title, _, text = (action.get("text") or "").partition("\n")
        words = "\n".join(part for part in (clean(title), clean(text)) if part)
        if words:
            kept["text"] = words
        if action.get("vector") is not None:
            kept["vector"] = [float(x) for x in action["vector"]]
    return kept


def _width(task: Mapping[str, Any]) -> int:
    """How many numbers place an item in this town; 0 where the task does not tell."""
    places = [row["traits"].get("home") for row in task["rows"][:1]]
    places += [one["features"].get("content") for one in task["elsewhere"][:1]]
    return next((len(place) for place in places if isinstance(place, list)), 0)


def _vector(seen: Observations, row: int, action: Mapping[str, Any]) -> Any:
    if "vector" in action:
        return np.array(action["vector"], np.float64)
    place = np.flatnonzero(seen.elsewhere == action["item"])
    if len(place) and "content" in seen.about_elsewhere:
        return seen.features["content"][place[0]]
    home, content = seen.traits.get("home"), seen.features.get("content", np.zeros((0, 0)))
    return np.full(content.shape[1], np.nan) if home is None else home[row]


def _short(value: object) -> str:
    if isinstance(value, int) and value.bit_length() > 64:
        return "a very long number"  # whose digits Python may refuse to write
    text = value if isinstance(value, str) else "" if value is None else repr(value)
    return clean(text[:200])[:80]
