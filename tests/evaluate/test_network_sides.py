from pathlib import Path

import networkx as nx
import numpy as np
import pytest

from townsquare.evaluate.network_sides import cut_of, opinions_of
from townsquare.protocols import DataError, InputError
from townsquare.sim.graphs.exchange import from_networkx
from townsquare.sim.graphs.labelled import LabelledGraph


def labelled(**columns: list[str]) -> LabelledGraph:
    graph = from_networkx(nx.path_graph(["a", "b", "c", "d"]), None)
    return LabelledGraph(graph, {name: np.array(cells, object) for name, cells in columns.items()})


def test_the_first_that_is_there():
    side, opinion = ["x", "y", "y", "x"], ["0.1", "0.5", "1", "0"]
    both = labelled(side=side, opinion=opinion)
    cut = cut_of(both, None, opinions_of(both))
    assert (cut.sides.tolist(), cut.names, cut.how) == ([0, 1, 1, 0], ("x", "y"), "by column 'side'")
    thought = labelled(opinion=opinion)
    cut = cut_of(thought, None, opinions_of(thought))
    assert (cut.sides.tolist(), cut.names) == ([0, 1, 1, 0], ("below .5", ".5 and above"))
    assert cut_of(labelled(), None, None).sides is None


def test_as_asked(tmp_path: Path):
    graph = labelled(party=["l", "r", "r", "r"], side=["x", "y", "y", "x"])
    assert cut_of(graph, "party", None).sides.tolist() == [0, 1, 1, 1]
    assert cut_of(graph, "fiedler", None).sides is None
    assert cut_of(graph, [1, 0, 1, 0], None).sides.tolist() == [1, 0, 1, 0]
    file = tmp_path / "sides.csv"
    file.write_text("id,side\nd,left\na,right\nb,left\nc,left\n")
    cut = cut_of(graph, file, None)
    assert (cut.sides.tolist(), cut.names, cut.how) == ([1, 0, 0, 0], ("left", "right"), "by sides.csv")


@pytest.mark.parametrize(
    ("sides", "said"),
    [
        ("parti", r"neither a rule, nor a column of the nodes, nor a file\. Did you mean 'party'\?"),
        ("opinions", "needs a column 'opinion'"),
        ("party", "column 'party' must have two values, one for each side .got 3: l, m, r"),
        ([0, 1], "each of the 4 nodes .got 2"),
        ([0, 1, 2, 1], "got 3: 0, 1, 2"),
    ],
)
def test_sides_that_are_none(sides, said):
    with pytest.raises(InputError, match=said):
        cut_of(labelled(party=["l", "r", "m", "r"]), sides, None)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("id,side\na,l\nb,r\nc,l\n", "says no side for node 'd'"),
        ("id,side\na,l\nb,r\nc,l\nd,r\ne,l\n", "line 6: node 'e' is not in the graph"),
        ("id,side\na,l\nb,r\nc,l\nd,r\na,r\n", "line 6: node 'a' is on another side in an earlier row"),
        ("id,side\na,l\nb,\nc,l\nd,r\n", "line 3: side is empty"),
        ("id,party\na,l\n", "side"),
    ],
)
def test_files_of_sides(tmp_path: Path, text, said):
    file = tmp_path / "sides.csv"
    file.write_text(text)
    with pytest.raises(DataError, match=said):
        cut_of(labelled(), file, None)


@pytest.mark.parametrize("cell", ["1.2", "-0.1", "", "much", "nan"])
def test_opinions_are_numbers_from_0_to_1(cell):
    with pytest.raises(InputError, match="the opinion of node 'c' must be a number from 0 to 1"):
        opinions_of(labelled(opinion=["0", "1", cell, "0.5"]))
    assert opinions_of(labelled()) is None
