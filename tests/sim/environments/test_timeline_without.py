"""Withheld posts are neither quoted nor, where they answer, below what they answer."""

import numpy as np

from tests.sim.environments.test_timeline import N, P, town
from townsquare.protocols.slates import Slates
from townsquare.sim.scenarios.feed import Withheld

ORIGINAL, OFFENDING, REPLY, BELOW = 1, 2, 3, 4
"""Members 0 and 1 post, member 20 answers the first post, a bot the second."""


def shown(*withheld):
    """What members see of REPLY and OFFENDING, which lie before everybody, while something is withheld."""
    of = town()
    of.scenario = of.scenario.model_copy(update={"withheld": tuple(Withheld(**one) for one in withheld)})

    def put(author, parent, harm=0.0, **more):
        number = np.array([author])
        of.posts.add(0, number, np.array([0.5]), np.array([harm]), np.array([parent]), ["words"], seat=number, **more)

    put(0, -1)
    put(1, -1, harm=0.8)
    put(20, ORIGINAL)
    put(N + P, OFFENDING, aside=True, quality=np.array([0.4]))
    of.supply(1)
    of._sources = np.zeros((N, 2), np.int8)
    return of.observe(1, Slates(np.tile(np.array([REPLY, OFFENDING], np.int32), (N, 1)), np.zeros((N, 2))))


def test_without_anything_withheld_there_is_one_cohort():
    (seen,) = shown()
    assert len(seen) == N
    assert "below it, bot-0 (a bot): words" in seen.text(OFFENDING)
    assert "answering member-0 (words): words" in seen.text(REPLY)
    assert seen.features["countered"].tolist() == [[0, 1]] * N
    assert seen.features["quality"].tolist() == [[1.0, 0.4]] * N


def test_from_everybody():
    (seen,) = shown({"item": ORIGINAL}, {"item": BELOW}, {"item": 0})
    assert "below it" not in seen.text(OFFENDING)
    assert "answering member-0: words" in seen.text(REPLY)
    assert seen.features["countered"].tolist() == [[0, 0]] * N
    assert seen.features["quality"].tolist() == [[1.0, 1.0]] * N


def test_from_some_members_who_then_see_timelines_of_their_own():
    cohorts = shown({"item": ORIGINAL, "agent": 5}, {"item": BELOW, "agent": 7}, {"item": OFFENDING, "agent": 8})
    others, five, seven = cohorts
    assert sorted(np.concatenate([one.agents for one in cohorts]).tolist()) == list(range(N))
    assert (five.agents.tolist(), seven.agents.tolist()) == ([5], [7])
    for one, quoted, below in ((others, True, True), (five, False, True), (seven, True, False)):
        assert ("(words)" in one.text(REPLY)) is quoted
        assert ("below it" in one.text(OFFENDING)) is below
        assert (one.features["countered"][:, 1] == float(below)).all()
        assert (one.features["quality"][:, 1] == (0.4 if below else 1.0)).all()
        assert one.items.shape == one.keys.shape == (len(one), 2)
        assert all(len(column) == len(one) for column in (*one.traits.values(), one.seats))
