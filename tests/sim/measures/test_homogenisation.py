"""Jaccard by sets of Python."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_array

from townsquare.sim.measures.homogenisation import homogenisation, jaccard
from townsquare.sim.measures.view import TickView

SETS = st.lists(st.sets(st.integers(0, 6)), min_size=1, max_size=8)


def by_hand(sets: list[set[int]]) -> float:
    return float(np.mean([len(a & b) / len(a | b) if a | b else 0.0 for a in sets for b in sets]))


@given(SETS)
def test_mean_over_all_pairs_a_set_with_itself_included(sets: list[set[int]]) -> None:
    table = np.array([[float(i in s) for i in range(7)] for s in sets])
    assert jaccard(csr_array(table)) == pytest.approx(by_hand(sets))


def test_by_hand() -> None:
    """{0, 1}, {1, 2}: with themselves 1, with each other 1/3, so (1 + 1 + 1/3 + 1/3) / 4."""
    assert jaccard(csr_array(np.array([[1.0, 1, 0], [0, 1, 1]]))) == pytest.approx(2 / 3)
    assert jaccard(csr_array(np.zeros((3, 4)))) == 0
    assert jaccard(csr_array(np.zeros((3, 0)))) == 0


def test_a_tenth_of_the_readers_the_same_every_tick(view: TickView) -> None:
    found = homogenisation(view)
    sample = np.sort(view.streams.get("jaccard").permutation(40)[:4])
    circulating = set(view.window.tolist())
    lists = view.memory.shown.values()
    sets = [{i for shown in lists for i in shown[a].tolist()} & circulating for a in sample]
    assert found["jaccard_exposure"] == pytest.approx(by_hand(sets))
    for kind, log in (("click", view.memory.clicks), ("like", view.memory.likes)):
        taken: list[set[int]] = [set() for _ in sample]
        for agents, items in log.values():
            for agent, item in zip(agents.tolist(), items.tolist(), strict=True):
                if agent in sample and item in circulating:
                    taken[sample.tolist().index(agent)].add(item)
        assert found[f"jaccard_{kind}"] == pytest.approx(by_hand(taken))
    assert found["jaccard_like"] < found["jaccard_exposure"]


def test_without_likes(loveless: TickView) -> None:
    found = homogenisation(loveless)
    assert found["jaccard_like"] == 0
    assert np.isfinite(list(found.values())).all()
