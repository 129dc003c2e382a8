"""Quality, and whether it spreads, by sums written out."""

import math

import numpy as np
import pytest

from townsquare.sim.measures.quality import correlation, quality
from townsquare.sim.measures.view import TickView


def pearson(a: list[float], b: list[float]) -> float:
    ma, mb = sum(a) / len(a), sum(b) / len(b)
    over = sum((x - ma) * (y - mb) for x, y in zip(a, b, strict=True))
    return over / math.sqrt(sum((x - ma) ** 2 for x in a) * sum((y - mb) ** 2 for y in b))


def test_against_sums(view: TickView) -> None:
    found = quality(view)
    worth = [float(view.articles["quality"][i]) for i in view.window]
    new = [float(view.articles["quality"][i]) for i in view.new]
    assert found["quality_created"] == pytest.approx(sum(new) / len(new))
    assert found["quality_window"] == pytest.approx(sum(worth) / len(worth))
    for word, kind, column in (
        ("exposed", "exposure", "shown"),
        ("clicked", "click", "clicks"),
        ("liked", "like", "likes"),
    ):
        n = [float(view.articles[column][i]) for i in view.window]
        assert found[f"quality_{word}"] == pytest.approx(sum(q * k for q, k in zip(worth, n, strict=True)) / sum(n))
        assert found[f"corr_quality_{kind}"] == pytest.approx(pearson(worth, n))


def test_correlation_by_hand() -> None:
    assert correlation(np.array([1.0, 2, 3]), np.array([2.0, 4, 6])) == pytest.approx(1)
    assert correlation(np.array([1.0, 2, 3]), np.array([1.0, 0, 1])) == pytest.approx(0)
    assert correlation(np.array([0.0, 1, 2]), np.array([1.0, 0, 0])) == pytest.approx(-math.sqrt(3) / 2)
    for a, b in (([1.0], [2.0]), ([], []), ([1.0, 1.0], [1.0, 2.0]), ([1.0, 2.0], [0.0, 0.0])):
        assert np.isnan(correlation(np.array(a), np.array(b)))


def test_without_likes(loveless: TickView) -> None:
    found = quality(loveless)
    assert found["quality_created"] == found["quality_window"] == found["quality_window_gini"] == 0
    assert found["quality_exposed"] == found["quality_clicked"] == 0
    missing = {name for name, value in found.items() if np.isnan(value)}
    assert missing == {"quality_liked", "corr_quality_exposure", "corr_quality_click", "corr_quality_like"}
