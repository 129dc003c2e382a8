"""Bounded confidence, all at once (Hegselmann and Krause 2002)."""

import numpy as np
from pydantic import Field

from townsquare.protocols.columns import FloatArray, steady
from townsquare.protocols.opinion_model import Ground
from townsquare.protocols.settings import Settings
from townsquare.sim.opinions.degroot import DIGITS
from townsquare.sim.opinions.neighbours import owners, stretches

TOLERANCE = 1e-12
"""Added to epsilon: on regular grids neighbours lie at exactly epsilon, and the last bit must not decide."""


class HegselmannKrause:
    """Everybody takes the mean of themselves and of the neighbours who think nearly the same, all at once.

    ``x_i(t + 1)`` is the mean over i and those of its neighbours who differ by epsilon at most. At most is ``<=`` with
    a tolerance of 1e-12. Weights of edges play no part.
    """

    class Config(Settings):
        """How near is near enough."""

        epsilon: float = Field(default=0.2, ge=0, le=2)
        "Bound of confidence: neighbours whose opinions differ by this or less are listened to."

    def __init__(self, config: Config, ground: Ground) -> None:
        self.config, self.ground = config, ground

    def step(self, opinions: FloatArray, tick: int) -> FloatArray:
        """All at once."""
        weights, bound = self.ground.weights, self.config.epsilon + TOLERANCE
        moved: FloatArray = np.empty(len(opinions))
        for rows, entries, pointers in stretches(weights):
            here, own = owners(pointers), opinions[rows]
            heard = opinions[weights.indices[entries]]
            near = np.abs(heard - own[here]) <= bound
            sums = np.bincount(here[near], weights=heard[near], minlength=len(own))
            counts = np.bincount(here[near], minlength=len(own))
            moved[rows] = (sums + own) / (counts + 1)
        moved = steady(moved, DIGITS)
        moved[self.ground.held] = opinions[self.ground.held]
        return moved
