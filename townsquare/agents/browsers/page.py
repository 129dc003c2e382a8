"""One page before a cohort of browsers, and what they make of it."""

from dataclasses import dataclass
from typing import Protocol

from townsquare.agents.histories import Traits
from townsquare.protocols.columns import BoolArray, FloatArray, IntArray

STAYS, TIRED, CONTENT = 0, 1, 2
"""What a browser does after a page: turns it, or leaves for one of two reasons."""
WORST, BEST = 1, 5
"""Ratings are whole numbers from here to there."""


@dataclass(frozen=True, slots=True)
class Page:
    """Rows are those who are still there, each with a page of its own."""

    number: int
    """From 1."""
    agents: IntArray
    """(n,) who, as rows of the data's people; all draws hang on it."""
    items: IntArray
    """(n, k) item ids, best first; -1 in empty places."""
    traits: Traits
    """n rows."""
    match: FloatArray
    """(n, k) how well items suit the agent's own taste, standard normal over the catalogue."""
    quality: FloatArray
    """(n, k) what everybody thinks of them, likewise."""
    own: FloatArray
    """(n, k) rating the person behind the agent really gave, 1 to 5; nan where there is none."""
    viewed: IntArray
    """(n,) items viewed on earlier pages."""
    likes: IntArray
    """(n,) items liked on earlier pages."""


@dataclass(frozen=True, slots=True)
class Reaction:
    """Row by row what the browsers of a page did."""

    viewed: BoolArray
    """(n, k)"""
    ratings: FloatArray
    """(n, k) 1 to 5; nan where nothing was viewed."""
    leaves: IntArray
    """(n,) STAYS, TIRED or CONTENT."""
    answered: BoolArray
    """(n,) False where no valid answer came; the rest of the row means nothing then."""


class Browser(Protocol):
    """Decides for a cohort; never changes what is shown."""

    async def browse(self, page: Page) -> Reaction:
        """What everybody on the page views, how they rate it, and whether they go on."""
