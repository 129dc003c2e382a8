"""What is let in, what is remembered, and how often somebody is told that it was not."""

import pytest

from townsquare.protocols.ioa import guard as at
from townsquare.protocols.ioa.guard import Guard, Repeated
from townsquare.protocols.ioa.messages import Ack, Lookup, Refused, Unreadable, encode
from townsquare.protocols.ioa.rules import OutOfTurn
from townsquare.protocols.ioa.topics import Address, Topics
from townsquare.protocols.ioa.vocabulary import Code

ANN = Address("public", "ann")
WHY = OutOfTurn(Code.STATE, "no")


@pytest.fixture
def guard():
    return Guard(Topics(), max_bytes=500)


def test_reads_topics(guard):
    assert guard.where("townsquare/v1/public/ann/out") == (ANN, "out")
    for topic in ("", "x", "townsquare/v1/public/ann", "townsquare/v2/public/ann/out", "townsquare/v1/a b/ann/out"):
        with pytest.raises(OutOfTurn) as refused:
            guard.where(topic)
        assert refused.value.code is Code.NAME


def test_reads_statuses(guard):
    assert [guard.status(said) for said in (b"here", b"away", b"")] == [True, False, None]
    with pytest.raises(Unreadable):
        guard.status(b"HERE")


def test_reads_cards(guard):
    assert guard.card(ANN, b"") is None
    assert guard.card(ANN, b'{"name": "ann", "new": 1}').name == "ann"
    for payload, code in ((b"{", Code.MALFORMED), (b"x" * 501, Code.OVERSIZE), (b'{"name": "bob"}', Code.SENDER)):
        with pytest.raises((Unreadable, OutOfTurn)) as refused:
            guard.card(ANN, payload)
        assert refused.value.code is code


def test_reads_messages_of_the_topic_s_own_agent(guard):
    said = Lookup(id="x", sender="ann")
    assert guard.message(ANN, encode(said)) == said
    with pytest.raises(Unreadable) as refused:
        guard.message(Address("public", "bob"), encode(said))
    assert (refused.value.code, refused.value.about) == (Code.SENDER, "x")
    with pytest.raises(Unreadable) as refused:
        guard.message(ANN, b"x" * 501)
    assert refused.value.code is Code.OVERSIZE


def test_takes_every_id_once_per_agent_and_remembers_the_latest(guard, monkeypatch):
    monkeypatch.setattr(at, "REMEMBERED", 3)
    for n in range(4):
        guard.once(ANN, Lookup(id=f"x{n}", sender="ann"))
    for n in (1, 2, 3):
        with pytest.raises(Repeated):
            guard.once(ANN, Lookup(id=f"x{n}", sender="ann"))
    guard.once(ANN, Lookup(id="x0", sender="ann"))
    guard.once(Address("public", "bob"), Lookup(id="x3", sender="bob"))
    for _ in range(2):
        guard.once(ANN, Ack(id="a", sender="ann", upto=1))
    guard.forget(ANN)
    guard.once(ANN, Lookup(id="x3", sender="ann"))


def test_tells_often_at_first_and_then_now_and_then(guard):
    told = [guard.refuse(ANN, WHY, None, 0.0) for _ in range(50)]
    assert told == [True] * at.BURST + [False] * (50 - at.BURST)
    assert sum(guard.refuse(ANN, WHY, None, n / 10) for n in range(100)) == 10 * at.PER_SECOND - 1
    assert guard.refuse(Address("public", "bob"), WHY, None, 0.0)
    assert guard.refusals == {Code.STATE: 151}


def test_always_answers_a_question(guard):
    assert all(guard.refuse(ANN, WHY, Lookup(id="x", sender="ann"), 0.0) for _ in range(100))


def test_never_answers_what_could_be_answered_back(guard):
    refused = Refused(id="x", sender="ann", code=Code.BUSY, reason="no")
    assert not guard.refuse(ANN, WHY, refused, 0.0)
    assert not guard.refuse(ANN, WHY, Ack(id="y", sender="ann", upto=1), 0.0)
    assert not guard.refuse(ANN, Repeated("again"), None, 0.0)
    assert not guard.refuse(None, WHY, None, 0.0)
    assert guard.refusals == {Code.STATE: 3, Code.DUPLICATE: 1}


def test_remembers_a_bounded_number_of_agents(guard, monkeypatch):
    monkeypatch.setattr(at, "_AGENTS", 3)
    for n in range(10):
        guard.once(Address("public", f"a{n}"), Lookup(id="x", sender=f"a{n}"))
        guard.refuse(Address("public", f"a{n}"), WHY, None, 0.0)
    assert len(guard._seen) == len(guard._told) == 3
