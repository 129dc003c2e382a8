import networkx as nx
import numpy as np
import pytest

from townsquare.evaluate.polarisation import evaluate_polarisation
from townsquare.protocols import InputError
from townsquare.sim.graphs.exchange import from_networkx
from townsquare.sim.graphs.labelled import LabelledGraph


def scores(found):
    return {row["measure"]: row for row in found.rows()}


def test_karate():
    found = evaluate_polarisation("karate", rewired=50, influencers=2)
    assert (found.nodes, found.ties, found.sides) == (34, 78, {"Mr. Hi": 17, "Officer": 17})
    by = scores(found)
    golden = {
        "ei_index": -0.717949,
        "assortativity": 0.717531,
        "modularity": 0.358235,
        "adaptive_ei": -0.732319,
        "controversy": 0.679472,
        "controversy_end_start": 0.698744,
    }
    assert {name: round(by[name]["score"], 6) for name in golden} == golden
    assert by["ei_index"]["excess"] < -0.6
    assert by["ei_index"]["excess"] == by["ei_index"]["score"] - by["ei_index"]["null"]
    assert by["ei_index"]["z"] == by["ei_index"]["excess"] / by["ei_index"]["null_sd"]
    said = "\n".join(found.remarks)
    assert "'Mr. Hi' 17 and 'Officer' 17 of 34 nodes" in said
    assert "the 2 nodes with most ties" in said
    assert "P(start | end)" in said
    assert "50 random graphs" in said


def test_a_cut_of_the_graph_itself_is_made_anew_on_each_random_graph():
    """A random graph has a good cut as well: of the score of Fiedler's sides little is left."""
    graph = from_networkx(nx.gnm_random_graph(80, 160, seed=3), None)
    found = evaluate_polarisation(graph, "fiedler")
    row = scores(found)["ei_index"]
    assert row["score"] < -0.4
    assert abs(row["excess"]) < 0.35
    assert any("cut anew" in remark for remark in found.remarks)
    assert any(f"largest connected part, {found.nodes:,} of 80 nodes" in remark for remark in found.remarks)


def test_opinions():
    graph = from_networkx(nx.barbell_graph(10, 0), None)
    opinions = np.repeat(["0.2", "0.9"], 10).astype(object)
    found = evaluate_polarisation(LabelledGraph(graph, {"opinion": opinions}))
    by = scores(found)
    assert list(by)[:2] == ["variance", "bimodality"]
    assert by["variance"]["score"] == pytest.approx(0.35**2)
    assert np.isnan(by["variance"]["null"])
    assert by["opinion_assortativity"]["score"] > 0.9
    assert found.sides == {"below .5": 10, ".5 and above": 10}


def test_a_tiny_side_is_refused():
    graph = from_networkx(nx.gnm_random_graph(100, 300, seed=1), None)
    with pytest.raises(InputError, match="side '1' 3; the smaller side must have at least 5%"):
        evaluate_polarisation(graph, [0] * 97 + [1] * 3)


def test_a_tiny_side_leaves_the_scores_of_opinions():
    graph = from_networkx(nx.gnm_random_graph(100, 300, seed=1), None)
    opinions = np.array(["0.1", *(["0.3"] * 96), "0.9", "0.9", "0.9"], object)
    found = evaluate_polarisation(LabelledGraph(graph, {"opinion": opinions}))
    assert list(scores(found)) == ["variance", "bimodality", "opinion_assortativity", "opinion_distance"]
    assert any("No scores of sides: side 'below .5' has 97 of 100" in remark for remark in found.remarks)


def test_directions_are_left_out_and_that_is_said():
    arcs = nx.gnp_random_graph(40, 0.1, seed=2, directed=True)
    sides = [0, 1] * 20
    one_way = evaluate_polarisation(from_networkx(arcs, None), sides)
    both = evaluate_polarisation(from_networkx(arcs.to_undirected(), None), sides)
    assert one_way.rows() == both.rows()
    assert any("Directions are left out" in remark for remark in one_way.remarks)


def test_the_seed_decides():
    first, again, other = (evaluate_polarisation("karate", seed=seed, rewired=5).rows() for seed in (0, 0, 1))
    assert first == again
    assert first[0]["null"] != other[0]["null"]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"rewired": 1}, "--rewirings must be 2 or more"),
        ({"influencers": 0}, r"--influencers must be from 1 to 16"),
        ({"influencers": 17}, r"got 17"),
        ({"sides": "sied"}, "Did you mean 'side'"),
    ],
)
def test_bad_input(options, said):
    with pytest.raises(InputError, match=said):
        evaluate_polarisation("karate", **options)


def test_no_edges():
    with pytest.raises(InputError, match="the graph has no edges"):
        evaluate_polarisation(from_networkx(nx.empty_graph(5), None))
