"""A journal's entries as tables, for reports and whoever wants to count."""

from collections.abc import Iterable
from typing import Any

import pyarrow as pa

from townsquare.protocols.ioa.replay import flows

Rows = list[dict[str, Any]]
_TEXT, _INT, _TEXTS = pa.string(), pa.int64(), pa.list_(pa.string())
SCHEMAS = {
    "cards": pa.schema(
        {"n": _INT, "name": _TEXT, "owner": _TEXT, "host": _TEXT, "description": _TEXT, "capabilities": _TEXTS}
        | {"event": _TEXT}
    ),
    "messages": pa.schema(
        {"n": _INT, "from": _TEXT, "to": _TEXTS, "kind": _TEXT, "comm_id": _TEXT, "type": _TEXT, "task_id": _TEXT}
        | {"id": _TEXT, "reply_to": _TEXT, "trace": _TEXT, "logical": _INT, "bytes": _INT}
        | {"communication": _INT, "work": _INT}
    ),
    "turns": pa.schema(
        {"n": _INT, "comm_id": _TEXT, "event": _TEXT, "who": _TEXT, "type": _TEXT, "content": _TEXT, "task_id": _TEXT}
        | {"next_speaker": _TEXTS, "triggers": _TEXTS, "state": _TEXT, "floor": _TEXT, "turns": _INT}
    ),
    "groups": pa.schema(
        {"n": _INT, "comm_id": _TEXT, "goal": _TEXT, "members": _TEXTS, "parent": _TEXT, "team_up_depth": _INT}
        | {"max_turns": _INT, "turns": _INT, "state": _TEXT, "status": _TEXT, "conclusion": _TEXT}
    ),
    "tasks": pa.schema(
        {"task_id": _TEXT, "comm_id": _TEXT, "assigner": _TEXT, "assignee": _TEXT, "capability": _TEXT}
        | {"description": _TEXT, "status": _TEXT, "error": _TEXT, "communication": _INT, "work": _INT}
    ),
    "refusals": pa.schema({"n": _INT, "owner": _TEXT, "agent": _TEXT, "code": _TEXT, "reason": _TEXT, "about": _TEXT}),
}
"""``n`` is the number of the entry: the server's order."""


def tables(entries: Iterable[dict[str, Any]]) -> dict[str, pa.Table]:
    """One table per name of ``SCHEMAS``; groups and their tasks as they stood at the end."""
    entries = list(entries)
    rows: dict[str, Rows] = {name: [] for name in SCHEMAS}
    opened: dict[str, int] = {}
    tasks: dict[str, dict[str, Any]] = {}
    for entry in entries:
        match entry["what"]:
            case "card":
                rows["cards"].append({**entry.get("card", {}), **entry})
            case "message":
                rows["messages"].append(entry)
            case "refused":
                rows["refusals"].append(entry)
            case "group":
                rows["turns"].append({**entry.get("said", {}), **entry})
            case "opened":
                opened[entry["comm_id"]] = entry["n"]
            case "task":
                tasks.setdefault(entry["task_id"], {}).update(entry)
    for comm_id, flow in flows(entries).items():
        record = flow.record()
        plain = {name: getattr(record, name) for name in SCHEMAS["groups"].names if name != "n"}
        rows["groups"].append({"n": opened[comm_id], **plain})
        for task in record.tasks:
            plain = {name: getattr(task, name, None) for name in SCHEMAS["tasks"].names}
            cost = task.usage.model_dump() if task.usage is not None else {}
            tasks[task.task_id] = {**plain, **cost, "status": str(task.status)}
    rows["tasks"] = list(tasks.values())
    return {
        name: pa.Table.from_pylist([{key: row.get(key) for key in schema.names} for row in rows[name]], schema=schema)
        for name, schema in SCHEMAS.items()
    }
