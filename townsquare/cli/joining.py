"""``townsquare join``: an agent, on the wire."""

import argparse
import asyncio
import inspect
import re
import shlex
import sys
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from townsquare.agents.joining.cards import card_of, read_card, told_by
from townsquare.agents.joining.narrated import Narrated, NarratedSpeaker
from townsquare.cli.broker import caller, entered, goodbye, hosted, settings_of, stopping
from townsquare.protocols.errors import InputError
from townsquare.protocols.ioa.cards import Card, Limits
from townsquare.protocols.ioa.host import Host
from townsquare.protocols.remote_settings import RemoteSettings

_MOST = 10_000
"""Agents of one command."""
_TOWNS = {"parallel": 4, "bytes": 16_777_216}
"""What a mind, a recommender or a moderator takes: what goes round in a town, told at once."""
_POLL = 0.5
"""Seconds between two looks at the connection."""


@dataclass(frozen=True)
class Kind:
    """A kind of agent, before it is made: what it says of itself, and how one is made for a card."""

    told: Mapping[str, Any]
    make: Callable[[Card], Any]


def join(arguments: argparse.Namespace) -> int:
    """Be there until Ctrl-C, or until the person leaves."""
    return asyncio.run(_join(arguments))


async def _join(arguments: argparse.Namespace) -> int:
    from townsquare.agents.joining.terminal import Terminal

    settings, terminal = settings_of(arguments), Terminal() if arguments.human else None
    if arguments.human and arguments.count not in (None, 1):
        raise InputError("--human is one person: --count does not go with it.")
    kind = _kind(arguments, terminal)
    cards = _cards(arguments, kind, settings.user())
    say = (lambda line: None) if arguments.quiet or arguments.human else _say
    async with AsyncExitStack() as stack:
        agents = [kind.make(card) for card in cards]
        for agent in {id(agent): agent for agent in agents}.values():
            if hasattr(agent, "close"):
                stack.push_async_callback(agent.close)
        await _free(cards, settings)
        host = await stack.enter_async_context(hosted(settings, cards[0].name))
        for card, agent in zip(cards, agents, strict=True):
            told = NarratedSpeaker if hasattr(agent, "speak") else Narrated
            await entered(host, card, told(agent, card.name, say), settings)
        with stopping() as stop:  # before anybody is told that Ctrl-C leaves
            _say(f"{_names(cards)} joined {settings.url()}; Ctrl-C leaves.")
            if terminal is not None:
                terminal.open()
            watch = asyncio.create_task(_watch(host, settings))
            await _first(stop, *([terminal.left] if terminal is not None else []))
            watch.cancel()
        await goodbye(host, [card.name for card in cards])
        _say(f"{_names(cards)} left.")
    return 0


async def _free(cards: list[Card], settings: RemoteSettings) -> None:
    """Raises InputError when somebody who is there has one of the names; who is away is taken the place of."""
    async with caller(settings) as me:
        taken = [match.card for match in await me.lookup([card.name for card in cards]) if match.here]
    if taken:
        raise InputError(
            f"the name {taken[0].name!r} is taken, by an agent of {taken[0].owner!r} that is there; choose another "
            "with --name."
        )


