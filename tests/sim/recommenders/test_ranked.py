import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from townsquare.sim.recommenders.ranked import ranked


@given(
    st.permutations(range(8)),
    st.lists(st.lists(st.integers(-1, 9), min_size=3, max_size=3), max_size=4),
    st.integers(0, 10),
)
def test_first_allowed_of_the_order(order, exclude, k):
    scores = np.arange(8, 0, -1.0)
    table = np.array(exclude, int).reshape(-1, 3)
    slates = ranked(np.array(order), scores, len(table), k, table)
    for row, best, without in zip(slates.items, slates.scores, exclude, strict=True):
        kept = [(item, score) for item, score in zip(order, scores, strict=True) if item not in without][:k]
        missing = k - len(kept)
        assert row.tolist() == [item for item, _ in kept] + [-1] * missing
        assert best.tolist() == [score for _, score in kept] + [-np.inf] * missing
