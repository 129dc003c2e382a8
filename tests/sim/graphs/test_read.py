import networkx as nx
import numpy as np
import pandas as pd
import pytest

from townsquare.protocols.errors import DataError
from townsquare.sim.graphs.read import from_networkx, read_graph, read_labelled, to_networkx


def write(tmp_path, text, name="edges.csv"):
    path = tmp_path / name
    path.write_text(text, "utf-8")
    return path


def edges(graph):
    return {(graph.ids[a], graph.ids[b]) for a, b in graph.pairs()}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("edges.csv", "b,a\nc,b\n"),
        ("edges.tsv", "b\ta\nc\tb\n"),
        ("edges.txt", "b a\nc  b\n"),
        ("edges.edgelist", "# a comment\n% another\n\nb a\n\nc b\n"),
        ("edges.csv", "source,target\nb,a\nc,b\n"),
        ("edges.csv", "source , target\n b , a \n c , b"),
        ("edges.csv", 'source,target\r\n"b",a\r\n"c","b"\r\n'),
        ("edges.csv", "\ufefffrom;to\nb;a\nc;b\n"),
    ],
)
def test_separators_comments_and_headers(tmp_path, name, text):
    graph = read_graph(write(tmp_path, text, name))
    assert graph.ids == ("a", "b", "c")
    assert edges(graph) == {("a", "b"), ("b", "c")}


def test_ids_are_any_text_and_whole_numbers_are_sorted_as_numbers(tmp_path):
    assert read_graph(write(tmp_path, "10,9\n1000000007,10\n")).ids == ("9", "10", "1000000007")
    assert read_graph(write(tmp_path, "Ann Lee,#tag\nNA,Ann Lee\n")).ids == ("#tag", "Ann Lee", "NA")


def test_a_word_over_a_column_of_numbers_is_a_header(tmp_path):
    read = read_labelled(write(tmp_path, "who,whom\n1,2\n2,3\n"))
    assert read.graph.ids == ("1", "2", "3")
    assert "(who, whom) was taken as a header" in read.notes[0]


def test_weights_by_name_and_by_place(tmp_path):
    named = read_graph(write(tmp_path, "weight,from,to\n2.5,a,b\n1,b,c\n"))
    assert named.weights[0, 1] == named.weights[1, 0] == 2.5
    placed = read_labelled(write(tmp_path, "a b 2.5\nb c 1\n", "e.txt"))
    assert placed.graph.weights[0, 1] == 2.5
    assert "third column of e.txt was taken as weights" in placed.notes[0]


def test_loops_are_dropped_and_repeats_added_up_or_counted_once(tmp_path):
    plain = read_labelled(write(tmp_path, "a,a\na,b\nb,a\na,b\n"))
    assert plain.graph.weights[0, 1] == 1
    assert plain.graph.edges == 1
    assert "edges.csv: 1 edge leads from a node to itself and was dropped" in plain.notes
    assert "edges.csv: 2 rows repeat an edge; it counts once" in plain.notes
    weighed = read_labelled(write(tmp_path, "a,b,1\nb,a,2\n"))
    assert weighed.graph.weights[0, 1] == 3
    assert "its weights were added up" in weighed.notes[-1]


def test_directed_edges_hold_one_way(tmp_path):
    graph = read_graph(write(tmp_path, "a,b\nb,a\nb,c\n"), directed=True)
    assert graph.edges == 3
    assert graph.weights[1, 2] == 1
    assert graph.weights[2, 1] == 0


def test_a_table_lists_all_nodes_and_what_is_known_of_them(tmp_path):
    table = write(tmp_path, "id,side,opinion\nz,left,.1\na,right,.9\nlonely,,\n", "nodes.csv")
    read = read_labelled(write(tmp_path, "a,z\n"), table=table)
    assert read.graph.ids == ("z", "a", "lonely")
    assert read.labels["side"].tolist() == ["left", "right", ""]
    assert np.array_equal(read.numbers("opinion"), [0.1, 0.9, np.nan], equal_nan=True)


def test_parquet(tmp_path):
    frame = pd.DataFrame({"source": [7, 8], "weight": [1.0, 3.0], "target": [8, 900]})
    frame.to_parquet(tmp_path / "edges.parquet")
    graph = read_graph(tmp_path / "edges.parquet")
    assert graph.ids == ("7", "8", "900")
    assert graph.weights[1, 2] == 3


