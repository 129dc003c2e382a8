"""Everybody takes the mean of whom they listen to (DeGroot 1974)."""

from pydantic import Field

from townsquare.protocols.columns import FloatArray, steady
from townsquare.protocols.opinion_model import Ground
from townsquare.protocols.settings import Settings
from townsquare.sim.opinions.neighbours import neighbour_mean

DIGITS = 13
"""Decimals that are kept: the last bits of a sum belong to the CPU."""


class DeGroot:
    """Everybody takes the weighted mean of those they listen to, all at once.

    ``x(t + 1) = W x(t)``: W has a row per node, its weights divided by their sum. Who listens to nobody keeps its
    opinion. On a connected graph that is not bipartite (or with ``own`` above 0) everybody comes to agree; on one that
    is regular besides, on the mean.
    """

    class Config(Settings):
        """How much of one's own opinion counts."""

        own: float = Field(default=0, ge=0, lt=1)
        "Weight of a node's own opinion against the mean of its neighbours."

    def __init__(self, config: Config, ground: Ground) -> None:
        self.config, self.ground = config, ground

    def step(self, opinions: FloatArray, tick: int) -> FloatArray:
        """All at once."""
        heard = neighbour_mean(self.ground.weights, opinions)
        own = self.config.own
        moved = steady(heard if own == 0 else own * opinions + (1 - own) * heard, DIGITS)
        moved[self.ground.held] = opinions[self.ground.held]
        return moved
