import pytest

from townsquare.protocols.ioa.ranks import Ranks


def test_the_figures_are_those_of_the_places():
    ranks = Ranks((1, 2, 4, 20))
    assert (ranks.top(1), ranks.top(10), ranks.mean) == (0.25, 0.75, 6.75)
    assert ranks.mrr == pytest.approx((1 + 1 / 2 + 1 / 4 + 1 / 20) / 4)
    assert str(ranks) == "Top@1 25.0%  Top@10 75.0%  mean rank 6.75  MRR 45.0%"


def test_without_queries_all_is_0():
    assert (Ranks(()).top(1), Ranks(()).mean, Ranks(()).mrr) == (0.0, 0.0, 0.0)
