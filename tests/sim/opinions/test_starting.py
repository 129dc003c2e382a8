import numpy as np
import pytest

from townsquare.protocols.errors import DataError, ScenarioError
from townsquare.protocols.streams import Streams
from townsquare.sim.graphs.labelled import LabelledGraph
from townsquare.sim.graphs.made import GraphSettings, make_labelled
from townsquare.sim.opinions.starting import starting, stubborn_nodes
from townsquare.sim.scenarios.network import Opinions

RING = make_labelled(GraphSettings(kind="ring", nodes=4000, degree=2), Streams(0))


def made(drawn=RING, dimensions=1, **settings):
    return starting(Opinions(**settings), drawn, dimensions, Streams(0))


def test_each_start_is_what_it_says():
    uniform, normal = made(), made(start="normal", mean=0.4, sd=0.1)
    assert np.histogram(uniform, 4, (0, 1))[0] == pytest.approx(np.full(4, 1000), rel=0.1)
    assert normal.mean() == pytest.approx(0.4, abs=0.01)
    assert normal.std() == pytest.approx(0.1, abs=0.01)
    points = made(start="two-point", low=0.1, high=0.7, share=0.3)
    assert set(points) == {0.1, 0.7}
    assert (points == 0.7).mean() == pytest.approx(0.3, abs=0.03)
    assert made(dimensions=10).shape == (4000, 10)


def test_a_node_draws_the_same_whoever_else_is_there():
    few = make_labelled(GraphSettings(kind="ring", nodes=50, degree=2), Streams(0))
    assert np.array_equal(made(few), made()[:50])


def test_sides_lie_between_low_and_high():
    drawn = make_labelled(GraphSettings(kind="blocks", nodes=300, blocks=3), Streams(0))
    x = made(drawn, start="sides", low=0.2, high=0.8, sd=0.02)
    means = [x[drawn.labels["side"] == side].mean() for side in "012"]
    assert means == pytest.approx([0.2, 0.5, 0.8], abs=0.01)
    with pytest.raises(ScenarioError, match="has no sides"):
        made(start="sides")


def labelled(values, name="opinion"):
    graph = make_labelled(GraphSettings(kind="ring", nodes=len(values), degree=2), Streams(0)).graph
    return LabelledGraph(graph, {name: np.array(values, object)})


def test_a_column_gives_them():
    assert made(labelled(["0", ".25", "1"]), start="column").tolist() == [0, 0.25, 1]
    two = labelled(["0", "1", ".5"], "v_1")
    two = LabelledGraph(two.graph, {**two.labels, "v_2": np.array(["1", "1", "1"], object)})
    assert made(two, 2, start="column", column="v").tolist() == [[0, 1], [1, 1], [0.5, 1]]


@pytest.mark.parametrize("bad", ["1.5", "-0.1", "much", ""])
def test_opinions_outside_zero_and_one_are_one_sentence(bad):
    with pytest.raises(DataError, match=r"gives node '1' the opinion .*opinions lie from 0 to 1\.") as caught:
        made(labelled(["0", bad, "1"]), start="column")
    assert "\n" not in str(caught.value)


def test_a_column_that_is_not_there():
    with pytest.raises(ScenarioError, match=r"no column 'opinoin'\. Did you mean 'opinion'"):
        made(labelled(["0", "1", "1"]), start="column", column="opinoin")


def test_who_is_stubborn():
    chosen = stubborn_nodes(0.1, ("7", 7, "3999"), RING, Streams(0))
    assert 400 <= len(chosen) <= 402
    assert {7, 3999} <= set(chosen.tolist())
    assert set(stubborn_nodes(0.05, (), RING, Streams(0))) <= set(chosen)
    with pytest.raises(ScenarioError, match="no node 'x'"):
        stubborn_nodes(0, ("x",), RING, Streams(0))