@pytest.mark.parametrize("suffix", ["graphml", "gexf"])
def test_graphml_and_gexf(tmp_path, suffix):
    given = nx.DiGraph()
    given.add_node("lonely", side="left")
    given.add_edge("a", "b", weight=2.0)
    getattr(nx, f"write_{suffix}")(given, tmp_path / f"g.{suffix}")
    read = read_labelled(tmp_path / f"g.{suffix}")
    assert read.graph.directed
    assert read.graph.ids == ("lonely", "a", "b")
    assert read.graph.weights[1, 2] == 2
    assert read.graph.weights[2, 1] == 0
    assert read.labels["side"].tolist() == ["left", "", ""]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", r"edges.csv is empty"),
        ("# nothing\n", r"edges.csv is empty"),
        ("source,target\n", r"has no edges"),
        ("a,b\nc,\n", r"line 2: the second end of the edge is empty"),
        ("a,b,1\n\nb,c,heavy\nb,d,2\n", r"line 3: the weight must be a number above 0 \(got 'heavy'\)"),
        ("a,b,1\nb,c,-1\n", r"line 2: the weight must be a number above 0 \(got '-1'\)"),
        ("# c\na,b\n\nb,c,d\n", r"line 4: 3 cells where the first row has 2"),
        ("a,b,1\nb,c\n", r"line 2: 2 cells where the first row has 3"),
        ("a b\nb c d\n", r"Expected 2 fields in line 2, saw 3"),
        ("a b\nb\n", r"line 2: the second end of the edge is empty"),
        ("alone\n", r"line 1: an edge has two ends"),
        ("a,b,1,2\n", r"4 columns and no header"),
    ],
)
def test_a_bad_list_of_edges_is_one_sentence(tmp_path, text, said):
    with pytest.raises(DataError, match=said):
        read_graph(write(tmp_path, text))


def test_a_dangling_edge_is_one_sentence_with_its_line(tmp_path):
    table = write(tmp_path, "id\na\nb\n", "nodes.csv")
    path = write(tmp_path, "# comment\nsource,target\na,b\n\na,ghost\nghost,b\n")
    with pytest.raises(DataError, match=r"line 5: the edge dangles, for node 'ghost' is not in .*nodes.csv.* 2 edges"):
        read_graph(path, table=table)


def test_bad_tables_and_files(tmp_path):
    path = write(tmp_path, "a,b\n")
    with pytest.raises(DataError, match="'a' is there already"):
        read_graph(path, table=write(tmp_path, "id\na\na\n", "nodes.csv"))
    with pytest.raises(DataError, match="no column 'id'"):
        read_graph(path, table=write(tmp_path, "name\na\n", "nodes.csv"))
    with pytest.raises(DataError, match="does not exist"):
        read_graph(tmp_path / "none.csv")
    with pytest.raises(DataError, match="cannot be read as GraphML"):
        read_graph(write(tmp_path, "<nonsense", "g.graphml"))
    with pytest.raises(DataError, match="cannot be read as Parquet"):
        read_graph(write(tmp_path, "nonsense", "e.parquet"))


def test_the_order_of_rows_changes_nothing(tmp_path):
    one = read_graph(write(tmp_path, "a,b\nb,c\nc,d\n"))
    other = read_graph(write(tmp_path, "c,d\nb,a\nc,b\n"))
    assert one.ids == other.ids
    assert (one.weights != other.weights).nnz == 0


def test_networkx_and_back():
    given = nx.MultiDiGraph([("x", 7), ("x", 7), (7, (1, 2))])
    graph = from_networkx(given)
    assert graph.ids == ("x", "7", "(1, 2)")
    assert graph.directed
    back = to_networkx(graph)
    assert set(back.edges) == {("x", "7"), ("7", "(1, 2)")}
    weighed = nx.Graph()
    weighed.add_edge("a", "b", weight=3)
    weighed.add_edge("b", "c")
    assert to_networkx(from_networkx(weighed))["a"]["b"]["weight"] == 3
    assert to_networkx(from_networkx(weighed, weight=None))["a"]["b"]["weight"] == 1
    with pytest.raises(DataError, match="both called '1'"):
        from_networkx(nx.Graph([(1, "1")]))
    with pytest.raises(DataError, match="weight must be a number above 0"):
        from_networkx(nx.Graph([("a", "b", {"weight": -1})]))
