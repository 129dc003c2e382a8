"""What moderators promise: they look at posts and say what is to become of each."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

import numpy as np

from townsquare.protocols.columns import FloatArray, IntArray

ACTIONS = ("abstain", "show", "remove")
"""What can become of a post, by code. ``abstain``: the moderator does not know, and nothing changes."""
ACTION = {name: code for code, name in enumerate(ACTIONS)}


@dataclass(frozen=True, slots=True)
class Posts:
    """Items put before a moderator at the start of a tick, before anybody is shown anything."""

    tick: int
    items: IntArray
    """(n,) ids, in the order in which they are to be looked at."""
    authors: IntArray
    """(n,) agent ids."""
    disputes: IntArray
    """(n,) how many readers disputed each so far."""
    archive: IntArray
    """(m,) everything in circulation, these items included: what they can be compared with."""
    text: Callable[[int], str]
    """What an item says, made only when asked for."""

    def __len__(self) -> int:
        return len(self.items)


@dataclass(frozen=True, slots=True)
class Verdicts:
    """What is to become of the posts, in their order; all columns have the same length."""

    action: IntArray
    """(n,) int8: index into ``ACTIONS``."""
    score: FloatArray
    """(n,) how sure the moderator is that the post breaks the rules: 0 certainly not, 1 certainly."""
    rationale: Sequence[str] = field(default=())
    """(n,) why, in a sentence each."""

    @classmethod
    def abstaining(cls, n: int) -> "Verdicts":
        """Nothing is known of any."""
        return cls(np.zeros(n, np.int8), np.full(n, 0.5), [""] * n)


@runtime_checkable
class Moderator(Protocol):
    """Says what is to become of posts. Never changes the town."""

    async def review(self, posts: Posts) -> Verdicts:
        """One verdict per post. What cannot be decided is abstained from, never shown as harmless."""
