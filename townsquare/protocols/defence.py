"""What defences promise: between the log and the recommender they decide how much each account counts."""

from dataclasses import dataclass, replace
from typing import Protocol, runtime_checkable

import numpy as np

from townsquare.protocols.catalogue import Catalogue
from townsquare.protocols.columns import FloatArray
from townsquare.protocols.errors import ContractError
from townsquare.protocols.interactions import Interactions


@dataclass(frozen=True, slots=True)
class Trust:
    """How much each user of a log counts."""

    weights: FloatArray
    """(n_users,) from 0 (left out) to 1 (counts in full)."""
    scores: FloatArray
    """(n_users,) how suspicious each is; only the order means anything."""

    @classmethod
    def full(cls, n_users: int) -> "Trust":
        """Everybody counts in full."""
        return cls(np.ones(n_users), np.zeros(n_users))


@runtime_checkable
class Defence(Protocol):
    """Weighs the accounts of a log before a recommender learns from it, in any town.

    Built as ``Class(config, streams)``, config being its own nested ``Config``. What it knows after ``weigh`` must
    follow from the arguments of that one call, so that a resumed run weighs the same.
    """

    async def weigh(self, log: Interactions, catalogue: Catalogue, *, tick: int) -> Trust:
        """How much each user counts; an empty log gives full trust."""


def weighed(log: Interactions, trust: Trust) -> Interactions:
    """``log`` without the rows of those who count for nothing, and with the trust in all others."""
    weights = np.asarray(trust.weights, np.float64)
    if weights.shape != (log.n_users,) or not np.isfinite(weights).all() or weights.min(initial=0) < 0:
        raise ContractError(f"a defence gave weights of shape {weights.shape}, not {log.n_users} numbers from 0 to 1.")
    kept = log.where(weights[log.users] > 0)
    return kept if (weights[kept.users] == 1.0).all() else replace(kept, trust=np.minimum(weights, 1.0))
