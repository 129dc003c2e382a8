"""Who agents are: traits drawn for whole populations."""

import numpy as np

from townsquare.protocols.columns import FloatArray, IntArray, steady
from townsquare.protocols.streams import Streams

_EDGE = 1e-8


def draw_trait(streams: Streams, name: str, agents: IntArray, mean: float, sd: float) -> FloatArray:
    """(len(agents),) normal with ``mean`` and ``sd``, clipped to (1e-8, 1 - 1e-8) as in SimuLine's code.

    An agent's value depends on the seed, the trait's name and its own id only.
    """
    noise = streams.normal(f"trait.{name}", 0, agents, np.zeros(1, np.int64))
    return steady(np.clip(mean + sd * noise, _EDGE, 1.0 - _EDGE))
