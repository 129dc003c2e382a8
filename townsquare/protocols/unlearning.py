"""How a recommender is made to forget accounts: removal, and rollback to what would have been without them."""

from dataclasses import dataclass
from typing import Literal, Protocol, runtime_checkable

import numpy as np

from townsquare.protocols.catalogue import Catalogue
from townsquare.protocols.columns import IntArray
from townsquare.protocols.interactions import Interactions
from townsquare.protocols.recommender import Recommender, lesson


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What became of a request to forget."""

    users: int
    """How many of the accounts had left a trace in the model."""
    exact: bool
    """Whether the recommender is now what a fit without them would have made it, but for rounding."""
    how: Literal["corrected", "refitted"]
    """"corrected": the model itself was changed. "refitted": it was fitted anew, to the log without them."""


@runtime_checkable
class Unlearns(Protocol):
    """A recommender that can forget accounts without the log that it was fitted to."""

    def forget(self, users: IntArray) -> Forgotten:
        """Undo what these accounts taught; ids that it never met, or that stand twice, do no harm.

        They are strangers afterwards, and so are items that nobody else took to. Where exact, ``fit`` to the same
        interactions without their rows would have given the same scores.
        """


def unlearn(recommender: Recommender, log: Interactions, catalogue: Catalogue, users: IntArray) -> Forgotten:
    """Make ``recommender`` forget ``users``, by its own ``forget`` or else by a fit to ``log`` without their rows.

    Correcting a model instead of fitting it anew is the idea of IMCorrect, which is known to us from its abstract only;
    the corrections here (see ``Ease.forget``) are our own and exact.

    Args:
        recommender: Fitted to ``lesson(recommender, log)``.
        log: What it was fitted to, with the rows of ``users``.
        catalogue: As at that fit.
        users: (n,) ids, in any order.
    """
    if isinstance(recommender, Unlearns):
        return recommender.forget(users)
    gone = np.isin(log.users, users)
    known = len(np.unique(lesson(recommender, log.where(gone)).users))
    recommender.fit(lesson(recommender, log.where(~gone)), catalogue)
    return Forgotten(known, exact=True, how="refitted")
