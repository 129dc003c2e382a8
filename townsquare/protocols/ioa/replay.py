"""A server's groups once more, from its journal alone: equal entries make equal records."""

from collections.abc import Iterable
from typing import Any

from townsquare.protocols.ioa.cards import Card
from townsquare.protocols.ioa.effects import Effect
from townsquare.protocols.ioa.flow import Flow
from townsquare.protocols.ioa.messages import Say, Usage
from townsquare.protocols.ioa.phases import GroupRecord
from townsquare.protocols.ioa.rules import Rules
from townsquare.protocols.ioa.vocabulary import TaskStatus


class Numbered:
    """Ids of a group's tasks: ``{group}.1``, ``{group}.2``, ..."""

    def __init__(self, comm_id: str) -> None:
        self.comm_id, self.count = comm_id, 0

    def __call__(self) -> str:
        """The next one."""
        self.count += 1
        return f"{self.comm_id}.{self.count}"


def flows(entries: Iterable[dict[str, Any]]) -> dict[str, Flow]:
    """All groups as they stood after the last entry, by id; one whose opening is not among the entries is left out."""
    found: dict[str, Flow] = {}
    for entry in entries:
        if entry["what"] == "opened":
            found[entry["comm_id"]] = opened(entry)
        elif entry["what"] == "group" and entry["comm_id"] in found:
            step(found[entry["comm_id"]], entry)
    return found


def records(entries: Iterable[dict[str, Any]]) -> dict[str, GroupRecord]:
    """The same as records."""
    return {comm_id: flow.record() for comm_id, flow in flows(entries).items()}


def opened(entry: dict[str, Any]) -> Flow:
    """A group as it was opened."""
    return Flow(
        entry["comm_id"],
        entry["goal"],
        [Card.model_validate(card) for card in entry["members"]],
        rules=Rules.model_validate(entry["rules"]),
        max_turns=entry["max_turns"],
        team_up_depth=entry["team_up_depth"],
        parent=entry.get("parent"),
        task_ids=Numbered(entry["comm_id"]),
    )


def step(flow: Flow, entry: dict[str, Any]) -> list[Effect]:
    """One event of a group, once more."""
    now, who = float(entry["now"]), str(entry.get("who", ""))
    match entry["event"]:
        case "start":
            return flow.start(None, now)
        case "say":
            return flow.say(Say.model_validate(entry["said"]), now)
        case "progress":
            return flow.progress(entry["task_id"], who, now)
        case "result":
            status, usage = TaskStatus(entry["status"]), entry.get("usage")
            return flow.result(
                entry["task_id"],
                who,
                status,
                entry.get("output"),
                entry.get("error", ""),
                now,
                Usage.model_validate(usage) if usage is not None else None,
            )
        case "left":
            return flow.left(who, now, grace=entry["grace"])
        case "back":
            return flow.back(who, now)
        case "tick":
            return flow.tick(now)
        case _:
            return flow.cancel(entry.get("reason", ""), now)
