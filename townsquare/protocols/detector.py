"""What detectors promise: how suspicious each account is, and which to call fake."""

from dataclasses import dataclass
from typing import ClassVar, Protocol, runtime_checkable

import numpy as np

from townsquare.protocols.catalogue import Catalogue
from townsquare.protocols.columns import BoolArray, FloatArray, IntArray
from townsquare.protocols.interactions import Interactions


@dataclass(frozen=True, slots=True)
class Suspicion:
    """A detector's opinion of every user of a log. Users without a single row are never flagged."""

    scores: FloatArray
    """(n_users,) the higher, the more suspicious; only the order means anything."""
    flagged: BoolArray
    """(n_users,) whom it calls fake."""

    @classmethod
    def none(cls, n_users: int) -> "Suspicion":
        """Nobody is suspected."""
        return cls(np.zeros(n_users), np.zeros(n_users, bool))


@runtime_checkable
class Detector(Protocol):
    """Looks for fake accounts in a log. Built as ``Class(config, streams)``, config being its own nested ``Config``."""

    needs: ClassVar[tuple[str, ...]]
    """Of "labels" (``learn`` has to be called first), "seeds" (a few known fakes of the very log), "ratings" (values on
    a scale) and "texts" (reviews); InputError where it is missing.
    """

    def learn(self, log: Interactions, catalogue: Catalogue, fake: IntArray) -> None:
        """Learn from a log whose fakes are known: (n_users,) 1 fake, 0 genuine, -1 unknown. Others do nothing."""

    def inspect(self, log: Interactions, catalogue: Catalogue, seeds: IntArray) -> Suspicion:
        """What it thinks of the users of ``log``; ``seeds`` are users known to be fake, often none."""
