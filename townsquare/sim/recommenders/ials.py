"""Matrix factorisation by alternating least squares, from the package implicit."""

from typing import ClassVar

import numpy as np
from pydantic import Field
from scipy.sparse import csr_matrix
from threadpoolctl import threadpool_limits

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
)
from townsquare.sim.recommenders.factors import Factors
from townsquare.sim.recommenders.occurring import Occurring


class IALS(Scorer):
    """Factors fitted to 1 for what was taken to, with more confidence, and to 0 for all else (implicit ALS).

    Scores p_u q_i with confidence alpha: Hu, Koren and Volinsky (ICDM 2008, eq. 3), as the package ``implicit`` solves
    it by conjugate gradients.
    Needs ``pip install 'townsquare[cf]'``.

    With ``Interactions.trust`` the confidence in a user's interactions is alpha times its trust; afterwards its own
    factors are solved for once more, from its whole history.
    """

    class Config(Settings):
        """Size of the model and of its fit."""

        factors: int = Field(default=32, ge=1)
        """Numbers per user and item."""
        regularisation: float = Field(default=10.0, ge=0)
        """Weight of the squared norms."""
        alpha: float = Field(default=1.0, gt=0)
        """Confidence in an interaction; large values (40) measurably hurt on dense data."""
        iterations: int = Field(default=15, ge=1)
        """Alternations between users and items."""

    weighs: ClassVar[bool] = True
    config: Config

    def __init__(self, config: Config, streams: Streams) -> None:
        super().__init__(config, streams)

    def fit(self, interactions: Interactions, catalogue: Catalogue) -> None:
        """One thread, and a seed of its own: the same call gives the same factors."""
        try:
            from implicit.cpu.als import AlternatingLeastSquares
        except ImportError as error:
            raise InputError(
                "recommender 'ials' needs the package 'implicit': pip install 'townsquare[cf]'."
            ) from error
        occurring = Occurring.of(interactions)
        if not len(occurring.items):
            empty = np.zeros((0, self.config.factors))
            self._factors = Factors.of(occurring, empty, empty)
            return
        with threadpool_limits(1, "blas"):
            model = AlternatingLeastSquares(
                factors=self.config.factors,
                regularization=self.config.regularisation,
                alpha=self.config.alpha,
                iterations=self.config.iterations,
                num_threads=1,
                dtype=np.float32,
                random_state=int(self.streams.get("recommender", "ials").integers(2**31)),
            )
            model.fit(csr_matrix(occurring.weighted(), dtype=np.float32), show_progress=False)
            if occurring.trust is not None:
                less = np.flatnonzero(occurring.trust < 1.0)
                model.user_factors[less] = model.recalculate_user(less, csr_matrix(occurring.matrix[less]))
        self._factors = Factors.of(occurring, model.user_factors, model.item_factors)

    def score(self, agents: IntArray, items: IntArray, *, tick: int) -> FloatArray:
        """(agents, items) scores."""
        return self._factors.score(agents, items)

    def knows(self, agents: IntArray, items: IntArray) -> tuple[BoolArray, BoolArray]:
        """Those that occur in the history."""
        return self._factors.occurring.known(agents, items)
