"""Time on the wire: a logical clock that orders messages, wall time for people, and the number of a life."""

import time
from datetime import UTC, datetime


class Clock:
    """Lamport's logical clock (Lamport 1978), and the names that a life gives to its messages."""

    def __init__(self, name: str) -> None:
        """``name``: the host, or the server."""
        self.logical = 0
        self.life = f"{name}:{time.time_ns() // 1_000_000}"
        """``{name}:{n}``; no two lives of one name share it, unless they begin within a millisecond."""
        self._count = 0

    def tick(self) -> int:
        """The time of something that is said now."""
        self.logical += 1
        return self.logical

    def heard(self, logical: int) -> None:
        """Something of that time was heard: whatever is said from now on is later."""
        self.logical = max(self.logical, logical)

    def id(self) -> str:
        """A new message id."""
        self._count += 1
        return f"{self.life}:{self._count}"


def wall() -> str:
    """Wall time, UTC, ISO 8601; for people only."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")
