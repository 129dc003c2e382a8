"""Which broker a command means, how it gets in, and how it ends when it is told to."""

import argparse
import asyncio
import os
import signal
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import Any
from uuid import uuid4

from pydantic import ValidationError

from townsquare.protocols.errors import InputError
from townsquare.protocols.ioa.cards import Card, Limits
from townsquare.protocols.ioa.host import Host, JoinRefused, Member
from townsquare.protocols.ioa.topics import ROOT
from townsquare.protocols.remote_settings import BROKER, RemoteSettings
from townsquare.protocols.transports.broker_url import BrokerURL
from townsquare.protocols.transports.transport import TransportError
from townsquare.protocols.wording import first_problem

NEAR = "mqtt://localhost:1883"
"""Where a broker is looked for when nothing names one; `townsquare serve` starts one there."""
_CALLER = "call-"
_PATIENCE, _GOODBYE = 10.0, 5.0
"""Seconds that the server has to let an agent in, and the broker to hear that it leaves."""
_BYTES = 2**22
"""The largest answer that a caller takes: some ten thousand cards; ready brokers take messages of 16 MiB."""


def settings_of(arguments: argparse.Namespace) -> RemoteSettings:
    """Broker and root as given, by the environment, or near. Raises InputError for what is none."""
    url = arguments.broker or os.environ.get(BROKER) or NEAR
    BrokerURL.read(url)
    try:
        return RemoteSettings(broker=url, root=arguments.root)
    except ValidationError as error:
        raise InputError(f"--{first_problem(error, RemoteSettings)}") from error


def unreachable(settings: RemoteSettings, error: TransportError) -> InputError:
    """The broker is not there, or does not let us in: which, and what to do."""
    cause: BaseException | None = error
    while cause is not None and not isinstance(cause, ConnectionRefusedError):
        cause = cause.__cause__ or cause.__context__
    if cause is None:
        return InputError(str(error))
    return InputError(
        f"nothing listens at {settings.url()}: `townsquare serve` starts a broker and the server on this machine; or "
        "give another --broker."
    )


@asynccontextmanager
async def hosted(settings: RemoteSettings, name: str) -> AsyncIterator[Host]:
    """A connection, open. Raises InputError when the broker is not there, or does not let us in."""
    host = Host(settings.url(), name, owner=settings.user(), root=settings.root)
    try:
        await host.__aenter__()
    except TransportError as error:
        raise unreachable(settings, error) from error
    try:
        yield host
    finally:
        await host.__aexit__(None, None, None)


@asynccontextmanager
async def caller(settings: RemoteSettings) -> AsyncIterator[Member]:
    """Somebody who asks, and is there for as long as that takes."""
    async with hosted(settings, f"{_CALLER}{uuid4().hex[:12]}") as host:
        name = host.me.agent
        me = await entered(host, Card(name=name, limits=Limits(bytes=_BYTES)), None, settings)
        try:
            yield me
        finally:
            await goodbye(host, [name])


async def goodbye(host: Host, names: Sequence[str]) -> None:
    """Take agents away. Who wants to go is not kept by a broker that is away."""
    with suppress(TimeoutError, TransportError):
        async with asyncio.timeout(_GOODBYE):
            await asyncio.gather(*(host.leave(name) for name in names))


def is_caller(name: str, description: str) -> bool:
    """Whether somebody is only there to ask, for a moment."""
    return name.startswith(_CALLER) and not description


async def entered(host: Host, card: Card, agent: Any, settings: RemoteSettings) -> Member:
    """An agent, in. Raises InputError when nobody serves there, or the card is refused."""
    try:
        async with asyncio.timeout(_PATIENCE):
            return await host.join(card, agent)
    except TimeoutError:
        root = "" if settings.root == ROOT else f" --root {settings.root}"
        raise InputError(
            f"nobody serves on {settings.url()} (root {settings.root!r}): no answer within {_PATIENCE:g} s; "
            f"`townsquare serve --broker {settings.url()}{root}` does."
        ) from None
    except JoinRefused as error:
        raise InputError(f"{card.name!r} was refused ({error.code}): {str(error).removesuffix('.')}.") from error


@contextmanager
def stopping() -> Iterator[asyncio.Event]:
    """An event that Ctrl-C, or SIGTERM, sets; a second one ends the program at once."""
    loop, stop, numbers = asyncio.get_running_loop(), asyncio.Event(), (signal.SIGINT, signal.SIGTERM)

    def give_back() -> None:
        for number in numbers:
            with suppress(NotImplementedError, RuntimeError, ValueError):
                loop.remove_signal_handler(number)

    def ask() -> None:
        stop.set()
        give_back()

    for number in numbers:
        # not on Windows, and not in a thread: there Ctrl-C ends it without a goodbye, and the broker tells of it
        with suppress(NotImplementedError, RuntimeError, ValueError):
            loop.add_signal_handler(number, ask)
    try:
        yield stop
    finally:
        give_back()
