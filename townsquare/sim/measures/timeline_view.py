"""What measures look at: one finished tick of a timeline."""

from dataclasses import dataclass
from typing import Any

from townsquare.protocols.columns import BoolArray, FloatArray, IntArray


@dataclass(frozen=True, slots=True)
class TimelineView:
    """One tick, after everything in it has happened.

    Members have the ids from 0, persuaders those after them, bots the last.
    """

    tick: int
    n_members: int
    n_persuaders: int
    n_bots: int
    goal: int
    """Which way the persuaders want opinions to go: 1 up, -1 down; the same where there are none."""
    started: FloatArray
    """(members,) opinions before the first tick."""
    before: FloatArray
    """(members,) opinions before this tick."""
    opinions: FloatArray
    """(members,) opinions after it."""
    tolerance: FloatArray
    """(members,)."""
    hostile: BoolArray
    """(members,) whose posts do harm."""
    posts: Any
    """The table of posts (``TimelinePosts``): ``posts["author"]`` and so on are columns by post id. Row 0 is the
    proposition. ``parent``: what it answers; ``harm``; ``counter``: counterspeech; ``countered``, ``answered``:
    answers below it by bots, and by members who speak against it; ``likes``, ``shown``, ``clicks``, ``replies``.
    """
    new: IntArray
    """Ids of the posts of this tick, answers included."""
    harmful: float
    """Harm from which a post counts as harmful."""
    shown: IntArray
    """(members, length) post ids, -1 in empty places."""
    sources: IntArray
    """(members, length) where each came from (``REASONS``)."""
    reads: tuple[IntArray, IntArray]
    """Members and posts of what was read."""
    likes: tuple[IntArray, IntArray]
    """Members and posts of what was liked."""
    moves: tuple[IntArray, IntArray, FloatArray]
    """Members, posts and by how much each post moved the member's opinion, in the order in which it happened."""
    withheld: int = 0
    """Replies of bots that were not sent in this tick: their own guard kept them back."""

    def persuading(self, items: IntArray) -> BoolArray:
        """Which of these posts are a persuader's; False for -1."""
        author = self.posts["author"][items]
        ours: BoolArray = (author >= self.n_members) & (author < self.n_members + self.n_persuaders) & (items >= 0)
        return ours

    def by_bot(self, items: IntArray) -> BoolArray:
        """Which of these posts are a bot's; False for -1."""
        ours: BoolArray = (self.posts["author"][items] >= self.n_members + self.n_persuaders) & (items >= 0)
        return ours
