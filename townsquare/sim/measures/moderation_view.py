"""What measures look at: one finished tick of a moderated timeline."""

from dataclasses import dataclass
from typing import Any

from townsquare.protocols.columns import BoolArray, FloatArray, IntArray


@dataclass(frozen=True, slots=True)
class ModerationView:
    """One tick, after everything in it has happened."""

    tick: int
    author: IntArray
    """(posts,) who wrote each; the members have the ids from 0."""
    docket: Any
    """What became of every post (``Docket``): ``docket["kind"]`` and so on are columns by post id."""
    breaks: BoolArray
    """(kinds,) which kinds break the rules."""
    new: IntArray
    """Ids of the posts of this tick, answers left out."""
    looked: IntArray
    """Ids of the posts at which a moderator of the channel looked in this tick; empty where there is none."""
    shown: IntArray
    """(members, length) post ids, -1 in empty places."""
    reads: tuple[IntArray, IntArray]
    """Members and posts of what was read."""
    policy: IntArray
    """(members,) the number of a reader's policy, -1 for none."""
    blocks: BoolArray
    """(policies, kinds) what each policy blocks."""
    authors: IntArray
    """(members,) what each is up to (``KINDS``)."""
    rate: FloatArray
    """(members,) how often each posts, as a share of how often it did at first."""
    suspended: int
    """Members who may not post in this tick."""
    decided: int
    """Posts that the reviewer decided in this tick, held ones and appeals."""
    waiting: int
    """Posts that wait for the reviewer after it."""
    appealed: int
    """Appeals made in this tick."""
    appeals: int
    """Appeals decided in this tick."""
    granted: int
    """Those of them that were granted."""
    filtered: tuple[int, int]
    """Posts that came before readers' filters in this tick, and those at which they looked more than once."""
