import networkx as nx
import numpy as np
import pytest

from townsquare.sim.graphs.exchange import from_networkx
from townsquare.sim.measures import polarisation as module
from townsquare.sim.measures.network_view import NetworkView
from townsquare.sim.measures.polarisation import polarisation
from townsquare.sim.polarisation.bimodality import bimodality

CLUB = nx.karate_club_graph()
GRAPH = from_networkx(CLUB, None).weights
SPLIT = np.array([0.9 if CLUB.nodes[node]["club"] == "Officer" else 0.2 for node in CLUB])
CHEAP = {"bimodality", "smaller_side", "cross_side_neighbours", "neighbour_distance"}


def view(opinions, *, last=True, graph=GRAPH, seed=0):
    return NetworkView(3, last, graph, opinions, opinions, seed, np.zeros(0, np.int32))


def test_cheap_ones_every_tick():
    found = polarisation(view(SPLIT, last=False))
    assert set(found) == CHEAP
    assert found["smaller_side"] == 0.5
    assert found["cross_side_neighbours"] == pytest.approx(11 / 78)
    assert found["neighbour_distance"] == pytest.approx(0.7 * 11 / 78)
    assert found["bimodality"] == pytest.approx(bimodality(SPLIT))


def test_scores_beside_their_null_where_positions_are_kept():
    found = polarisation(view(SPLIT))
    assert round(found["ei_index"], 6) == -0.717949
    assert round(found["modularity"], 6) == 0.358235
    assert round(found["assortativity"], 6) == round(found["opinion_assortativity"], 6) == 0.717531
    assert round(found["controversy"], 6) == 0.607634
    for name in ("ei_index", "adaptive_ei"):
        assert found[f"{name}_excess"] < -0.5
        assert found[f"{name}_z"] < -5
    for name in ("modularity", "assortativity", "controversy", "opinion_assortativity"):
        assert 0.2 < found[f"{name}_excess"] <= found[name] + 0.2
        assert found[f"{name}_z"] > 3
    assert set(found) == CHEAP | {f"{name}{end}" for name in module._GRAPH for end in ("", "_excess", "_z")}


def test_the_null_hangs_on_the_seed_alone():
    again = polarisation(view(SPLIT))
    assert polarisation(view(SPLIT)) == again
    assert polarisation(view(SPLIT, seed=1))["ei_index_excess"] != again["ei_index_excess"]
    moved = polarisation(view(np.where(SPLIT > 0.5, 0.8, 0.1)))
    assert moved["ei_index_excess"] == again["ei_index_excess"], "the same random graphs"


def test_of_more_than_one_opinion_the_first_counts():
    two = np.stack([SPLIT, np.full(34, 0.3)], axis=1)
    assert polarisation(view(two)) == polarisation(view(SPLIT))


def test_what_cannot_be_said_is_no_number():
    found = polarisation(view(np.full(34, 0.3)))
    assert found["smaller_side"] == 0
    assert found["cross_side_neighbours"] == 0
    assert all(np.isnan(value) for name, value in found.items() if name not in CHEAP)
    lonely = np.where(np.arange(34) == 11, 0.9, np.linspace(0.1, 0.4, 34))  # one of 34 is less than a twentieth
    found = polarisation(view(lonely))
    assert np.isnan(found["ei_index"])
    assert not np.isnan(found["opinion_assortativity"])


def test_large_graphs_are_left_to_the_command(monkeypatch):
    monkeypatch.setattr(module, "_NULLS", 100)
    found = polarisation(view(SPLIT))
    assert np.isnan(found["ei_index"])
    assert found["cross_side_neighbours"] == pytest.approx(11 / 78)
    monkeypatch.setattr(module, "_EVERY", 100)
    assert set(polarisation(view(SPLIT, last=False))) == {"bimodality", "smaller_side"}
