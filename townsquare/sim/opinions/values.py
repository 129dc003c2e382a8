"""Values that move towards those of friends whose values are near (our reconstruction)."""

from typing import ClassVar

import numpy as np
import scipy.sparse as sp
from pydantic import Field

from townsquare.protocols.columns import FloatArray, steady
from townsquare.protocols.opinion_model import Ground
from townsquare.protocols.settings import Settings
from townsquare.sim.opinions.degroot import DIGITS
from townsquare.sim.opinions.hegselmann_krause import TOLERANCE
from townsquare.sim.opinions.neighbours import ENTRIES, owners, stretches


class Values:
    """Ten values per node move towards those of friends whose values are near.

    ``v_i += mu * mean over near friends of (v_j - v_i)``, friends weighed by how often they interact (the weight of the
    edge). Near is a mean absolute difference of epsilon at most, over all values or, with ``each``, of each value by
    itself. Mukta et al. (2021, arXiv 2109.08021) describe a bounded-confidence model of the ten Schwartz values; its
    equations are not published, so this is a reconstruction, and so are the defaults.
    """

    dimensions: ClassVar[int] = 10
    names: ClassVar[tuple[str, ...]] = (
        "self-direction", "stimulation", "hedonism", "achievement", "power", "security", "conformity", "tradition",
        "benevolence", "universalism",
    )  # fmt: skip

    class Config(Settings):
        """How near is near enough, and how far a step goes."""

        epsilon: float = Field(default=0.2, ge=0, le=1)
        "Bound of confidence: friends whose values differ by this or less, on average, are listened to."
        mu: float = Field(default=0.1, gt=0, le=1)
        "Share of the way to the mean of those friends that is gone in a tick."
        each: bool = False
        "Whether the bound holds for each value by itself."

    def __init__(self, config: Config, ground: Ground) -> None:
        self.config, self.ground = config, ground

    def step(self, opinions: FloatArray, tick: int) -> FloatArray:
        """All at once; ``opinions`` is (n, d) for any d."""
        moved = steady(bounded(self.ground.weights, opinions, self.config), DIGITS)
        moved[self.ground.held] = opinions[self.ground.held]
        return moved


def bounded(weights: sp.csr_array, values: FloatArray, config: Values.Config) -> FloatArray:
    """(n, d) one step from ``values`` (n, d)."""
    moved = np.array(values, np.float64)
    bound = config.epsilon + TOLERANCE
    for rows, entries, pointers in stretches(weights, ENTRIES // values.shape[1]):
        here, own = owners(pointers), values[rows]
        gap = values[weights.indices[entries]] - own[here]
        apart = np.abs(gap) if config.each else np.abs(gap).mean(axis=1, keepdims=True)
        weighed = np.where(apart <= bound, weights.data[entries].astype(np.float64)[:, None], 0.0)
        adder = sp.csr_array((np.ones(len(here)), np.arange(len(here)), pointers), shape=(len(own), len(here)))
        total = adder @ weighed
        pull = (adder @ (weighed * gap)) / np.where(total > 0, total, 1.0)
        moved[rows] = own + config.mu * pull
    return moved
