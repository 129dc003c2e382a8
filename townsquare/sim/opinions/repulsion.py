"""Attraction between those who are near, repulsion between those who are far apart (backfire)."""

from typing import Self

import numpy as np
from pydantic import Field, model_validator

from townsquare.protocols.columns import FloatArray
from townsquare.protocols.opinion_model import Ground
from townsquare.protocols.settings import Settings
from townsquare.sim.opinions.pairs import Pairs


class Repulsion(Pairs):
    """Two who meet move together where they are near, and apart where they are far.

    Nearer than epsilon, each goes a share mu of the difference towards the other; farther than ``repulsion``, away from
    it, to 0 and 1 at most; in between nothing happens. A common extension of Deffuant's model that is no one paper's
    (our reconstruction).
    """

    class Config(Settings):
        """Who draws near, who drives away."""

        epsilon: float = Field(default=0.2, ge=0, le=2)
        "Those whose opinions differ by less move towards each other."
        repulsion: float = Field(default=0.6, ge=0, le=2)
        "Those whose opinions differ by more move apart; at least epsilon."
        mu: float = Field(default=0.1, gt=0, le=0.5)
        "Share of the difference that each moves."

        @model_validator(mode="after")
        def _bounds_are_in_order(self) -> Self:
            if self.repulsion < self.epsilon:
                raise ValueError(f"repulsion ({self.repulsion:g}) may not be less than epsilon ({self.epsilon:g})")
            return self

    def __init__(self, config: Config, ground: Ground) -> None:
        super().__init__(ground)
        self.config = config

    def meet(self, first: FloatArray, second: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Both move, or neither."""
        gap = second - first
        apart = np.abs(gap)
        step = self.config.mu * np.where(
            apart < self.config.epsilon, gap, np.where(apart > self.config.repulsion, -gap, 0.0)
        )
        return np.clip(first + step, 0.0, 1.0), np.clip(second - step, 0.0, 1.0)
