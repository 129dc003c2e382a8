"""Trust that flows from long-standing accounts along agreement, and hardly reaches Sybils."""

import logging
from pathlib import Path
from typing import Literal

import numpy as np
from pydantic import Field
from scipy.sparse import csr_array

from townsquare.protocols import (
    BoolArray,
    Catalogue,
    FloatArray,
    InputError,
    IntArray,
    Interactions,
    Settings,
    Streams,
    Trust,
    steady,
)
from townsquare.sim.defences.trust_graph import agreeing, read_graph
from townsquare.sim.defences.walks import Walks, decayed

_log = logging.getLogger(__name__)


class MeritRank:
    """Accounts count as much as trust reaches them from a few seeds.

    Walks and decays are those of Nasrulin, Ishmaev and Pouwelse, "MeritRank" (2022, arXiv 2207.09950; see ``Walks``).
    Ours are what is around them: the graph (``graph``, or the agreement of users, see ``agreeing``), seeds that are
    simply the oldest accounts, and how a score becomes a weight: its ratio to ``enough`` times the median score of the
    accounts that seeds trust directly, at most 1. Seeds count in full. Who trusts nobody and is trusted by nobody gets
    ``fallback``, and a line in the log of the program says how many there are: a newcomer is no suspect. Who is in the
    graph and was never reached gets ``unreached``.

    It caps what Sybils gain from each other: a chain of them behind one account gets at most (1 - alpha) / alpha
    times that account's score. It does not unmask them, and fakes that agree with honest users are trusted by these.
    """

    class Config(Settings):
        """Where trust begins, how it decays, and what follows from it."""

        graph: str | None = None
        """CSV of who trusts whom (user, followed, weight), users by number; by default trust is read off agreement."""
        friends: int = Field(default=20, ge=1)
        """Without a graph: how many others each user trusts at most, those it agrees with most."""
        common: int = Field(default=3, ge=1)
        """Without a graph: items that two users must have in common to trust each other."""
        seeds: tuple[int, ...] | None = None
        """Users who are trusted; by default the oldest accounts."""
        elders: float = Field(default=0.1, gt=0, le=1)
        """Without a list of seeds: share of users, those who came first, that are seeds; ties to the smaller id."""
        walks: int = Field(default=20_000, ge=1)
        """Random walks, shared out among the seeds."""
        alpha: float = Field(default=0.15, gt=0, le=1)
        """Transitivity decay: probability that a walk ends before a step; more stops Sybils, and distant friends."""
        score: Literal["hits", "visits"] = "hits"
        """What is counted: walks that came by (PHT, better against cycles), or every visit (PPR)."""
        bottleneck: float = Field(default=1.0, gt=0)
        """Connectivity decay sets in where this share of an account's walks came through one other; above 1 never."""
        gamma: float = Field(default=0.5, ge=0, le=1)
        """What the score of such an account is multiplied with, besides that share."""
        enough: float = Field(default=0.2, gt=0)
        """Share of the median score of the directly trusted from which on an account counts in full."""
        fallback: float = Field(default=0.5, ge=0, le=1)
        """Weight of accounts without any edge."""
        unreached: float = Field(default=0.0, ge=0, le=1)
        """Weight of accounts that have edges, but that no walk came by."""

    def __init__(self, config: Config, streams: Streams) -> None:
        self.config, self.streams = config, streams

    async def weigh(self, log: Interactions, catalogue: Catalogue, *, tick: int) -> Trust:
        """Weights; the scores are minus the MeritRank, so the most suspicious are those whom least trust reaches.

        Raises InputError for seeds that are no users, DataError for a graph that cannot be read.
        """
        if not len(log):
            return Trust.full(log.n_users)
        config = self.config
        seeds = self._seeds(log)
        if config.graph is None:
            graph = agreeing(log, config.friends, config.common)
        else:
            graph = read_graph(Path(config.graph), log.n_users)
        rng = self.streams.get("defence", "merit-rank")
        walks = Walks.taken(graph, seeds, config.walks, config.alpha, rng)
        raw = walks.hitting() if config.score == "hits" else walks.ranking()
        if config.bottleneck <= 1.0:
            raw = decayed(raw, walks.bottleneck(), config.bottleneck, config.gamma)
        scores = steady(raw)
        weights = self._weights(scores, graph, seeds, np.bincount(log.users, minlength=log.n_users) > 0)
        scores[seeds] = max(float(scores.max()), 1.0)
        return Trust(weights, -scores)

    def _seeds(self, log: Interactions) -> IntArray:
        if self.config.seeds is not None:
            wrong = [seed for seed in self.config.seeds if not 0 <= seed < log.n_users]
            if wrong:
                raise InputError(
                    f"defence 'merit-rank': seed {wrong[0]} is no user; allowed are 0 to {log.n_users - 1}."
                )
            return np.unique(np.array(self.config.seeds, np.int64))
        present, first = np.unique(log.users, return_index=True)
        oldest = np.lexsort((present, log.ticks[first]))
        return np.sort(present[oldest[: max(1, round(self.config.elders * len(present)))]].astype(np.int64))

    def _weights(self, scores: FloatArray, graph: csr_array, seeds: IntArray, present: BoolArray) -> FloatArray:
        """(n_users,) from 0 to 1."""
        config = self.config
        lonely = np.ones(len(scores), bool)
        rows, columns = graph.nonzero()
        lonely[rows] = lonely[columns] = False
        direct = np.zeros(len(scores), bool)
        direct[columns[np.isin(rows, seeds)]] = True
        direct[seeds] = False
        trusted = scores[direct & (scores > 0)]
        full = config.enough * float(np.median(trusted)) if len(trusted) else np.inf
        weights = np.where(scores > 0, np.minimum(scores / full, 1.0), config.unreached)
        weights[lonely] = config.fallback
        weights[seeds] = 1.0
        lonely[seeds] = False
        if (lonely & present).any():
            _log.info(
                "merit-rank: %d of %d accounts have no ties yet; each counts %g.",
                (lonely & present).sum(),
                present.sum(),
                config.fallback,
            )
        return steady(weights)
