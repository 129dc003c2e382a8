"""What a tick's asks leave behind."""

import random

import pyarrow as pa
import pytest

from townsquare.agents.chat.asked import SCHEMA, Asked
from townsquare.agents.chat.tally import Tally
from townsquare.agents.chat.tape import Call, Failure, Place
from townsquare.protocols.asking import Outcome
from townsquare.protocols.chat import Reply
from townsquare.protocols.errors import TooManyFailures


def note(asked: Asked, agent: int, outcome: Outcome = "answered", why: str = "", purpose: str = "read") -> None:
    place, tally = Place(3, purpose, agent), Tally()
    tally.add("a" * 64, Call(Reply("text", "stop", 10, 2, seconds=0.5), 0.25, "run", place), own=True)
    asked.add(place, "openai:gpt-4o-mini", outcome, why, tally, repair=False)


def of(answered: int, **others: int) -> Asked:
    asked = Asked()
    for agent in range(answered):
        note(asked, agent)
    for outcome, count in others.items():
        for agent in range(count):
            note(asked, 1000 + agent, outcome, f"{outcome} because")  # type: ignore[arg-type]
    return asked


def test_rows_do_not_depend_on_who_was_first() -> None:
    places = [(agent, purpose) for agent in range(20) for purpose in ("read", "create", "rate")]
    tables = []
    for seed in range(3):
        random.Random(seed).shuffle(places)
        asked = Asked()
        for agent, purpose in places:
            note(asked, agent, purpose=purpose)
        tables.append(asked.take())
        assert asked.take().num_rows == 0
    assert tables[0].equals(tables[1])
    assert tables[0].equals(tables[2])
    assert tables[0]["purpose"].to_pylist() == ["create"] * 20 + ["rate"] * 20 + ["read"] * 20
    assert tables[0]["agent"].to_pylist() == list(range(20)) * 3


def test_an_empty_tick_has_the_same_columns() -> None:
    asked = Asked()
    assert asked.take().schema.equals(SCHEMA)
    assert asked.failure_share() == 0.0
    assert asked.totals == {}
    asked.check_failures(0.0)


def test_calls_of_others_cost_nothing() -> None:
    place, tally = Place(0, "read", 1), Tally()
    tally.add("k1", Call(Reply("text", "stop", 10, 2, seconds=0.5), 0.25, "run", place), own=False)
    tally.add("k2", Failure("time out", "it hung", 3, 9.0, "run", place), own=True)
    assert (tally.made, tally.replayed, tally.tokens_in, tally.usd, tally.seconds) == (1, 1, 0, 0.0, 9.0)
    tally.add("k3", Call(Reply("text", "stop", 10, 2, seconds=0.5), None, "run", place), own=True)
    assert (tally.made, tally.tokens_in, tally.usd) == (2, 10, None)


def test_lone_surrogates_in_a_reason() -> None:
    asked = Asked()
    note(asked, 1, "refused", "half an emoji: \ud83d")
    table = asked.take()
    assert table["why"].to_pylist() == ["half an emoji: ?"]
    assert isinstance(table, pa.Table)


@pytest.mark.parametrize(
    ("asked", "allowed"),
    [
        (of(0), 0.0),
        (of(100), 0.0),
        (of(95, invalid=5), 0.05),
        (of(9, failed=1), 0.05),
        (of(1, refused=1), 0.05),
        (of(0, failed=7), 1.0),
        (of(95, invalid=2, refused=2, failed=1), 0.05),
    ],
)
def test_what_is_let_pass(asked: Asked, allowed: float) -> None:
    asked.check_failures(allowed)


@pytest.mark.parametrize(
    ("asked", "allowed"),
    [
        (of(99, failed=1), 0.0),
        (of(94, invalid=6), 0.05),
        (of(8, failed=2), 0.05),
        (of(0, refused=1), 0.05),
        (of(94, invalid=2, refused=2, failed=2), 0.05),
    ],
)
def test_what_stops_the_run(asked: Asked, allowed: float) -> None:
    with pytest.raises(TooManyFailures):
        asked.check_failures(allowed)


def test_the_sentence_names_the_cause() -> None:
    asked = of(80, invalid=5, failed=15)
    assert asked.failure_share() == 0.2
    assert asked.totals == {"answered": 80, "failed": 15, "invalid": 5}
    with pytest.raises(TooManyFailures) as stopped:
        asked.check_failures(0.05)
    assert str(stopped.value) == (
        "tick 3: 20 of 100 asks (20.0%) got no valid answer, more than the 5.0% that chat.failures allows; the most "
        "frequent cause (15, failed): failed because."
    )
