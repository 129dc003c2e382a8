"""A row of a debate, sorted."""

from tests.agents.debaters.seats import ANN, CONCLUSION, OPENING, PENNY, rows
from townsquare.agents.debaters.situation import NOTHING, situation, written
from townsquare.sim.environments.debate_transcript import WROTE_NOTHING


def test_everything_is_where_its_role_says() -> None:
    lying = [("topic", PENNY), ("profile", ANN), ("own", "a"), ("opponent", "b"), ("own", "c"), ("opponent", "d")]
    found = situation(rows("argue", CONCLUSION, lying, side=-1).row(0))
    assert (found.topic, found.proposition, found.side, found.turn) == (0, PENNY, -1, "conclusion")
    assert (found.own, found.opponent, found.answered) == (("a", "c"), ("b", "d"), 5)
    assert found.profile == tuple(ANN.splitlines())


def test_what_is_missing_is_no_statement() -> None:
    lying = [("topic", PENNY), ("own", "a"), ("opponent", NOTHING)]
    found = situation(rows("argue", OPENING + 1, lying).row(0))
    assert found.answered == -1
    assert (written(found.opponent), written(found.own)) == ((), ("a",))


def test_the_words_for_a_missing_statement_are_those_of_the_town() -> None:
    assert NOTHING == WROTE_NOTHING
