"""A linear model of items from items, in closed form."""

import numpy as np
from pydantic import Field
from scipy.linalg import lapack

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
from townsquare.sim.recommenders.occurring import Occurring


class Ease(Scorer):
    """Weights between items, fitted in closed form so that each history is predicted from its other items.

    Scores r_u B, where B with zero diagonal minimises |R - RB|^2 + lambda |B|^2 (Steck, WWW 2019, eq. 8):
    B_ij = -P_ij / P_jj with P = (R'R + lambda I)^-1. Time grows with the cube of the items that occur, memory with
    their square: 8 bytes a cell while fitting, 4 afterwards.
    """

    class Config(Settings):
        """Regularisation, and how large a model may grow."""

        regularisation: float = Field(default=500.0, gt=0)
        """Lambda: 300 to 1000 suits a hundred thousand to a million interactions, less suits fewer."""
        max_items: int = Field(default=10_000, ge=1)
        """More items than this are refused; 10,000 take 1.2 GB and about a minute a fit."""

    config: Config

    def __init__(self, config: Config, streams: Streams) -> None:
        super().__init__(config, streams)

    def fit(self, interactions: Interactions, catalogue: Catalogue) -> None:
        """Invert the Gram matrix; in double precision, so that rounding can hide what differs between CPUs."""
        self._occurring = Occurring.of(interactions)
        n_items = len(self._occurring.items)
        if n_items > self.config.max_items:
            raise InputError(
                f"recommender 'ease': {n_items} items have interactions, more than max_items = "
                f"{self.config.max_items}; raise it if memory allows, or use 'gf-cf' or 'item-knn'."
            )
        if not n_items:
            self._weights = np.zeros((0, 0), np.float32)
            return
        ratings = self._occurring.matrix
        gram = np.asfortranarray((ratings.T @ ratings).toarray(), np.float64)
        diagonal = np.diag_indices(n_items)
        gram[diagonal] += self.config.regularisation
        # lambda > 0 makes the matrix positive definite: neither step can fail
        half, _ = lapack.dpotrf(gram, lower=1, overwrite_a=1)
        inverse, _ = lapack.dpotri(half, lower=1, overwrite_c=1)
        inverse = np.tril(inverse) + np.tril(inverse, -1).T
        weights = inverse / -inverse[diagonal]
        weights[diagonal] = 0.0
        self._weights = np.ascontiguousarray(steady(weights), np.float32)

    def score(self, agents: IntArray, items: IntArray, *, tick: int) -> FloatArray:
        """(agents, items) scores."""
        profiles = self._occurring.matrix[self._occurring.rows(agents)]
        columns = self._occurring.columns(items)
        weights = self._weights if len(columns) == len(self._weights) else self._weights[:, columns]
        return np.asarray(profiles @ weights)

    def knows(self, agents: IntArray, items: IntArray) -> tuple[BoolArray, BoolArray]:
        """Those that occur in the history."""
        return self._occurring.known(agents, items)
