import numpy as np

from townsquare.protocols.actions import Actions
from townsquare.protocols.events import REASONS
from townsquare.sim.environments.network_judge import objections


def test_every_objection():
    agents, items = np.array([4, 4, 5, 6, 9, 7]), np.array([0, 0, 0, 1, 0, 0])
    values = np.array([0.0, 1.0, np.nan, 0.5, 0.5, 1.0])
    opinions = Actions.of("opinion", agents, items, value=values)
    others = Actions.of("rate", np.array([8]), np.array([0]), value=0.5)
    reason = objections(Actions.concat([opinions, others]), np.array([4, 5, 6, 7, 8]))
    assert [REASONS[code] for code in reason] == [
        "", "twice", "not allowed", "unknown item", "not allowed", "", "not allowed",
    ]  # fmt: skip
