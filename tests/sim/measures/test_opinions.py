import numpy as np
import pytest

from townsquare.protocols.streams import Streams
from townsquare.sim.graphs.made import GraphSettings, make_graph
from townsquare.sim.measures.network_view import NetworkView
from townsquare.sim.measures.opinions import opinions

GRAPH = make_graph(GraphSettings(kind="ring", nodes=10, degree=2), Streams(0)).weights


def view(now, before, panel=()):
    return NetworkView(3, False, GRAPH, np.array(now), np.array(before), 0, np.array(panel, int))


def test_every_figure():
    now = [0.0, 0.01, 0.02, 0.03, 0.04, 0.5, 0.5, 0.95, 0.96, 0.97]
    before = [0.0, 0.01, 0.02, 0.03, 0.04, 0.5, 0.5, 0.95, 0.96, 0.77]
    assert opinions(view(now, before)) == pytest.approx(
        {
            "opinion_mean": 0.398,
            "opinion_variance": np.var(now),
            "opinion_groups": 3,
            "opinion_groups_5": 1,
            "opinion_extreme": 0.8,
            "opinion_shift": 0.02,
            "opinion_no_change": 0.004,
            "nodes_moved": 0.1,
        }
    )


def test_a_panel_stands_beside_all():
    found = opinions(view(np.linspace(0, 0.9, 10), np.zeros(10), (0, 9)))
    assert {name: found[name] for name in found if name.startswith("panel")} == pytest.approx(
        {"panel_mean": 0.45, "panel_variance": 0.2025, "panel_moved": 0.5, "panel_shift": 0.45}
    )


def test_more_than_one_opinion():
    now = np.stack([np.linspace(0, 0.9, 10), np.full(10, 0.5)], axis=1)
    before = now.copy()
    before[4, 1] = 0.4
    found = opinions(view(now, before))
    assert found["opinion_mean"] == pytest.approx(0.475)
    assert found["opinion_variance"] == pytest.approx(np.var(now[:, 0]) / 2)
    assert (found["nodes_moved"], found["opinion_groups"]) == (0.1, 10)
