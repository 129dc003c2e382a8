"""Vectors of users and items whose products are the scores."""

from dataclasses import dataclass

import numpy as np

from townsquare.protocols import FloatArray, IntArray
from townsquare.sim.recommenders.occurring import Occurring


@dataclass(frozen=True, slots=True)
class Factors:
    """A factor model of a history, rounded so that its scores are the same on every machine.

    All entries are multiples of 2^-20 (about a millionth). As long as the sizes of the products that make a score sum
    to less than 8,192, every product and every sum of products is exact in double precision: no order of summation, and
    no BLAS, can change a score.
    """

    occurring: Occurring
    users: FloatArray
    """(n, d) float64, a row for each user that occurs."""
    items: FloatArray
    """(m, d) float64, a row for each item that occurs."""

    @classmethod
    def of(cls, occurring: Occurring, users: FloatArray, items: FloatArray) -> "Factors":
        """Round the vectors a model has learnt."""
        return cls(occurring, _grid(users), _grid(items))

    def score(self, agents: IntArray, items: IntArray) -> FloatArray:
        """(agents, items) p_u q_i; all of them must occur."""
        rows, columns = self.occurring.rows(agents), self.occurring.columns(items)
        scores: FloatArray = self.users[rows] @ self.items[columns].T
        return scores


def _grid(values: FloatArray) -> FloatArray:
    rounded: FloatArray = np.rint(np.asarray(values, np.float64) * 2.0**20) * 2.0**-20
    return rounded
