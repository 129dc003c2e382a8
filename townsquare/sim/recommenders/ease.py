"""A linear model of items from items, in closed form."""

from typing import ClassVar

import numpy as np
from pydantic import Field
from scipy.linalg import lapack, solve_triangular

from townsquare.protocols import (
    BoolArray,
    Catalogue,
    FloatArray,
    InputError,
    IntArray,
    Interactions,
    Scorer,
    Settings,
    Streams,
    steady,
)
from townsquare.protocols.unlearning import Forgotten
from townsquare.sim.recommenders.occurring import Occurring


class Ease(Scorer):
    """Weights between items, fitted in closed form so that each history is predicted from its other items.

    Scores r_u B, where B with zero diagonal minimises |R - RB|^2 + lambda |B|^2 (Steck, WWW 2019, eq. 8):
    B_ij = -P_ij / P_jj with P = (R'R + lambda I)^-1. Time grows with the cube of the items that occur, memory with
    their square: 8 bytes a cell while fitting, 4 afterwards.

    With ``Interactions.trust`` w the sum of squared errors is weighted by user: R'diag(w)R in place of R'R. Scores are
    still those of a user's whole history.
    """

    class Config(Settings):
        """Regularisation, and how large a model may grow."""

        regularisation: float = Field(default=500.0, gt=0)
        """Lambda: 300 to 1000 suits a hundred thousand to a million interactions, less suits fewer."""
        max_items: int = Field(default=10_000, ge=1)
        """More items than this are refused; 10,000 take 1.2 GB and about a minute a fit."""

    weighs: ClassVar[bool] = True
    config: Config

    def __init__(self, config: Config, streams: Streams) -> None:
        super().__init__(config, streams)

    def fit(self, interactions: Interactions, catalogue: Catalogue) -> None:
        """Invert the Gram matrix; in double precision, so that rounding can hide what differs between CPUs."""
        self._learn(Occurring.of(interactions))

    def _learn(self, occurring: Occurring) -> None:
        self._occurring = occurring
        n_items = len(occurring.items)
        if n_items > self.config.max_items:
            raise InputError(
                f"recommender 'ease': {n_items} items have interactions, more than max_items = "
                f"{self.config.max_items}; raise it if memory allows, or use 'gf-cf' or 'item-knn'."
            )
        if not n_items:
            self._keep(np.zeros((0, 0)))
            return
        gram = np.asfortranarray((occurring.matrix.T @ occurring.weighted()).toarray(), np.float64)
        gram[np.diag_indices(n_items)] += self.config.regularisation
        # lambda > 0 makes the matrix positive definite: neither step can fail
        half, _ = lapack.dpotrf(gram, lower=1, overwrite_a=1)
        inverse, _ = lapack.dpotri(half, lower=1, overwrite_c=1)
        self._keep(np.tril(inverse) + np.tril(inverse, -1).T)

    def _keep(self, inverse: FloatArray) -> None:
        """Make the weights of P; its diagonal is kept too, so that ``forget`` can make P of the weights again."""
        self._diagonal = np.diag(inverse).copy()
        weights = inverse / -self._diagonal
        weights[np.diag_indices(len(weights))] = 0.0
        self._weights = np.ascontiguousarray(steady(weights), np.float32)

    def forget(self, users: IntArray) -> Forgotten:
        """What a fit without these users would have given, up to the single precision of the weights.

        Their rows A (times the roots of their trust) leave R'R, so by the identity of Woodbury
        P' = P + PA' (I - APA')^-1 AP. For s users and m items that takes m^2 s steps instead of m^3: much less where
        few leave. Where more than an eighth of m do, the inverse is computed anew from what is left.
        """
        before = self._occurring
        rows = np.unique(before.rows(users))
        rows = rows[rows >= 0]
        left = before.without(users)
        if 8 * len(rows) > len(before.items):
            self._learn(left)
        elif len(rows):
            self._occurring = left
            self._keep(self._downdated(before, rows)[np.ix_(before.columns(left.items), before.columns(left.items))])
        return Forgotten(len(rows), exact=True, how="corrected")

    def _downdated(self, before: Occurring, rows: IntArray) -> FloatArray:
        """(m, m) the inverse without ``rows``."""
        inverse = self._weights * -self._diagonal
        inverse[np.diag_indices(len(inverse))] = self._diagonal
        roots = np.ones(len(before.users)) if before.trust is None else np.sqrt(before.trust)
        gone = before.times(roots)[rows]
        reach = gone @ inverse
        # I - APA' is as positive definite as P': the factorisation cannot fail
        half = np.linalg.cholesky(np.eye(len(rows)) - gone @ reach.T)
        step = solve_triangular(half, reach, lower=True)
        inverse += step.T @ step
        return inverse

    def score(self, agents: IntArray, items: IntArray, *, tick: int) -> FloatArray:
        """(agents, items) scores."""
        profiles = self._occurring.matrix[self._occurring.rows(agents)]
        columns = self._occurring.columns(items)
        weights = self._weights if len(columns) == len(self._weights) else self._weights[:, columns]
        return np.asarray(profiles @ weights)

    def knows(self, agents: IntArray, items: IntArray) -> tuple[BoolArray, BoolArray]:
        """Those that occur in the history."""
        return self._occurring.known(agents, items)
