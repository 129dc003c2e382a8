"""What the path from an ask to an answer costs: ``python -m benchmarks.asking``.

First without HTTP: CPU per decision of asker, cassette and budget around a scripted chat, for calls that are made and
for calls that are found in the cassette. Then over HTTP, against a local server that answers after 100 ms: the whole
path beside the bare client, at two levels of concurrency. The server takes its share of the same cores, so the rates
are those of a small machine; the difference in CPU per call is the figure to look at.
"""

import asyncio
import json
import subprocess
import sys
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from time import perf_counter, process_time

from pydantic import BaseModel

from townsquare.agents.chat.asked import Asked
from townsquare.agents.chat.asker import Asker
from townsquare.agents.chat.budget import Meter
from townsquare.agents.chat.cassette import Cassette
from townsquare.agents.chat.patience import Patient
from townsquare.agents.chat.prices import Prices
from townsquare.agents.chat.providers.openai import OpenAI
from townsquare.agents.chat.providers.scripted import Scripted
from townsquare.agents.chat.schema import strict_schema
from townsquare.protocols.asking import Ask
from townsquare.protocols.chat import Chat, Message
from townsquare.protocols.chat_settings import Budget, ChatSettings

MODEL = "openai:gpt-4o-mini"
LATENCY = 0.1
ROUNDS = 3


class Choice(BaseModel):
    """What is asked for."""

    items: list[int]
    why: str


def asks(count: int, first: int = 0) -> list[Ask[Choice]]:
    """Prompts of about 4 kB, no two alike."""
    system = Message("system", "You are a reader of the town's newspaper. " * 20)
    article = "The council met on Monday to talk about the new bridge. "
    return [
        Ask("read", n, 0, (system, Message("user", f"Reader {n}. " + article * 55)), Choice)
        for n in range(first, first + count)
    ]


async def path(folder: Path, name: str, chat: Chat, wanted: list[Ask[Choice]], settings: ChatSettings) -> None:
    """All asks at once, through the whole path."""
    with Cassette(folder / f"{name}.sqlite", run="bench") as cassette:
        meter = Meter(Budget(tokens=10**12, usd=1e9), Prices.load(), cassette.spent())
        asker = Asker(chat, MODEL, settings, cassette, meter, asked := Asked())
        answers = await asyncio.gather(*map(asker, wanted))
        if any(answer.value is None for answer in answers):
            sys.exit(f"{asked.totals}: {next(a.why for a in answers if a.why)}")


async def bare(url: str, wanted: list[Ask[Choice]], settings: ChatSettings) -> None:
    """The same prompts through the client alone, as its documentation has it, and pydantic."""
    from openai import AsyncOpenAI, DefaultAioHttpClient

    form = {"name": "answer", "strict": True, "schema": json.loads(strict_schema(Choice))}
    schema = {"type": "json_schema", "json_schema": form}
    places = asyncio.Semaphore(settings.concurrency)
    async with AsyncOpenAI(base_url=url, api_key="none", http_client=DefaultAioHttpClient()) as client:

        async def one(ask: Ask[Choice]) -> None:
            turns = [{"role": message.role, "content": message.text} for message in ask.messages]
            async with places:
                done = await client.chat.completions.create(
                    model="gpt-4o-mini",
                    messages=turns,  # type: ignore[arg-type]
                    temperature=0.0,
                    max_tokens=1000,
                    extra_body={"response_format": schema},
                )
            Choice.model_validate_json(done.choices[0].message.content or "")

        await asyncio.gather(*map(one, wanted))


def measure(work: Callable[[], Awaitable[None]], calls: int) -> tuple[float, float]:
    """CPU and wall-clock ms per call."""

    async def timed() -> tuple[float, float]:
        cpu, wall = process_time(), perf_counter()
        await work()
        return (process_time() - cpu) / calls * 1e3, (perf_counter() - wall) / calls * 1e3

    return asyncio.run(timed())


def scripted(calls: int) -> None:
    """Print the cost of a decision without HTTP."""
    settings, chat = ChatSettings(), Scripted(lambda request: '{"items": [3, 1], "why": "close to my taste"}')
    made, found = [], []
    for _ in range(ROUNDS):
        with tempfile.TemporaryDirectory() as folder:
            for times in (made, found):
                times.append(measure(lambda: path(Path(folder), "c", chat, asks(calls), settings), calls)[0])
    for name, times in (("call made and recorded", made), ("call found in the cassette", found)):
        print(f"{name:<46} {min(times):6.3f} ms CPU a decision", flush=True)


def over_http(url: str, concurrency: int, calls: int) -> None:
    """Print rate and CPU of the bare client and of the whole path, taken in turns."""
    settings = ChatSettings(concurrency=concurrency)
    ideal = LATENCY / concurrency * 1e3
    found: dict[str, list[tuple[float, float]]] = {"bare openai client with aiohttp": [], "ask to answer": []}
    with tempfile.TemporaryDirectory() as folder:
        for turn in range(ROUNDS):

            async def ours(turn: int = turn) -> None:
                chat = Patient(OpenAI(MODEL, settings, base_url=url, key="none"), settings)
                await path(Path(folder), f"{turn}", chat, asks(calls), settings)
                await chat.close()

            found["bare openai client with aiohttp"].append(measure(lambda: bare(url, asks(calls), settings), calls))
            found["ask to answer"].append(measure(ours, calls))
    for name, rounds in found.items():
        cpu, wall = min(c for c, _ in rounds), min(w for _, w in rounds)
        print(
            f"{name:<33} c={concurrency:<10} {cpu:6.3f} ms CPU a call {1e3 / wall:7.0f} calls/s, "
            f"{ideal / wall:4.0%} of the ideal",
            flush=True,
        )


def main() -> None:
    """All of it; about a minute."""
    scripted(2000)
    command = [sys.executable, "-m", "townsquare.testing.chat_server", "--port", "0", "--latency", str(LATENCY)]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout is not None
        url = server.stdout.readline().strip()
        for concurrency in (64, 256):
            over_http(url, concurrency, 2000)
    finally:
        server.terminate()
        server.wait()


if __name__ == "__main__":
    main()
