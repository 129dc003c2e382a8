"""Random bytes, broken messages, sound messages in any order, by agents that follow no rule: the server serves on."""

import asyncio
import itertools
import json
import tracemalloc
from contextlib import AsyncExitStack

import numpy as np
import pytest

from tests.protocols.ioa.wire import SOON, Peer
from townsquare.memory.embedders.hashing import Hashing
from townsquare.protocols.ioa.cards import Card, Limits
from townsquare.protocols.ioa.messages import (
    Ack,
    Cancel,
    Discover,
    Found,
    Launch,
    Launched,
    Lookup,
    Progress,
    Refused,
    Result,
    Say,
    Task,
    decode,
    encode,
)
from townsquare.protocols.ioa.replay import records
from townsquare.protocols.ioa.rules import Rules
from townsquare.protocols.ioa.server import Server
from townsquare.protocols.ioa.topics import Address
from townsquare.protocols.ioa.vocabulary import Code, TaskStatus, Type
from townsquare.protocols.streams import Streams

NAMES = ("ann", "bob", "cat", "dan")
SAID = 3_000
MEMORY = 64 * 2**20
"""Bytes that the whole process may have more at the end of a test."""
WEIRD = (
    "",
    " ",
    "a/b",
    "+",
    "#",
    "server",
    "\u0430nn",
    "x" * 300,
    None,
    -1,
    2**60,
    1.5,
    True,
    [],
    {},
    ["ann"],
    {"a": 1},
)


class Fuzzer:
    """Makes up messages; the same for the same seed, but for what it has heard."""

    def __init__(self, seed):
        self.random = Streams(seed).get("fuzz")
        self.count = itertools.count()
        self.groups, self.tasks = ["nowhere"], ["nothing"]

    def pick(self, values):
        return values[int(self.random.integers(len(values)))]

    def some(self, values, most=4):
        return [self.pick(values) for _ in range(int(self.random.integers(most)))]

    def chance(self, share):
        return bool(self.random.random() < share)

    def learn(self, message):
        if isinstance(message, Launched):
            self.groups.append(message.comm_id)
        if isinstance(message, Task):
            self.tasks.append(message.task_id)

    def message(self, sender):
        """A sound message of any kind, about anything that was heard of."""
        kind = self.pick(
            (Discover, Lookup, Launch, Say, Say, Say, Task, Task, Progress, Result, Result, Cancel, Refused, Ack)
        )
        head = {"id": f"{sender}-{next(self.count)}", "sender": sender, "logical": int(self.random.integers(2**40))}
        names, group, task = [*NAMES, "nobody"], self.pick(self.groups[-8:]), self.pick(self.tasks[-8:])
        fields = {
            Discover: {"queries": ["soup", "accounts"][: 1 + self.chance(0.5)], "top": 1 + self.chance(0.5) * 98},
            Lookup: {"names": self.some(names)},
            Launch: {"goal": "g", "members": self.some(NAMES), "parent": group if self.chance(0.3) else None},
            Say: {
                "comm_id": group,
                "type": self.pick(list(Type)),
                "next_speaker": self.some(names),
                "content": "word " * int(self.random.integers(20)),
                "task_id": self.pick(("", task, f"wanted-{next(self.count)}")),
                "triggers": self.some([task, "nothing"], 2),
                "task_seconds": self.pick((None, 0.01, 5.0)),
                "task_input": self.pick(WEIRD),
            },
            Task: {
                "task_id": self.pick((task, f"t{next(self.count)}")),
                "to": self.pick(names),
                "seconds": self.pick((None, 0.01, 5.0)),
                "input": self.pick(WEIRD),
            },
            Progress: {"task_id": task},
            Result: {"task_id": task, "status": self.pick(list(TaskStatus)), "output": self.pick(WEIRD)},
            Cancel: {"task_id": task},
            Refused: {"code": self.pick(list(Code)), "reason": "no", "reply_to": self.pick(("server:1:1", "x"))},
            Ack: {"upto": int(self.random.integers(2**40)), "again": self.chance(0.5), "stream": "server:1"},
        }[kind]
        if self.chance(0.2):
            head |= {"seq": 1 + int(self.random.integers(50)), "stream": f"{sender}:{int(self.random.integers(6))}"}
        return kind(**head | fields)

    def broken(self, sender):
        """A sound message of which something was changed."""
        payload = encode(self.message(sender))
        if self.chance(0.5):
            fields = json.loads(payload)
            fields[self.pick([*fields, "new"])] = self.pick(WEIRD)
            return json.dumps(fields).encode()
        cut = bytearray(payload)
        for _ in range(1 + int(self.random.integers(4))):
            at = int(self.random.integers(len(cut)))
            cut[at : at + int(self.random.integers(3))] = self.random.bytes(int(self.random.integers(3)))
        return bytes(cut) or b"{"

    def noise(self):
        return self.random.bytes(1 + int(self.random.integers(200)))

    def card(self, name):
        fields = {"name": name, "limits": {"parallel": self.pick((1, 3)), "bytes": self.pick((1_024, 262_144))}}
        if self.chance(0.5):
            fields[self.pick(("name", "owner", "host", "answers", "speaks", "limits", "description"))] = self.pick(
                WEIRD
            )
        return json.dumps(fields).encode()


