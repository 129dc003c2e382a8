import networkx as nx
import numpy as np
import pytest

from townsquare.sim.graphs.read import from_networkx
from townsquare.sim.opinions.neighbours import neighbour_mean, owners, stretches


def graph():
    given = nx.star_graph(6)
    given.add_nodes_from(["lonely", "also lonely"])
    given.add_edge("x", "y", weight=2.0)
    return from_networkx(given).weights


@pytest.mark.parametrize("entries", [1, 3, 5, 1000])
def test_stretches_cover_every_row_once(entries):
    weights = graph()
    seen, cells = [], []
    for rows, here, pointers in stretches(weights, entries):
        assert pointers[0] == 0
        assert pointers[-1] == here.stop - here.start
        seen += range(rows.start, rows.stop)
        cells += (owners(pointers) + rows.start).tolist()
    assert seen == list(range(weights.shape[0]))
    assert cells == weights.tocoo().row.tolist()


def test_who_has_no_neighbours_keeps_its_own():
    weights = graph()
    values = np.linspace(0, 1, weights.shape[0])
    mean = neighbour_mean(weights, values)
    assert mean[0] == pytest.approx(values[1:7].mean())
    assert (mean[1:7] == values[0]).all()
    assert np.array_equal(mean[7:9], values[7:9])
    assert neighbour_mean(weights, np.stack([values, 1 - values], axis=1))[:, 1] == pytest.approx(1 - mean)
