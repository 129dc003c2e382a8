"""Asks, and a chat that answers by a function: no language model, and no network."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from townsquare.agents.chat.asked import Asked
from townsquare.agents.chat.asker import Asker
from townsquare.agents.chat.budget import Meter
from townsquare.agents.chat.cassette import Cassette, Mode, Shelf
from townsquare.agents.chat.prices import Prices
from townsquare.protocols.asking import Answer, Ask
from townsquare.protocols.chat import Chat, ChatError, Message, Reply, Request, estimate_tokens
from townsquare.protocols.chat_settings import Budget, ChatSettings

MODEL = "openai:gpt-4o-mini"
GOOD = '{"item": 3, "why": "close to my taste"}'


class Choice(BaseModel):
    item: int
    why: str = ""


def shown(choice: Choice) -> str:
    return "" if choice.item < 10 else f"item {choice.item} was not shown; the items are 0 to 9"


def ask_for(agent: int = 0, tick: int = 0, purpose: str = "choose", text: str = "", number: int = 0) -> Ask[Choice]:
    words = text or f"You are agent {agent}; it is tick {tick}. Choose an item from 0 to 9."
    return Ask(purpose, agent, tick, (Message("system", "You choose."), Message("user", words)), Choice, shown, number)


class Told:
    """A chat that answers what ``say`` makes of a request: a text, a reply, or an error to raise."""

    structured = "schema"

    def __init__(self, say: Callable[[Request], str | Reply | BaseException] = lambda request: GOOD) -> None:
        self.say, self.asked, self.wait = say, list[Request](), 0.0

    async def complete(self, request: Request) -> Reply:
        self.asked.append(request)
        await asyncio.sleep(self.wait)
        said = self.say(request)
        if isinstance(said, BaseException):
            raise said
        if isinstance(said, Reply):
            return said
        tokens_in = sum(estimate_tokens(message.text) for message in request.messages)
        return Reply(said, "stop", tokens_in, estimate_tokens(said), True, "told", 1, 0.25)

    async def close(self) -> None:
        pass


def down(request: Request) -> ChatError:
    return ChatError("http://127.0.0.1 answered 500 four times: no luck", "server", attempts=4)


class Table:
    """An asker with all that it needs."""

    def __init__(self, asker: Asker) -> None:
        self.asker, self.cassette, self.meter, self.asked = asker, asker.cassette, asker.budget, asker.asked

    def ask(self, *asks: Ask[Choice]) -> list[Answer[Choice]]:
        async def all_at_once() -> list[Answer[Choice]]:
            return list(await asyncio.gather(*(self.asker(ask) for ask in asks)))

        return asyncio.run(all_at_once())


@contextmanager
def table(
    path: Path,
    chat: Chat | None,
    *,
    mode: Mode = "auto",
    run: str = "run-1",
    shelves: tuple[Shelf, ...] = (),
    budget: Budget | None = None,
    settled: int = 0,
    model: str = MODEL,
    **settings: Any,
) -> Iterator[Table]:
    """A cassette at ``path`` and an asker around it."""
    with Cassette(path, mode, run=run, shelves=shelves) as cassette:
        meter = Meter(budget or Budget(), Prices.load(), cassette.spent())
        yield Table(Asker(chat, model, ChatSettings(**settings), cassette, meter, Asked(), settled=settled))
