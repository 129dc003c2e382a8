"""When fake ratings are given: a few of each account per tick."""

import numpy as np

from townsquare.protocols.attack import Profiles
from townsquare.protocols.columns import IntArray
from townsquare.protocols.errors import InputError
from townsquare.protocols.streams import Streams


class Pacing:
    """Row j of an account (from 0) is due at tick ``start + floor(v + (j + u) / pace)``, with u drawn by account and j,
    and v drawn by account, both uniform in (0, 1). Our own rule.

    So each row is due exactly once, those of an account in their order, ``pace`` of them per tick on average, and
    accounts are not in step. A function of the arguments alone: a resumed run finds the same rows.
    """

    def __init__(self, profiles: Profiles, start: int, pace: float, streams: Streams) -> None:
        """``pace`` is ratings per account and tick, above 0; ``profiles`` may come from any attack."""
        if not pace > 0:
            raise InputError(f"shills must give more than 0 ratings per tick (got a pace of {pace:g}).")
        place = _places(profiles.profile)
        jitter = streams.uniform("pacing", 0, profiles.profile, place)
        begin = streams.uniform("pacing", 1, profiles.profile, np.zeros(1, np.int64))
        self.ticks: IntArray = start + np.floor(begin + (place + jitter) / pace).astype(np.int64)
        """(n,) the tick in which each row is due."""

    def due(self, tick: int) -> IntArray:
        """The rows of ``tick``, account by account."""
        return np.flatnonzero(self.ticks == tick)


def _places(profile: IntArray) -> IntArray:
    """(n,) how many rows of the same account come before each; an account's rows stand together."""
    rows = np.arange(len(profile))
    first = np.ones(len(profile), bool)
    first[1:] = profile[1:] != profile[:-1]
    return rows - np.maximum.accumulate(np.where(first, rows, 0)) if len(profile) else rows
