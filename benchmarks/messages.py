"""``python -m benchmarks.messages``: what the protocol costs on top of a bare MQTT client, on a real mosquitto.

One agent asks, another answers with the same 256 bytes. ``ours`` goes from host to server to host and back: task,
progress and result, each numbered, checked, recorded, acknowledged, and passed on by the server. ``bare`` is aiomqtt
with nothing around it, in the same places: from one client through a relay to another and back (request and reply), its
publishing pipelined as ours is, QoS 1, TCP_NODELAY. Clients, relay and server share one process; the broker has its own
and is not counted. A message is one publish: 6 in a round of ours, 4 in a bare one.
"""

import argparse
import asyncio
import json
import socket
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from townsquare.protocols.ioa.cards import Card, Limits
from townsquare.protocols.ioa.host import Host
from townsquare.protocols.ioa.messages import Task
from townsquare.protocols.ioa.server import Server
from townsquare.protocols.transports.in_process import InProcess
from townsquare.testing.mosquitto import Mosquitto, program

BYTES = 256
UNDER_WAY = 100
"""Rounds at the same time, where throughput is measured; latency is measured with one."""
REPEATS = 5
ROUNDS, QUICK = 4_000, 400
OURS, BARE = 6, 4
"""Messages of a round."""

Ask = Callable[[int], Awaitable[None]]


@dataclass(frozen=True)
class Cost:
    """What one way of sending costs."""

    name: str
    per_second: float
    """Messages."""
    micros: float
    """CPU time of a message, us."""
    p50: float
    p99: float
    """Of a round with nothing else under way, ms."""
    busy_p50: float
    busy_p99: float
    """Of a round with all others under way, ms."""


class Echo:
    """Gives back what it gets."""

    async def run(self, task: Task) -> Any:
        """The input."""
        return task.input


@asynccontextmanager
async def ours(broker: "str | InProcess") -> AsyncIterator[Ask]:
    """Two hosts and a server."""
    async with Server(broker), Host(broker, "asks") as asks, Host(broker, "answers") as answers:
        limits = Limits(parallel=UNDER_WAY)
        me = await asks.join(Card(name="asks", limits=limits))
        await answers.join(Card(name="echo", limits=limits), Echo())

        async def ask(number: int) -> None:
            text = f"{number:0{BYTES}}"
            result = await me.assign("echo", input=text)
            assert result.output == text, result

        yield ask


@asynccontextmanager
async def bare(broker: str) -> AsyncIterator[Ask]:
    """Two clients and a relay of aiomqtt; each publishes without waiting for what it published before."""
    import aiomqtt

    port, waiting = int(broker.rpartition(":")[2]), dict[int, asyncio.Future[None]]()
    background: set[asyncio.Task[Any]] = set()
    options = [(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)]

    def soon(what: Any) -> None:
        task = asyncio.get_running_loop().create_task(what)
        background.add(task)
        task.add_done_callback(background.discard)

    async def client(stack: AsyncExitStack, *topics: str) -> aiomqtt.Client:
        made = aiomqtt.Client("localhost", port, max_inflight_messages=2 * UNDER_WAY, socket_options=options)
        made.pending_calls_threshold = 10 * UNDER_WAY
        await stack.enter_async_context(made)
        for topic in topics:
            await made.subscribe(topic, qos=1)
        return made

    async def relay(me: aiomqtt.Client, to: dict[str, str]) -> None:
        async for message in me.messages:
            soon(me.publish(to[str(message.topic)], message.payload, qos=1))

    async def read(me: aiomqtt.Client) -> None:
        async for message in me.messages:
            assert isinstance(message.payload, bytes)
            waiting.pop(json.loads(message.payload)["number"]).set_result(None)

    async with AsyncExitStack() as stack:
        asks, middle, echo = (
            await client(stack, "asks/in"),
            await client(stack, "asks/out", "echo/out"),
            await client(stack, "echo/in"),
        )
        soon(relay(middle, {"asks/out": "echo/in", "echo/out": "asks/in"}))
        soon(relay(echo, {"echo/in": "echo/out"}))
        soon(read(asks))

        async def ask(number: int) -> None:
            done = waiting[number] = asyncio.get_running_loop().create_future()
            payload = json.dumps({"number": number, "text": f"{number:0{BYTES}}"}).encode()
            soon(asks.publish("asks/out", payload, qos=1))
            await done

        yield ask
        for task in list(background):
            task.cancel()
        await asyncio.gather(*background, return_exceptions=True)


