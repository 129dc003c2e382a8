from pathlib import Path

import pytest

from townsquare.evaluate.network import network_of
from townsquare.protocols import DataError, InputError


def test_karate_a_file_and_a_graph(tmp_path: Path):
    club = network_of("karate")
    assert (len(club.graph), club.graph.edges) == (34, 78)
    assert network_of(club) is club
    assert network_of(club.graph).graph is club.graph
    file = tmp_path / "edges.csv"
    file.write_text("ann,ben\nben,cleo\n")
    assert network_of(file).graph.edges == 2
    assert network_of(str(file), directed=True).graph.directed


def test_bad_input(tmp_path: Path):
    with pytest.raises(InputError, match="go with a file of edges"):
        network_of("karate", tmp_path / "nodes.csv")
    with pytest.raises(DataError, match="does not exist"):
        network_of("karata")
