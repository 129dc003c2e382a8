"""Traits of whole populations."""

import numpy as np
import pytest
from scipy.stats import kstest

from townsquare.agents.populations import draw_trait
from townsquare.protocols import Streams


def test_normal_with_the_given_mean_and_spread() -> None:
    values = draw_trait(Streams(0), "patience", np.arange(5000), 0.5, 0.1)
    assert kstest((values - 0.5) / 0.1, "norm").pvalue > 0.001


@pytest.mark.parametrize(("mean", "edge"), [(-5.0, 1e-8), (5.0, 1 - 1e-8)])
def test_clipped_to_the_open_unit_interval(mean: float, edge: float) -> None:
    assert draw_trait(Streams(0), "patience", np.arange(50), mean, 0.1) == pytest.approx(np.full(50, edge), abs=1e-12)


def test_no_spread_makes_everybody_alike() -> None:
    assert set(draw_trait(Streams(0), "patience", np.arange(50), 0.25, 0.0).tolist()) == {0.25}


def test_a_value_belongs_to_seed_trait_and_agent() -> None:
    whole = draw_trait(Streams(0), "patience", np.arange(50), 0.5, 0.1)
    assert (draw_trait(Streams(0), "patience", np.array([30, 7]), 0.5, 0.1) == whole[[30, 7]]).all()
    assert (draw_trait(Streams(0), "patience", np.arange(80), 0.5, 0.1)[:50] == whole).all()
    assert (draw_trait(Streams(0), "kindness", np.arange(50), 0.5, 0.1) != whole).any()
    assert (draw_trait(Streams(1), "patience", np.arange(50), 0.5, 0.1) != whole).any()
