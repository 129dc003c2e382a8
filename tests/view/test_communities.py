"""Communities and places: what must come out of graphs that one can see through."""

import numpy as np
import pytest

from townsquare.protocols.streams import Streams
from townsquare.sim.graphs.made import GraphSettings, make_labelled
from townsquare.view import communities
from townsquare.view.communities import gathered, laid_out
from townsquare.view.graph_queries import Ties


def _ties(pairs: list[tuple[int, int]], agents: int) -> Ties:
    array = np.array(pairs, np.int64).reshape(-1, 2)
    return Ties(array[:, 0], array[:, 1], np.ones(len(array)), agents)


def _clubs(clubs: int, size: int) -> Ties:
    """Everybody knows everybody of the same club, and the first of each club the first of the next."""
    pairs = [(c * size + a, c * size + b) for c in range(clubs) for a in range(size) for b in range(a)]
    return _ties([*pairs, *((c * size, (c + 1) * size) for c in range(clubs - 1))], clubs * size)


@pytest.mark.parametrize(("clubs", "size", "method"), [(4, 6, "greedy modularity"), (30, 25, "label propagation")])
def test_clubs_are_found_by_either_method(clubs: int, size: int, method: str) -> None:
    found = communities.communities(_clubs(clubs, size))
    assert found.method.startswith(method)
    assert found.count == clubs
    assert found.of.tolist() == [number for number in range(clubs) for _ in range(size)]


def test_blocks_of_a_large_graph() -> None:
    made = make_labelled(GraphSettings(kind="blocks", nodes=3000, degree=20, blocks=3, crossing=0.05), Streams(1))
    pairs = made.graph.weights.tocoo()
    ties = Ties(pairs.row.astype(np.int64), pairs.col.astype(np.int64), np.ones(pairs.nnz), 3000)
    found = communities.communities(ties)
    inside = (found.of[ties.source] == found.of[ties.target]).mean()
    assert found.count <= communities._ENOUGH
    assert inside > 0.8
    assert np.array_equal(found.of, communities.communities(ties).of)


def test_those_without_ties_belong_nowhere() -> None:
    found = communities.communities(_ties([(1, 3)], 5))
    assert found.of.tolist() == [-1, 0, -1, 0, -1]
    assert communities.communities(_ties([], 3)).count == 0


def test_the_small_ones_are_drawn_as_one() -> None:
    ties = _clubs(5, 4)
    found = communities.communities(ties)
    node, between = gathered(ties, found.of, 2)
    assert np.bincount(node).tolist() == [4, 4, 12]
    assert between.agents == 3
    assert sorted(zip(between.source.tolist(), between.target.tolist(), strict=True)) == [(0, 1), (1, 2)]
    assert len(gathered(ties, np.zeros(20, np.int64), 1)[1]) == 0


def test_neighbours_lie_near_one_another_and_always_in_the_same_place() -> None:
    ties = _clubs(3, 8)
    spots = laid_out(ties, np.arange(24))
    assert spots.equals(laid_out(ties, np.arange(24)))
    assert spots[["x", "y"]].abs().to_numpy().max() == 1.0
    at = spots[["x", "y"]].to_numpy()
    club = np.arange(24) // 8
    apart = np.sqrt(((at[:, None] - at[None]) ** 2).sum(axis=2))
    same = club[:, None] == club[None]
    assert apart[same].mean() < 0.6 * apart[~same].mean()
    assert laid_out(_ties([], 1), np.array([0])).shape == (1, 3)
