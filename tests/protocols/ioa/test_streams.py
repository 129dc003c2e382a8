"""Whatever the network does, every message is handed over once, in order."""

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from townsquare.protocols.ioa.streams import Incoming, Outgoing

chaos = st.fixed_dictionaries(
    {
        "seed": st.integers(0, 2**32),
        "loss": st.sampled_from([0.0, 0.1, 0.5]),
        "twice": st.sampled_from([0.0, 0.3]),
        "mixed": st.sampled_from([0.0, 0.5]),
        "forgets": st.sampled_from([0.0, 0.0, 0.05]),
        "breaks": st.sampled_from([0.0, 0.05]),
        "window": st.integers(1, 20),
        "messages": st.integers(0, 60),
    }
)


class Network:
    """One sender, one receiver, and what is under way between them."""

    def __init__(self, plan):
        self.plan, self.random, self.now = plan, Random(plan["seed"]), 0.0
        self.sender = Outgoing[int](window=plan["window"])
        self.receiver, self.lives = Incoming(), [[]]
        self.there, self.back = [], []

    def send(self, seq, since, content):
        self.carry(self.there, (seq, since, content))

    def carry(self, line, what):
        for _ in range(2 if self.random.random() < self.plan["twice"] else 1):
            if self.random.random() >= self.plan["loss"]:
                place = self.random.randrange(len(line) + 1) if self.random.random() < self.plan["mixed"] else len(line)
                line.insert(place, what)

    def repeat(self, again):
        for each in again:
            self.send(each.seq, each.since, each.kept)

    def step(self):
        self.now += self.random.random() * 0.1
        for _ in range(self.random.randrange(4)):
            if self.there:
                seq, since, content = self.there.pop(0)
                if self.receiver.take(seq, since, self.now):
                    self.lives[-1].append(content)
        if self.random.random() < self.plan["forgets"]:
            self.receiver = Incoming()
            self.lives.append([])
        if (ack := self.receiver.acknowledge(self.now)) is not None:
            self.carry(self.back, ack)
        if self.back:
            self.repeat(self.sender.acknowledged(*self.back.pop(0), self.now))
        if self.random.random() < self.plan["breaks"]:
            self.repeat(self.sender.everything(self.now))
        self.repeat(self.sender.overdue(self.now))

    def run(self):
        numbers = []
        for content in range(self.plan["messages"]):
            while self.sender.full:
                self.step()
            self.sender.put(lambda seq, content=content: numbers.append(seq) or content, self.now)
            self.send(numbers[-1], None, content)
            self.step()
        for _ in range(20_000):
            if not len(self.sender):
                return numbers
            self.step()
        raise AssertionError("it does not come to an end")


@given(chaos)
@settings(max_examples=150, deadline=None)
def test_everything_arrives_once_and_in_order(plan):
    network = Network(plan)
    assert network.run() == list(range(1, plan["messages"] + 1))
    for life in network.lives:
        assert life == sorted(set(life)), "each life of the receiver hears in order, nothing twice"
    heard = [content for life in network.lives for content in life]
    assert set(heard) == set(range(plan["messages"])), "between them they hear everything"
    if len(network.lives) == 1:
        assert heard == list(range(plan["messages"]))


def test_a_calm_network_costs_one_acknowledgement_in_64_and_no_repetition():
    sender, receiver = Outgoing[int](), Incoming()
    acks = []
    for _ in range(640):
        seq = sender.put(lambda seq: seq, 0.0)
        assert receiver.take(seq, None, 0.0)
        if (ack := receiver.acknowledge(0.0)) is not None:
            acks.append(ack)
            assert sender.acknowledged(*ack, 0.0) == []
    assert acks == [(upto, False) for upto in range(64, 641, 64)]
    assert sender.deadline is None
    assert sender.overdue(1e9) == []


def test_a_few_messages_are_acknowledged_after_the_delay():
    receiver = Incoming(delay=0.05)
    assert receiver.take(1, None, 10.0)
    assert receiver.acknowledge(10.04) is None
    assert receiver.deadline == pytest.approx(10.05)
    assert receiver.acknowledge(10.05) == (1, False)
    assert receiver.acknowledge(99.0) is None


def test_a_gap_is_asked_for_once():
    receiver = Incoming()
    assert not receiver.take(2, None, 0.0)
    assert receiver.acknowledge(0.0) == (0, True)
    assert not receiver.take(3, None, 0.0)
    assert receiver.acknowledge(1.0) == (0, False), "the answer is under way"
    assert not receiver.take(3, None, 3.0)
    assert receiver.acknowledge(3.0) == (0, True), "or was lost"


def test_whoever_is_asked_twice_answers_once():
    sender = Outgoing[str](patience=1.0)
    for word in ("a", "b"):
        sender.put(lambda seq, word=word: word, 10.0)
    assert len(sender.acknowledged(0, True, 10.0)) == 2
    assert sender.acknowledged(0, True, 10.5) == []
    assert [each.kept for each in sender.acknowledged(1, True, 10.5)] == ["b"], "asked for another gap"
    assert len(sender.acknowledged(1, True, 11.5)) == 1, "the answer was lost"


def test_a_full_window_makes_wait_and_silence_is_answered_with_the_oldest():
    sender = Outgoing[str](window=2, patience=1.0, longest=3.0)
    for word in ("a", "b"):
        sender.put(lambda seq, word=word: word, 0.0)
    assert sender.full
    assert sender.overdue(0.9) == []
    assert [(each.seq, each.since, each.kept) for each in sender.overdue(1.0)] == [(1, 1, "a")]
    assert sender.deadline == 3.0, "twice the patience"
    assert [each.kept for each in sender.overdue(3.0)] == ["a"]
    assert sender.deadline == 6.0, "no longer than `longest`"
    assert [(each.seq, each.since, each.kept) for each in sender.acknowledged(1, False, 3.1)] == [(2, 2, "b")]
    assert not sender.full


def test_numbers_that_were_never_given_are_not_believed():
    sender = Outgoing[str]()
    sender.put(lambda seq: "a", 0.0)
    assert sender.acknowledged(10**9, True, 0.0) == []
    assert sender.put(lambda seq: str(seq), 0.0) == "2"
    assert sender.base == 2


def test_a_receiver_that_forgot_goes_on_where_its_forerunner_was():
    sender, receiver = Outgoing[int](), Incoming()
    for _ in range(5):
        sender.put(lambda seq: seq, 0.0)
    assert sender.acknowledged(3, False, 0.0) == []
    assert not receiver.take(4, None, 0.0)
    again = sender.acknowledged(*receiver.acknowledge(0.0), 0.0)
    assert [receiver.take(each.seq, each.since, 0.0) for each in again] == [True, True]
    assert receiver.upto == 5
