"""What a server that was killed left unfinished, read by the next one from the journal."""

from collections.abc import Iterable

from townsquare.protocols.ioa.clock import Clock
from townsquare.protocols.ioa.journal import Entry, Journal
from townsquare.protocols.ioa.messages import Ended
from townsquare.protocols.ioa.names import SERVER

KILLED = "the server was killed; another one has started"


def over(comm_id: str, clock: Clock) -> Ended:
    """What a member of such a group is told."""
    told = {"id": clock.id(), "sender": SERVER, "logical": clock.tick(), "comm_id": comm_id}
    return Ended.model_validate({**told, "status": "cancelled", "conclusion": KILLED})


class Unfinished:
    """Groups and tasks of earlier lives: all are over, and whoever was in a group is told so when it is there."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self.groups: dict[str, tuple[str, ...]] = {}
        """By id, the members."""
        self.tasks: set[str] = set()
        """Ids of those outside groups; who still wants one asks again."""
        self._told: dict[str, list[str]] = {}
        for entry in entries:
            self._read(entry)
        for comm_id, members in self.groups.items():
            for name in members:
                self._told.setdefault(name, []).append(comm_id)

    def note(self, journal: Journal) -> None:
        """End them in the journal too, so that its tables and whoever starts next know."""
        for comm_id in self.groups:
            journal.note("group", comm_id=comm_id, event="cancel", now=0.0, reason=KILLED, ended="cancelled")
        for task_id in sorted(self.tasks):
            journal.note("task", task_id=task_id, status="cancelled", error=KILLED)

    def of(self, name: str) -> list[str]:
        """Groups whose end an agent has not been told; from now on it has."""
        return self._told.pop(name, [])

    def _read(self, entry: Entry) -> None:
        if entry["what"] == "opened":
            self.groups[entry["comm_id"]] = tuple(card["name"] for card in entry["members"])
        elif entry["what"] == "group" and "ended" in entry:
            self.groups.pop(entry["comm_id"], None)
        elif entry["what"] == "task":
            (self.tasks.add if entry["status"] == "to_start" else self.tasks.discard)(entry["task_id"])
