import numpy as np
import pytest

from tests.sim.influence.crowds import small
from townsquare.protocols import InputError, Streams, known, make
from townsquare.sim.influence.rule import SeedingRule

RULES = [name for name, where in known("seeding").items() if where.startswith("townsquare.")]


def test_all_are_there():
    assert RULES == ["celf", "degree", "random", "reach"]


@pytest.mark.parametrize("name", RULES)
def test_every_rule_keeps_the_contract(name):
    graph = small(2)
    quick = {"least": 10_000} if name == "reach" else {}
    rule = make("seeding", name, quick, Streams(3))
    assert isinstance(rule, SeedingRule)
    for k in (1, 3, len(graph)):
        nodes = rule.choose(graph, k, 0.3)
        assert nodes.shape == (k,)
        assert nodes.dtype.kind == "i"
        assert len(set(nodes.tolist())) == k
        assert nodes.min() >= 0
        assert nodes.max() < len(graph)
        again = make("seeding", name, quick, Streams(3)).choose(graph, k, 0.3)
        assert np.array_equal(nodes, again)


@pytest.mark.parametrize("name", RULES)
@pytest.mark.parametrize(
    ("k", "probability", "said"),
    [
        (0, 0.1, "k, how many are reached first, must be from 1 to the 8 nodes"),
        (9, 0.1, r"from 1 to the 8 nodes of the graph \(got 9\)"),
        (2, 0.0, r"above 0 and at most 1 \(got 0\)"),
        (2, 1.5, r"got 1.5"),
        (2, float("nan"), "got nan"),
    ],
)
def test_questions_that_make_no_sense(name, k, probability, said):
    with pytest.raises(InputError, match=said):
        make("seeding", name, {}, Streams(0)).choose(small(2), k, probability)


def test_unknown_settings():
    with pytest.raises(InputError, match="epsilon"):
        make("seeding", "reach", {"epsilom": 0.1}, Streams(0))
