import numpy as np
import pytest

from townsquare.sim.opinions.sequence import disjoint, rounds


@pytest.mark.parametrize("n", [2, 5, 40, 1000])
def test_batches_are_the_sequence_in_another_order(n):
    rng = np.random.default_rng(n)
    pairs = rng.integers(0, n, (300, 2))
    pairs = pairs[pairs[:, 0] != pairs[:, 1]]
    seen = np.concatenate(list(rounds(pairs, n)))
    assert sorted(seen) == list(range(len(pairs)))
    when = np.empty(len(pairs), int)
    for number, batch in enumerate(rounds(pairs, n)):
        ends = pairs[batch].ravel()
        assert len(set(ends)) == len(ends)
        when[batch] = number
    for i in range(len(pairs)):
        for j in range(i):
            if set(pairs[i]) & set(pairs[j]):
                assert when[j] < when[i]


def test_nothing_to_do():
    assert list(rounds(np.zeros((0, 2), int), 4)) == []
    assert disjoint(np.zeros((0, 2), int), 4).shape == (0, 2)


@pytest.mark.parametrize("n", [3, 30, 500])
def test_disjoint_is_greedy_in_order(n):
    rng = np.random.default_rng(n)
    pairs = rng.integers(0, n, (400, 2))
    pairs = pairs[pairs[:, 0] != pairs[:, 1]]
    taken, kept = set(), []
    for a, b in pairs.tolist():
        if a not in taken and b not in taken:
            kept.append([a, b])
            taken |= {a, b}
    assert disjoint(pairs, n).tolist() == kept
