"""What happened in a group, as one who leads it sees it: the same whoever carried the messages, in whatever order."""

import json
from collections.abc import Sequence
from typing import Any

from townsquare.protocols.ioa.host import Move
from townsquare.protocols.ioa.messages import Result, Type

_ASSIGNS = (Type.SYNC_TASK, Type.ASYNC_TASK)
_STATES = {
    Type.SYNC_TASK: "sync",
    Type.ASYNC_TASK: "async",
    Type.PAUSE: "paused",
    Type.CONCLUDE: "conclusion",
    Type.CONCLUSION: "conclusion",
}
_TEXT = 400
"""Characters of a result that are kept."""


class Minutes:
    """Rows of ``RunFolder.conversations`` without tick, group and step. Results stand where they were first used."""

    def __init__(self) -> None:
        self.rows: list[dict[str, Any]] = []
        self._seen: set[str] = set()
        self._numbers: dict[str, str] = {}
        """Tasks by id, counted from 1: ids are the server's, and differ when a run is gone on with."""

    def opened(self, leader: str, members: Sequence[str], goal: str) -> None:
        """The group is open."""
        self._row("opened", leader, [leader, *members], "discussion", text=goal)

    def take(self, leader: str, results: Sequence[Result]) -> None:
        """What has been delivered by now, in the order in which it was asked for."""
        for one in results:
            if one.task_id not in self._seen:
                self._seen.add(one.task_id)
                text = one.error or _short(one.output)
                cost = (one.usage.communication, one.usage.work) if one.usage is not None else (0, 0)
                self._row(
                    "result",
                    one.sender,
                    [leader],
                    "discussion",
                    text=text,
                    task=self._number(one.task_id),
                    status=str(one.status),
                    cost=cost,
                )

    def said(self, leader: str, members: Sequence[str], move: Move) -> None:
        """A move, and the work that it hands out."""
        state = _STATES.get(move.type, "discussion")
        cost = (move.usage.communication, move.usage.work) if move.usage is not None else (0, 0)
        triggers = " ".join(map(self._number, move.triggers))
        self._row("say", leader, members, state, type=str(move.type), text=move.content, task=triggers, cost=cost)
        for to in move.next_speaker if move.type in _ASSIGNS else ():
            self._row(
                "task", leader, [to], state, text=move.task_abstract or move.task_desc, task=self._number(move.task_id)
            )

    def ended(self, members: Sequence[str], status: str, conclusion: str) -> None:
        """How it ended."""
        self._row("ended", "server", members, "conclusion", text=conclusion, status=status)

    def _number(self, task_id: str) -> str:
        return self._numbers.setdefault(task_id, str(len(self._numbers) + 1))

    def _row(
        self,
        kind: str,
        sender: str,
        receivers: Sequence[str],
        state: str,
        *,
        type: str = "",
        text: str = "",
        task: str = "",
        status: str = "",
        cost: tuple[int, int] = (0, 0),
    ) -> None:
        self.rows.append(
            {
                "kind": kind,
                "sender": sender,
                "receivers": " ".join(receivers),
                "state": state,
                "type": type,
                "text": text,
                "task": task,
                "status": status,
                "communication": cost[0],
                "work": cost[1],
            }
        )


def _short(output: Any) -> str:
    text = output if isinstance(output, str) else json.dumps(output, ensure_ascii=False)
    return text if len(text) <= _TEXT else text[: _TEXT - 1] + "…"
