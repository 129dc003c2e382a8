import networkx as nx
import numpy as np
import pytest

from tests.sim.influence.crowds import chain, twin_hubs
from townsquare.evaluate.seeds import evaluate_seeds
from townsquare.protocols import ContractError, InputError, Settings, register
from townsquare.sim.graphs.exchange import from_networkx
from townsquare.sim.influence.spread import exact_spread


def test_every_rule_beside_the_others():
    found = evaluate_seeds(twin_hubs(), 2, 0.9, runs=400)
    by = {row["rule"]: row for row in found.rows()}
    assert list(by) == ["random", "degree", "reach", "celf"]
    assert by["degree"]["spread"] < by["reach"]["spread"]
    assert by["random"]["spread"] < by["degree"]["spread"]
    assert "2" in by["reach"]["seeds"]
    assert "2" in by["celf"]["seeds"]
    assert by["reach"]["guarantee"] > 0.53
    assert by["degree"]["guarantee"] is None
    for row in by.values():
        assert 2 <= row["spread_low"] <= row["spread"] <= row["spread_high"] <= 35
        assert row["share"] == row["spread"] / 35
    said = "\n".join(found.remarks)
    assert "400 independent cascades" in said
    assert "20 draws" in said
    assert "reverse-reachable sets" in said


def test_the_interval_holds_the_truth():
    row = evaluate_seeds(chain(), 1, 0.5, ["degree"], runs=4000).rows()[0]
    truth = exact_spread(chain(), np.array([0]), 0.5)
    assert row["seeds"] == ["0"]
    assert row["spread_low"] < truth < row["spread_high"]


def test_the_same_nodes_get_the_same_figure():
    rows = evaluate_seeds("karate", 34, 0.1, ["degree", "reach", "celf"], runs=50).rows()
    assert {row["spread"] for row in rows} == {34}
    degree, reach = evaluate_seeds("karate", 2, 0.1, ["degree", "reach"], runs=100).rows()
    assert set(degree["seeds"]) == set(reach["seeds"]) == {"0", "33"}
    assert degree["spread"] == reach["spread"]


def test_the_seed_decides():
    def figures(seed):
        return [row["spread"] for row in evaluate_seeds("karate", 2, 0.1, runs=100, seed=seed).rows()]

    assert figures(1) == figures(1)
    assert figures(1) != figures(2)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"k": 35}, r"k, how many are reached first, must be from 1 to the 34 nodes of the graph \(got 35\)"),
        ({"probability": 0}, "above 0 and at most 1"),
        ({"rules": ["raech"]}, "no seeding named 'raech'. Did you mean 'reach'"),
        ({"runs": 3}, "--runs must be 20 or more"),
    ],
)
def test_bad_input(given, said):
    with pytest.raises(InputError, match=said):
        evaluate_seeds("karate", **given)


def test_a_rule_that_chooses_twice():
    class Twice:
        Config = Settings

        def __init__(self, *parts):
            pass

        def choose(self, graph, k, probability):
            return np.zeros(k, int)

    register("seeding", "twice")(Twice)
    with pytest.raises(ContractError, match="seeding 'twice' must choose 3 different nodes from 0 to 33"):
        evaluate_seeds("karate", 3, rules=["twice"])


def test_a_limit_of_memory_is_told():
    few = {"reach": {"entries": 1000, "least": 1}}
    found = evaluate_seeds("karate", 2, 0.5, ["reach"], runs=100, settings=few)
    assert found.rows()[0]["guarantee"] < 0.53
    assert any("limit of memory" in remark for remark in found.remarks)
    assert not any("limit of memory" in remark for remark in evaluate_seeds("karate", 2, 0.5, ["reach"]).remarks)


def test_settings_of_a_rule_that_takes_no_part():
    with pytest.raises(InputError, match="settings for 'celf', which is none of the rules"):
        evaluate_seeds("karate", 2, rules=["reach"], settings={"celf": {"worlds": 5}})


def test_columns_of_a_large_graph():
    graph = from_networkx(nx.barabasi_albert_graph(3000, 3, seed=1), None)
    found = evaluate_seeds(graph, 5, 0.05, ["degree", "reach"], runs=200)
    by = {row["rule"]: row for row in found.rows()}
    assert by["reach"]["spread"] > 0.9 * by["degree"]["spread"]
