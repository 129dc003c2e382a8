"""Strength of topics."""

import numpy as np
import pandas as pd
import pytest

from townsquare.sim.data.topics import topics
from townsquare.sim.trials.clusters import published_clusters, strengths, terciles


def test_strength_is_the_distance_from_the_middle_on_either_side() -> None:
    assert strengths(("b", "a", "b", ""), np.array([1, 3, 4, 5])) == {"a": 0.0, "b": 1.5}
    assert strengths(("b", "a", "b", ""), np.array([5, 3, 2, 1])) == {"a": 0.0, "b": 1.5}


def test_published_topics_are_known_by_their_wording() -> None:
    texts = ["Should Abortion Be Legal?", "ARE social media  making people stupid", "Should", "", "Should Dogs Vote?"]
    assert published_clusters(texts).tolist() == [2, 0, -1, -1, -1]
    assert sorted(published_clusters([topic.text for topic in topics()]).tolist()) == [0] * 10 + [1] * 10 + [2] * 10


@pytest.mark.parametrize("n", [3, 4, 5, 7, 10, 29, 30])
def test_thirds_are_those_of_the_authors_script(n: int) -> None:
    """groupby().mean().rank(method="first") and qcut into three, ties and all."""
    rng = np.random.default_rng(n)
    topic = [f"topic {i:02d}" for i in rng.permutation(np.repeat(np.arange(n), 6))]
    pre = rng.integers(1, 6, len(topic))
    table = pd.DataFrame({"topic": topic, "away": (3 - pd.Series(pre)).abs()})
    expected = pd.qcut(table.groupby("topic")["away"].mean().rank(method="first"), 3, labels=[0, 1, 2])
    assert terciles(topic, pre).tolist() == [expected[name] for name in topic]


def test_ties_fall_in_alphabetical_order() -> None:
    assert terciles(("c", "b", "a"), np.array([1, 1, 1])).tolist() == [2, 1, 0]


def test_too_few_topics_have_no_thirds() -> None:
    assert terciles(("a", "b", "", "a"), np.array([1, 2, 3, 4])).tolist() == [-1] * 4
    assert terciles(("a", "b", "", "c"), np.array([1, 2, 3, 4])).tolist() == [2, 0, -1, 1]