async def measure(name: str, ask: Ask, messages: int, rounds: int) -> Cost:
    """One at a time for the latency, many at a time for throughput and CPU."""
    gate, busy = asyncio.Semaphore(UNDER_WAY), list[float]()

    async def timed(number: int, into: list[float]) -> None:
        start = time.perf_counter()
        await ask(number)
        into.append(time.perf_counter() - start)

    async def gated(number: int) -> None:
        async with gate:
            await timed(number, busy)

    alone = list[float]()
    for number in range(rounds // 10):
        await timed(number, alone)
    start, used = time.perf_counter(), time.process_time()
    await asyncio.gather(*(gated(rounds + number) for number in range(rounds)))
    seconds, used = time.perf_counter() - start, time.process_time() - used
    count = messages * rounds
    alone, busy = sorted(alone[len(alone) // 5 :]), sorted(busy)
    at = (alone[len(alone) // 2], alone[len(alone) * 99 // 100], busy[rounds // 2], busy[rounds * 99 // 100])
    return Cost(name, count / seconds, used / count * 1e6, *(1e3 * value for value in at))


def median(costs: list[Cost]) -> Cost:
    """Of every figure."""
    figures = [[getattr(cost, field.name) for cost in costs] for field in fields(Cost)[1:]]
    return Cost(costs[0].name, *(statistics.median(values) for values in figures))


def show(cost: Cost) -> None:
    """One line."""
    print(
        f"{cost.name:<24} {cost.per_second:7,.0f} messages/s {cost.micros:4.0f} us CPU each   round p50/p99: "
        f"{cost.p50:5.2f} / {cost.p99:5.2f} ms alone, {cost.busy_p50:5.1f} / {cost.busy_p99:5.1f} ms of {UNDER_WAY}",
        flush=True,
    )


async def table(rounds: int) -> list[Cost]:
    """All of it, and the ratios: medians of several repetitions in turns, since a machine is rarely quiet."""
    print(f"messages: {REPEATS} x {rounds:,} rounds of {BYTES} bytes there and back")
    here = []
    for _ in range(REPEATS):
        async with ours(InProcess()) as ask:
            here.append(await measure("in this process", ask, OURS, rounds))
    costs = [median(here)]
    show(costs[0])
    if program() is None:
        print("mosquitto is not installed: nothing to compare with")
        return costs
    found: dict[str, list[Cost]] = {"bare": [], "ours": []}
    with tempfile.TemporaryDirectory() as folder, Mosquitto(Path(folder)) as broker:
        for _ in range(REPEATS):
            for name, way, messages in (("bare", bare, BARE), ("ours", ours, OURS)):
                async with way(broker.url) as ask:
                    found[name].append(await measure(f"mosquitto, {name}", ask, messages, rounds))
    for one in found.values():
        costs.append(median(one))
        show(costs[-1])
    plain, full = costs[1:]
    print(
        f"{'ours / bare':<24} per message: throughput {full.per_second / plain.per_second:.2f} x, CPU "
        f"{full.micros / plain.micros:.2f} x; per round, of half as many messages again: CPU "
        f"{full.micros * OURS / (plain.micros * BARE):.2f} x, p50 {full.p50 / plain.p50:.2f} x, "
        f"p99 {full.p99 / plain.p99:.2f} x"
    )
    return costs


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.messages", description=__doc__)
    parser.add_argument("--quick", action="store_true", help=f"{QUICK:,} rounds instead of {ROUNDS:,}")
    asyncio.run(table(QUICK if parser.parse_args().quick else ROUNDS))


if __name__ == "__main__":
    main()
