"""Authors on a moderated timeline: how often they post, and what moderation makes of them."""

import numpy as np
import pytest

from townsquare.protocols.post_kinds import KIND
from townsquare.protocols.streams import Streams
from townsquare.sim.environments.moderated_authors import Authors
from townsquare.sim.scenarios.moderation import Adapting, Kinds

N = 2000


def made(kind: str = "toxic") -> Authors:
    return Authors(np.full(N, KIND[kind]), Streams(0))


def react(authors: Authors, guilty: bool, of: Adapting, item: int = 5) -> None:
    people = np.arange(N)
    authors.react(people, np.full(N, item, np.uint64), np.full(N, guilty), of)


def test_reactions_come_in_the_shares_of_the_settings() -> None:
    authors = made()
    react(authors, True, Adapting(less=0.3, milder=0.2, disguise=0.4, falls=0.5))
    assert (authors["rate"] == 0.5).mean() == pytest.approx(0.3, abs=0.04)
    assert authors["mild"].mean() == pytest.approx(0.2, abs=0.04)
    assert (authors["disguise"] >= 0).mean() == pytest.approx(0.4, abs=0.04)
    went_on = (authors["rate"] == 1) & ~authors["mild"] & (authors["disguise"] < 0)
    assert went_on.mean() == pytest.approx(0.1, abs=0.03)
    assert set(authors["disguise"].tolist()) == {-1, 0, 1, 2, 3, 4}


def test_an_innocent_author_is_chilled_and_nothing_else() -> None:
    authors = made("benign")
    react(authors, False, Adapting(chill=0.5))
    assert (authors["rate"] < 1).mean() == pytest.approx(0.5, abs=0.04)
    assert not authors["mild"].any()
    assert (authors["disguise"] == -1).all()


def test_two_removals_in_a_tick_count_twice() -> None:
    authors = made()
    of = Adapting(less=1.0, milder=0.0, disguise=0.0, falls=0.5)
    authors.react(np.array([3, 3]), np.array([1, 2], np.uint64), np.array([True, True]), of)
    assert authors["rate"][3] == 0.25


def test_rates_fall_and_recover() -> None:
    authors = made()
    authors.columns["rate"][:] = 0.5
    turns = [len(authors.turn(t, 0.4, Kinds(), Adapting(recovers=r))) for t, r in ((0, 0.0), (1, 0.5), (1, 1.0))]
    assert turns[0] / N == pytest.approx(0.2, abs=0.04)
    assert turns[1] / N == pytest.approx(0.3, abs=0.04)
    assert turns[2] / N == pytest.approx(0.4, abs=0.04)
    assert authors["rate"].max() == 1.0


def test_spammers_are_busy_and_the_suspended_are_not() -> None:
    authors = made("spam")
    assert len(authors.turn(0, 0.1, Kinds(busy=5), Adapting())) / N == pytest.approx(0.5, abs=0.05)
    authors.sanction("suspended", np.arange(N), 4)
    authors.sanction("suspended", np.arange(N), 2)  # the longer one stays
    assert len(authors.turn(3, 1.0, Kinds(), Adapting())) == 0
    assert len(authors.turn(4, 1.0, Kinds(), Adapting())) == N


def test_the_mild_post_something_milder() -> None:
    authors = made()
    everybody = np.arange(N)
    assert (authors.meant(0, everybody, 1.0) == KIND["toxic"]).all()
    assert (authors.meant(0, everybody, 0.25) == KIND["benign"]).mean() == pytest.approx(0.75, abs=0.04)
    authors.columns["mild"][:] = True
    assert (authors.meant(0, everybody, 1.0) == KIND["negative"]).all()


def test_a_granted_appeal_lifts_everything() -> None:
    authors = made()
    authors.sanction("suspended", np.array([1, 2]), 9)
    authors.sanction("limited", np.array([1, 2]), 9)
    authors.columns["rate"][:3] = 0.1
    authors.lift(np.array([1]))
    assert authors.limited(3, np.array([1, 2, -1, N])).tolist() == [False, True, False, False]
    assert authors["suspended"][[1, 2]].tolist() == [0, 9]
    assert authors["rate"][[0, 1, 2]].tolist() == [0.1, 1.0, 0.1]


def test_its_state_comes_back() -> None:
    authors, other = made(), made()
    react(authors, True, Adapting())
    authors.sanction("limited", np.array([4]), 7)
    other.load(authors.state())
    assert all((other[name] == authors[name]).all() for name in authors.columns)
