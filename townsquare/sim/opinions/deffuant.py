"""Bounded confidence in pairs (Deffuant, Neau, Amblard and Weisbuch 2000)."""

import numpy as np
from pydantic import Field

from townsquare.protocols.columns import FloatArray
from townsquare.protocols.opinion_model import Ground
from townsquare.protocols.settings import Settings
from townsquare.sim.opinions.pairs import Pairs


class Deffuant(Pairs):
    """Two who meet and think nearly the same move towards each other.

    ``x_i += mu (x_j - x_i)``, and the same for j, where the two differ by strictly less than epsilon, as NDlib has it.
    On an undirected graph where nobody is held the mean opinion stays as it is.
    """

    class Config(Settings):
        """How near is near enough, and how far a step goes."""

        epsilon: float = Field(default=0.2, ge=0, le=2)
        "Bound of confidence: those whose opinions differ by less listen to each other."
        mu: float = Field(default=0.5, gt=0, le=0.5)
        "Share of the difference that each gives way; at .5 both come to think the same."

    def __init__(self, config: Config, ground: Ground) -> None:
        super().__init__(ground)
        self.config = config

    def meet(self, first: FloatArray, second: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Both move, or neither."""
        return drawn_together(first, second, self.config.epsilon, self.config.mu)


def drawn_together(first: FloatArray, second: FloatArray, epsilon: float, mu: float) -> tuple[FloatArray, FloatArray]:
    """Each goes a share ``mu`` of the way to the other where they differ by less than ``epsilon``; (k,) each."""
    gap = second - first
    near = np.abs(gap) < epsilon
    step = mu * gap
    return np.where(near, first + step, first), np.where(near, second - step, second)
