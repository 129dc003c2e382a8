"""The contract finds what is wrong with a transport: one that breaks one promise fails the test named for it."""

import inspect
from contextlib import asynccontextmanager

import pytest

from townsquare.protocols.transports.in_process import Connection, InProcess
from townsquare.protocols.transports.transport import Delivery
from townsquare.testing import TransportContract, transport_contract


class Loses(Connection):
    count = 0

    def post(self, topic, payload):
        self.count += 1
        if self.count != 500:
            super().post(topic, payload)


class Late(Connection):
    """Hands over what is published only with the next."""

    held = ()

    async def publish(self, topic, payload, *, retain=False):
        held, self.held = self.held, ((topic, payload, retain),)
        for each in held:
            await super().publish(each[0], each[1], retain=each[2])


class PlusIsAll(Connection):
    def wants(self, topic):
        return bool(self._patterns)


class Twice(Connection):
    async def deliveries(self):
        async for delivery in super().deliveries():
            yield delivery
            yield delivery


class Forgets(Connection):
    async def publish(self, topic, payload, *, retain=False):
        await super().publish(topic, payload)


class NeverLetsGo(Connection):
    async def unsubscribe(self, patterns):
        pass


class NoWill(Connection):
    async def abort(self):
        await self.__aexit__()


class AlwaysWill(Connection):
    async def __aexit__(self, *_):
        await self.abort()


class HangsOn(Connection):
    def _end(self):
        self._broker.changed(self, here=False)
        self._patterns.clear()


class Drops(Connection):
    async def publish(self, topic, payload, *, retain=False):
        for each in self._broker.receivers(topic, payload, retain):
            if len(each._inbox._waiting) < 100:
                each._inbox.add(Delivery(topic, payload))


WRONG = {
    Loses: "test_posts_in_order",
    Late: "test_says_what_was_published_in_order",
    PlusIsAll: "test_a_plus_is_one_level",
    Twice: "test_overlapping_subscriptions_deliver_once",
    Forgets: "test_retained_is_told_to_late_comers",
    NeverLetsGo: "test_unsubscribe_ends_it",
    NoWill: "test_a_will_is_for_those_who_break_off",
    AlwaysWill: "test_a_will_is_for_those_who_break_off",
    HangsOn: "test_deliveries_end_with_the_transport",
    Drops: "test_a_slow_reader_loses_nothing",
}


@pytest.mark.parametrize("wrong", WRONG, ids=lambda wrong: wrong.__name__)
async def test_finds(wrong, tmp_path, monkeypatch):
    monkeypatch.setattr(transport_contract, "SOON", 0.3)
    monkeypatch.setattr(transport_contract, "NEVER", 0.05)

    class Contract(TransportContract):
        @asynccontextmanager
        async def broker(self, folder):
            yield InProcess()

        def make(self, broker, will=None, client_id=None):
            return wrong(broker, will)

        async def abort(self, transport):
            await transport.abort()

    with pytest.raises((AssertionError, TimeoutError)):
        await getattr(Contract(), WRONG[wrong])(tmp_path)


def test_every_promise_is_broken_once():
    promises = {
        name for name, _ in inspect.getmembers(TransportContract, inspect.isfunction) if name.startswith("test_")
    }
    assert promises == set(WRONG.values())
