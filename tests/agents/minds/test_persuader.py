"""Persuaders without a language model."""

import asyncio

import numpy as np
import pytest

from townsquare.agents.minds.persuader import Persuader
from townsquare.protocols import Observations, Streams


def decided(goal=1.0, stance=0.8, audience=None, limit=3, n=4, tick=2):
    traits = {"goal": np.full(n, goal), "stance": np.full(n, stance)}
    if audience is not None:
        traits["audience"] = np.tile([audience, 0.5, 30.0], (n, 1))
    none = np.zeros((n, 0), np.int32)
    seen = Observations(tick, "persuaders", "persuade", 10 + np.arange(n), limit, none, traits)
    return asyncio.run(Persuader(Persuader.Config(), Streams(1)).decide(seen))


def test_each_posts_as_often_as_it_may_where_it_is_told_to_stand():
    done = decided()
    assert done.agent.tolist() == [10] * 3 + [11] * 3 + [12] * 3 + [13] * 3
    assert (done.item == -1).all()
    assert (done.vector == [0.8, 0.0]).all()


@pytest.mark.parametrize(
    ("goal", "stance", "audience", "stands"),
    [(1, 0.8, 0.4, 0.6), (1, 0.8, 0.75, 0.8), (0, 0.2, 0.6, 0.4), (0, 0.2, 0.1, 0.2), (1, 0.8, np.nan, 0.8)],
)
def test_told_of_an_audience_it_stands_a_little_beyond_it(goal, stance, audience, stands):
    assert decided(goal, stance, audience).vector[:, 0] == pytest.approx(stands)


def test_it_has_twelve_texts_for_each_side():
    texts = {side: {t for tick in range(60) for t in decided(side, tick=tick).text.tolist()} for side in (0.0, 1.0)}
    assert [len(said) for said in texts.values()] == [12, 12]
    assert not texts[0.0] & texts[1.0]
