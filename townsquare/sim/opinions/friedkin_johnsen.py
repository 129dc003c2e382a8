"""Everybody is drawn back to what they thought at first (Friedkin and Johnsen 1990)."""

import numpy as np
import scipy.sparse as sp
from pydantic import Field

from townsquare.protocols.columns import FloatArray, steady
from townsquare.protocols.opinion_model import Ground
from townsquare.protocols.settings import Settings
from townsquare.sim.opinions.degroot import DIGITS
from townsquare.sim.opinions.neighbours import neighbour_mean


class FriedkinJohnsen:
    """Everybody takes the mean of those they listen to and of what they thought at first.

    ``x(t + 1) = L W x(t) + (I - L) x(0)``: W as in DeGroot's model, L = diag(1 - stubbornness). With stubbornness 0
    this is DeGroot's model, with 1 nothing moves. Who listens to nobody keeps its opinion.
    """

    class Config(Settings):
        """How stubborn people are."""

        stubbornness: float | str = Field(default=0.2)
        "Weight of what one thought at first, 0 to 1: the same for all, or a column of the table of nodes."

    def __init__(self, config: Config, ground: Ground) -> None:
        self.config, self.ground = config, ground
        said = config.stubbornness
        if isinstance(said, str):
            self.stubbornness = ground.column(said)
        elif 0 <= said <= 1:
            self.stubbornness = np.full(len(ground.start), float(said))
        else:
            raise ValueError(f"stubbornness must be from 0 to 1 (got {said:g})")

    def step(self, opinions: FloatArray, tick: int) -> FloatArray:
        """All at once."""
        own = self.stubbornness
        moved = steady((1 - own) * neighbour_mean(self.ground.weights, opinions) + own * self.ground.start, DIGITS)
        moved[self.ground.held] = opinions[self.ground.held]
        return moved

    def equilibrium(self) -> FloatArray:
        """(n,) where it all ends, ``(I - L W)^-1 (I - L) x(0)``, by a sparse linear solve.

        Needs somebody stubborn (or held, or who listens to nobody) in reach of every node; else the system is singular
        and what comes out is not finite. For graphs of up to some ten thousand nodes.
        """
        ground = self.ground
        n = len(ground.start)
        total = np.asarray(ground.weights.sum(axis=1, dtype=np.float64)).ravel()
        own = np.where(ground.held | (total == 0), 1.0, self.stubbornness)
        share = sp.diags_array((1 - own) / np.where(total > 0, total, 1.0))
        system = sp.eye_array(n) - share @ ground.weights.astype(np.float64)
        found: FloatArray = sp.linalg.spsolve(sp.csc_array(system), own * ground.start)
        return found
