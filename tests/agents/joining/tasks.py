"""Tasks, as a host hands them to an agent."""

from typing import Any

from townsquare.protocols.ioa.messages import Task


def task(description: str = "", input: Any = None, **more: Any) -> Task:
    """A task with an id of its own where none is given."""
    return Task(id="m1", sender="server", **({"task_id": "t1"} | more), description=description, input=input)
