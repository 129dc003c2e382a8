"""Who is on a timeline at the start, and how accounts are numbered."""

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from townsquare.protocols.columns import BoolArray, FloatArray, IntArray

_KIND = 1 << 26
"""Seats of one kind of account; no kind has more."""


@dataclass(frozen=True, slots=True)
class Cast:
    """Members with their traits, and who follows whom. Members have the ids from 0, persuaders and bots those after."""

    opinion: FloatArray
    """(members,) in [0, 1]."""
    susceptibility: FloatArray
    """(members,)."""
    tolerance: FloatArray
    """(members,)."""
    hostile: BoolArray
    """(members,)."""
    follows: sp.csr_array
    """(members, members + persuaders) a 1 where a member follows an account."""
    first: IntArray
    """The members to whom persuaders' posts are pushed."""
    n_persuaders: int
    n_bots: int

    @property
    def n_members(self) -> int:
        """How many members there are."""
        return len(self.opinion)

    @property
    def members(self) -> range:
        """Ids of the members."""
        return range(self.n_members)

    @property
    def persuaders(self) -> range:
        """Ids of the persuaders."""
        return range(self.n_members, self.n_members + self.n_persuaders)

    @property
    def bots(self) -> range:
        """Ids of the bots."""
        return range(self.persuaders.stop, self.persuaders.stop + self.n_bots)

    def seats(self, agents: IntArray) -> IntArray:
        """What the random draws about accounts hang on: the same in a town with fewer accounts of another kind."""
        agents = np.asarray(agents, np.int64)
        kind = (agents >= self.n_members).astype(np.int64) + (agents >= self.persuaders.stop)
        starts = np.array([0, self.n_members, self.persuaders.stop])
        return kind * _KIND + agents - starts[kind]

    def pushed(self) -> sp.csr_array:
        """(members, members + persuaders) a 1 where a persuader's posts are pushed to a member."""
        n, p = self.n_members, self.n_persuaders
        row, account = np.repeat(self.first, p), np.tile(np.arange(n, n + p), len(self.first))
        return sp.csr_array((np.ones(len(row), np.float32), (row, account)), shape=(n, n + p))

    def name(self, agent: int) -> str:
        """What others see of an account: nobody can tell a persuader from a member, but a bot says that it is one."""
        return f"bot-{agent - self.bots.start} (a bot)" if agent in self.bots else f"member-{agent}"
