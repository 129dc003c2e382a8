"""``python -m benchmarks.chat``: calls to a language model against a scripted server that takes 100 ms.

The server runs in a process of its own; client and server share the machine. ``ours`` is what an agent's call goes
through (spans, places, limiter, breaker, retries, the fast path), ``bare`` the openai client with its aiohttp transport
and nothing around it, ``aiohttp`` no more than the bytes. The ideal is ``concurrency`` / 0.1 s; one core allows no more
than the inverse of the CPU time of a call.
"""

import argparse
import asyncio
import json
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Awaitable, Callable
from typing import Any, Literal

from pydantic import BaseModel, Field

from townsquare.agents.chat.connect import connect
from townsquare.agents.chat.schema import strict_schema
from townsquare.protocols.chat import Message, Request
from townsquare.protocols.chat_settings import ChatSettings
from townsquare.testing.chat_server import ChatServer

LATENCY = 0.1
"""Seconds the server takes."""
CONCURRENCY = (64, 256)
ROUNDS = 20
"""Calls per place."""
CLIENTS = ("ours", "bare", "aiohttp")
PEERS = {"camel-oasis": 18.7, "agentscope": 3.4}
"""CPU ms per call of other frameworks, as measured once with the same kind of server (docs/models.md)."""

Call = Callable[[int], Awaitable[object]]


class Action(BaseModel):
    """What an agent does with one item."""

    item: int = Field(ge=1, le=20)
    kind: Literal["click", "like", "skip"]
    stars: int | None = Field(default=None, ge=1, le=5)


class Actions(BaseModel):
    """What an agent does with a list."""

    reason: str
    actions: list[Action] = Field(min_length=3, max_length=20)


def request(number: int) -> Request:
    """A prompt of about 400 tokens, different for each call."""
    items = "\n".join(f"{i}. An article about the town hall, its market and number {number}" for i in range(1, 21))
    messages = (Message("system", f"You are reader {number}."), Message("user", f"This is your feed.\n{items}"))
    return Request("openai:scripted", messages, strict_schema(Actions))


async def ours(url: str, concurrency: int) -> Call:
    """The whole way from a request to a reply."""
    chat = connect("openai:scripted", ChatSettings(base_url=url, concurrency=concurrency))
    return lambda number: chat.complete(request(number))


async def bare(url: str, concurrency: int) -> Call:
    """The openai client as its documentation shows it, with the transport that is fastest."""
    import httpx2
    from openai import AsyncOpenAI, DefaultAioHttpClient

    limits = httpx2.Limits(max_connections=concurrency)
    client = AsyncOpenAI(base_url=url, api_key="none", http_client=DefaultAioHttpClient(limits=limits))
    places = asyncio.Semaphore(concurrency)

    async def call(number: int) -> object:
        body: Any = body_of(request(number))
        async with places:
            return (await client.chat.completions.create(**body)).choices[0].message.content

    return call


async def aiohttp(url: str, concurrency: int) -> Call:
    """One POST, and JSON both ways."""
    from aiohttp import ClientSession, TCPConnector

    session = ClientSession(connector=TCPConnector(limit=concurrency))

    async def call(number: int) -> object:
        async with session.post(f"{url}/chat/completions", json=body_of(request(number))) as response:
            return (await response.json())["choices"][0]["message"]["content"]

    return call


def body_of(asked: Request) -> dict[str, Any]:
    """What all clients send."""
    form = {"name": "answer", "strict": True, "schema": json.loads(asked.schema)}
    return {
        "model": "scripted",
        "messages": [{"role": message.role, "content": message.text} for message in asked.messages],
        "temperature": asked.temperature,
        "max_tokens": asked.max_tokens,
        "response_format": {"type": "json_schema", "json_schema": form},
    }


async def measure(client: str, concurrency: int, url: str) -> dict[str, float]:
    """Calls/s and CPU ms per call, after a round to warm up."""
    call = await {"ours": ours, "bare": bare, "aiohttp": aiohttp}[client](url, concurrency)
    await asyncio.gather(*(call(-number) for number in range(concurrency)))
    n_calls = concurrency * ROUNDS
    began, used = time.perf_counter(), time.process_time()
    await asyncio.gather(*(call(number) for number in range(n_calls)))
    seconds, cpu = time.perf_counter() - began, time.process_time() - used
    return {"calls_per_second": n_calls / seconds, "cpu_ms": cpu / n_calls * 1000}


def case(client: str, concurrency: int) -> dict[str, float]:
    """One measurement with a client and a server in processes of their own."""
    command = [sys.executable, "-m", "benchmarks.chat", "--serve"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            url = server.stdout.readline().strip()
            child = [sys.executable, "-m", "benchmarks.chat", "--client", client, "--url", url]
            done = subprocess.run(
                [*child, "--concurrency", str(concurrency)], capture_output=True, text=True, check=False
            )
        finally:
            server.terminate()
    if done.returncode:
        sys.exit(f"{client} failed:\n{done.stderr}")
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def table(repeats: int = 3) -> None:
    """Medians of ``repeats`` measurements, the clients in turn."""
    print(f"\ncalls to a model that takes {LATENCY * 1000:.0f} ms (scripted server on this machine)")
    for concurrency in CONCURRENCY:
        runs: dict[str, list[dict[str, float]]] = {client: [] for client in CLIENTS}
        for _ in range(repeats):
            for client in CLIENTS:
                runs[client].append(case(client, concurrency))
        ideal = concurrency / LATENCY
        cpu = {}
        for client, found in runs.items():
            rate = statistics.median(run["calls_per_second"] for run in found)
            cpu[client] = statistics.median(run["cpu_ms"] for run in found)
            possible = min(ideal, 1000 / cpu[client])
            print(
                f"{concurrency:>4} at a time  {client:<8} {rate:6.0f} calls/s, {rate / ideal:4.0%} of the ideal "
                f"{ideal:,.0f}, {rate / possible:4.0%} of what a core allows  {cpu[client]:5.2f} CPU ms per call",
                flush=True,
            )
        print(f"{'':<15} ours - bare  {cpu['ours'] - cpu['bare']:+.2f} CPU ms per call")
    print("elsewhere: " + ", ".join(f"{name} {ms} CPU ms per call" for name, ms in PEERS.items()))


def serve() -> None:
    """One answer for everybody, until terminated."""
    answer = json.dumps({"reason": "text", "actions": [{"item": n, "kind": "click", "stars": None} for n in (1, 2, 3)]})
    with ChatServer(lambda body: answer, latency=LATENCY) as server:
        print(server.url, flush=True)
        threading.Event().wait()


def main() -> None:
    """The table; with --client one measurement as JSON."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.chat", description=__doc__)
    parser.add_argument("--client", choices=CLIENTS, help="measure this one and print JSON")
    parser.add_argument("--concurrency", type=int, default=64)
    parser.add_argument("--url", help="base URL of a chat server that runs")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--serve", action="store_true", help="serve, and print the base URL")
    given = parser.parse_args()
    if given.serve:
        serve()
    elif given.client:
        print(json.dumps(asyncio.run(measure(given.client, given.concurrency, given.url))))
    else:
        table(given.repeats)


if __name__ == "__main__":
    main()