async def one_thing(fuzz, peer):
    """Send something; mostly what an agent may send, from where it may send it."""
    dice = float(fuzz.random.random())
    if dice < 0.6:
        await peer.raw("out", encode(fuzz.message(peer.name)))
    elif dice < 0.8:
        await peer.raw("out", fuzz.broken(peer.name))
    elif dice < 0.85:
        await peer.raw("out", fuzz.noise())
    elif dice < 0.9:
        await peer.raw("card", fuzz.pick((fuzz.card(peer.name), fuzz.noise(), b"", show(peer))), retain=True)
    elif dice < 0.95:
        await peer.raw("status", fuzz.pick((b"here", b"here", b"away", b"gone", b"")), retain=True)
    else:
        who = Address(fuzz.pick(("public", "server", "eve")), fuzz.pick((*NAMES, "server", "x" * 65)))
        await peer.raw(fuzz.pick(("card", "status", "out")), fuzz.broken(peer.name), who=who)


def show(peer):
    return peer.card.model_dump_json().encode()


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
async def test_serves_on_whatever_comes(broker, seed):
    fuzz, escaped = Fuzzer(seed), []
    asyncio.get_running_loop().set_exception_handler(lambda loop, context: escaped.append(context))
    rules = Rules(turn_seconds=0.2, max_turns=6, task_seconds=1.0)
    server = Server(broker, rules=rules, embedder=Hashing(Hashing.Config(), Streams(0)))
    tracemalloc.start()
    async with server, AsyncExitStack() as stack:
        peers = [
            await stack.enter_async_context(Peer(broker, name, speaks=n < 3, limits=Limits(parallel=2)))
            for n, name in enumerate(NAMES)
        ]
        for n in range(SAID):
            peer = fuzz.pick(peers)
            await one_thing(fuzz, peer)
            while peer.heard:
                fuzz.learn(peer.heard.pop())
            if n % 20 == 0:
                await asyncio.sleep(0.002)
        async with Peer(broker, "late", description="sober") as late:
            found = await late.ask(Found, Discover, queries=("sober",))
            assert found.matches is not None
            async with asyncio.timeout(SOON):
                while len(server.tasks) or any(not flow.ended for flow in server.groups):
                    await asyncio.sleep(0.05)  # every group and every task comes to an end by itself
        assert server.faults == 0
        assert server.messages > SAID // 4
        assert len(server.guard.refusals) >= 9
        assert records(server.journal.entries()) == {flow.comm_id: flow.record() for flow in server.groups}
    grown = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    assert grown < MEMORY
    assert not escaped


def test_what_is_made_up_depends_on_the_seed_alone():
    def made(seed):
        fuzz = Fuzzer(seed)
        return [(encode(fuzz.message("ann")), fuzz.broken("bob"), fuzz.noise(), fuzz.card("cat")) for _ in range(50)]

    assert made(1) == made(1)
    assert made(1) != made(2)
    assert all(decode(sound) for sound, *_ in made(1))
    assert np.mean([is_sound(broken) for _, broken, *_ in made(1)]) < 0.7
    assert Card(name="ann")


def is_sound(payload):
    try:
        return bool(decode(payload))
    except Exception:
        return False