def _kind(arguments: argparse.Namespace, terminal: Any) -> Kind:
    """What is to join. Only what is needed is imported."""
    if arguments.agent:
        from townsquare.agents.joining.find import adapted, found

        thing = found(arguments.agent)
        agent = adapted(thing, arguments.agent)
        speaks = {"speaks": True} if hasattr(agent, "speak") else {}
        one_each = inspect.isclass(thing)
        return Kind(told_by(thing) | speaks, lambda card: adapted(thing) if one_each else agent)
    if arguments.model:
        from townsquare.agents.joining.chat import ChatAgent

        about = {"description": f"Answers in words; the language model {arguments.model}."}
        return Kind(
            {"name": _named(arguments.model), "limits": {"parallel": 4}} | about,
            partial(_chat, arguments.model, ChatAgent),
        )
    if arguments.mind:
        from townsquare.agents.joining.mind import TownMind
        from townsquare.agents.minds.remote import CAPABILITY

        mind = TownMind(arguments.mind)
        about = {"description": f"Decides for a town's agents as the mind {arguments.mind} does."}
        able = {"name": _named(arguments.mind), "capabilities": [CAPABILITY], "limits": _TOWNS}
        return Kind(able | about, lambda card: mind)
    if arguments.recommender:
        from townsquare.sim.recommenders.hosting import Hosted

        hosted = Hosted(arguments.recommender)
        card = hosted.card(_named(arguments.recommender), limits=Limits.model_validate(_TOWNS))
        return Kind(card.model_dump(include={"name", "description", "capabilities", "limits"}), lambda card: hosted)
    if arguments.moderator:
        return _moderator(arguments.moderator)
    if arguments.human:
        from townsquare.agents.joining.floor import Member

        told = {"name": "person", "description": "A person at a terminal.", "type": "Human Assistant", "speaks": True}
        return Kind(told | {"capabilities": ["decide"], "limits": {"seconds": 600}}, lambda card: Member(terminal))
    from townsquare.agents.joining.program import Program

    Program(arguments.program)  # says at once when there is none
    name = _named(Path(shlex.split(arguments.program)[0]).stem)
    return Kind(
        {"name": name, "description": f"The program {arguments.program}."},
        lambda card: Program(arguments.program, seconds=card.limits.seconds),
    )


def _moderator(place: str) -> Kind:
    """A registered moderator, or one of MODULE:CALLABLE with the name and the words of its own docstring."""
    from townsquare.sim.moderators.hosting import Hosted, adapted, registered

    told: dict[str, Any] = {}
    if ":" in place:
        from townsquare.agents.joining.find import found

        thing = found(place, "--moderator")
        moderator, told = adapted(thing, place), told_by(thing)
    else:
        moderator = registered(place)
    hosted = Hosted(moderator, place)
    card = hosted.card(told.pop("name", _named(place)), limits=Limits.model_validate(_TOWNS))
    says = card.model_dump(include={"name", "description", "capabilities", "limits"}) | told
    return Kind(says, lambda card: hosted)


def _cards(arguments: argparse.Namespace, kind: Kind, owner: str) -> list[Card]:
    """A card per agent: the file's fields before those of the agent itself, options before both."""
    given = read_card(arguments.card) if arguments.card else {}
    options = {name: value for name in ("name", "description") if (value := getattr(arguments, name))}
    values = {"owner": owner, **kind.told, **given, **options}
    if "name" not in values:
        raise InputError("an agent needs a name: give it with --name, or with a card.")
    if not values.get("description"):
        raise InputError(
            "an agent needs a description, by which others find it: give its function a docstring, or use "
            "--description or a card."
        )
    where = f"--card {arguments.card}" if arguments.card else "--name" if arguments.name else "the agent"
    if arguments.count is None:
        return [card_of(values, where)]
    if not 1 <= arguments.count <= _MOST:
        raise InputError(f"--count takes 1 to {_MOST:,} (got {arguments.count}).")
    return [card_of({**values, "name": f"{values['name']}-{i}"}, where) for i in range(arguments.count)]


def _chat(model: str, make: Callable[[str, Card], Any], card: Card) -> Any:
    return make(model, card)


def _named(text: str) -> str:
    """A name made of what something is called."""
    return re.sub(r"[^A-Za-z0-9._-]+", "-", text.partition(":")[2] or text).strip("-._")[:64]


def _names(cards: list[Card]) -> str:
    return cards[0].name if len(cards) == 1 else f"{cards[0].name} to {cards[-1].name}"


async def _watch(host: Host, settings: RemoteSettings) -> None:
    """Say when the connection broke and came back; that it broke is in the log, on standard error."""
    breaks = host.transport.breaks
    while True:
        await asyncio.sleep(_POLL)
        if host.transport.breaks != breaks:
            breaks = host.transport.breaks
            _say(f"{settings.url()} is back.")


async def _first(*events: asyncio.Event) -> None:
    waits = [asyncio.ensure_future(event.wait()) for event in events]
    await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    for wait in waits:
        wait.cancel()


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
