"""The design of a trial: who, what, with whom."""

from collections import Counter

import numpy as np
import pytest

from townsquare.protocols import Streams
from townsquare.protocols.debate import ARMS, CLUSTERS
from townsquare.sim.data.topics import Topic, topics
from townsquare.sim.environments.debate_design import designed, planned, topic_order
from townsquare.sim.scenarios.persuasion import Persuasion


def design(**keys):
    scenario = Persuasion(**keys)
    return designed(scenario, scenario.debated(), Streams(scenario.seed))


def test_by_default_it_is_the_published_trial():
    made = design()
    assert (made.n_people, made.n_opponents, made.n_judges) == (900 + 150, 300, 0)
    debating = made.debate[: made.n_people] >= 0
    assert len(np.unique(made.debate[made.debate >= 0])) == 600
    assert debating.sum() == 900
    # analysis rows: 300, 150, 150, 150
    assert [int((made.counted & (made.arm == arm)).sum()) for arm in range(4)] == [300, 150, 150, 150]


def test_each_of_twelve_cells_has_its_planned_count():
    scenario = Persuasion()
    cells = planned(scenario, scenario.debated(), Streams(0))
    assert cells == {(arm, cluster): 50 for arm in ARMS for cluster in CLUSTERS}
    made = design()
    known = [CLUSTERS.index(topic.cluster) for topic in topics()]
    firsts = np.flatnonzero(made.leads)
    pairs = list(zip(made.arm[firsts].tolist(), made.topic[firsts].tolist(), strict=True))
    counts = Counter((ARMS[arm], CLUSTERS[known[t]]) for arm, t in pairs)
    assert counts == cells
    assert set(Counter(pairs).values()) == {5}


@pytest.mark.parametrize("count", [1, 7, 20, 31, 100])
def test_any_number_of_debates_is_spread_as_evenly_as_can_be(count):
    order = topic_order(topics(), count, Streams(3))
    per_topic = np.bincount(order, minlength=30)
    assert per_topic.max() - per_topic.min() <= 1
    per_cluster = np.bincount(order // 10, minlength=3)
    assert per_cluster.max() - per_cluster.min() <= 1


def test_a_longer_trial_begins_as_a_shorter_one():
    assert topic_order(topics(), 200, Streams(1))[:45].tolist() == topic_order(topics(), 45, Streams(1)).tolist()
    small, large = design(debates=10, control=4), design(debates=40, control=9)
    for arm in range(4):
        mine = [np.flatnonzero(one.leads & (one.arm == arm))[:10] for one in (small, large)]
        assert (small.seat[mine[0]] == large.seat[mine[1]]).all()
        assert (small.topic[mine[0]] == large.topic[mine[1]]).all()


def test_topics_of_unknown_strength_take_their_turns_too():
    own = [Topic(f"topic {n}", "low" if n else "") for n in range(4)]
    assert sorted(topic_order(own, 8, Streams(0)).tolist()) == [0, 0, 1, 1, 2, 2, 3, 3]


def test_partners_are_each_others():
    made = design(debates=5, control=3)
    who = made.debaters
    assert (made.partner[made.partner[who]] == who).all()
    assert (made.debate[made.partner[who]] == made.debate[who]).all()
    assert (made.topic[made.partner[who]] == made.topic[who]).all()
    assert (made.partner[list(made.judges)] == -1).all()


@pytest.mark.parametrize("arms", [["human-human"], ["human-ai"], ["human-human-personalised", "human-ai-personalised"]])
def test_any_arms(arms):
    made = design(debates=4, control=0, arms=arms, judges={"count": 2})
    assert len(made.debaters) == 8 * len(arms)
    assert made.n_judges == 2
    assert set(np.unique(made.arm).tolist()) == {-1, *(ARMS.index(arm) for arm in arms)}
