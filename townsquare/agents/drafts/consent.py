"""Whether an author lets their earlier posts be read, and which were."""

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(slots=True)
class Consent:
    """Given, used, revoked; without it no earlier post is ever read."""

    posts: tuple[str, ...] = ()
    """What may be read: the author's own posts, newest last; empty without consent."""
    most: int = 5
    """How many are read at a time, the newest."""
    used: int = 0
    """How often they were read."""
    last: int | None = field(default=None)
    """The tick in which they were read last."""

    def give(self, posts: Sequence[str]) -> None:
        """Let these be read."""
        self.posts = tuple(posts)

    def revoke(self) -> None:
        """Take it back: nothing is kept of what could be read."""
        self.posts = ()

    def style(self, tick: int) -> tuple[str, ...]:
        """The posts to write like; each reading is counted."""
        if not self.posts:
            return ()
        self.used, self.last = self.used + 1, tick
        return self.posts[-self.most :]
