"""``townsquare serve``: the server of agents that live elsewhere, and who is there."""

import argparse
import asyncio
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack, contextmanager, suppress
from dataclasses import replace
from pathlib import Path

from rich.console import Console
from rich.live import Live
from rich.table import Table

from townsquare.agents.joining.narrated import short
from townsquare.cli.broker import is_caller, settings_of, stopping, unreachable
from townsquare.protocols.errors import InputError
from townsquare.protocols.ioa.journal import FILE, Journal
from townsquare.protocols.ioa.presence import AgentPresence, Presence
from townsquare.protocols.ioa.server import Server
from townsquare.protocols.registry import make
from townsquare.protocols.remote_settings import RemoteSettings
from townsquare.protocols.streams import Streams
from townsquare.protocols.transports.embedded import Embedded
from townsquare.protocols.transports.transport import TransportError

PORT = 1883
"""MQTT's own."""
_POLL = 0.25
"""Seconds between two looks at who is there."""
_LIMITS = "a broker for trying things out: this machine only, no users, nothing kept when it stops."
_ROWS = 40
"""Agents that the table has room for; those who are here come first."""

_WIDE = {"hashing": {"dimensions": 2_048}}
"""Cards have many words: in a narrow space too many would fall on the same place."""
_LEAST, _MOST = 1_024, 268_435_456
"""Bytes of the largest message: what MQTT can carry at most."""
Change = tuple[str, AgentPresence]
Show = Callable[[Presence, list[Change]], None]
"""Given the present state, and what has changed about agents since the last time."""


def serve(arguments: argparse.Namespace) -> int:
    """Serve until Ctrl-C."""
    if arguments.broker and arguments.port is not None:
        raise InputError("--port is for a broker of its own; it does not go with --broker.")
    if not _LEAST <= arguments.max_bytes <= _MOST:
        raise InputError(f"--max-bytes takes {_LEAST:,} to {_MOST:,} (got {arguments.max_bytes:,}).")
    if arguments.port is not None and not 0 <= arguments.port <= 65_535:
        raise InputError(f"--port takes 0 to 65535 (got {arguments.port}).")
    return asyncio.run(_serve(arguments, settings_of(arguments)))


async def _serve(arguments: argparse.Namespace, settings: RemoteSettings) -> int:
    embedder = make("embedder", arguments.embedder, _WIDE.get(arguments.embedder, {}), Streams(0))
    async with AsyncExitStack() as stack:
        if not arguments.broker:
            broker = await stack.enter_async_context(Embedded(PORT if arguments.port is None else arguments.port))
            settings = settings.model_copy(update={"broker": broker.url})
        journal = _record(arguments.record)
        server = Server(
            settings.url(), root=settings.root, embedder=embedder, journal=journal, max_bytes=arguments.max_bytes
        )
        try:
            await stack.enter_async_context(server)
        except TransportError as error:
            raise unreachable(settings, error) from error
        with stopping() as stop, _shown(arguments.json) as show:
            _begin(arguments, settings)
            before, breaks = None, 0
            while not stop.is_set():
                if server.transport.breaks != breaks:
                    breaks = server.transport.breaks
                    if not arguments.json:
                        _say(f"{settings.url()} is back.")
                now = server.presence()
                agents = tuple(one for one in now.agents if not is_caller(one.name, one.description))
                now = replace(now, agents=agents)
                if now != before:
                    show(now, changes(before, now))
                before = now
                await _within(_POLL, stop)
    if not arguments.json:
        _say("stopped; agents are told that nobody serves any more.")
    return 0


def _begin(arguments: argparse.Namespace, settings: RemoteSettings) -> None:
    url, root = settings.url(), "" if settings.root == "townsquare" else f" --root {settings.root}"
    if arguments.json:
        print(json.dumps({"change": "serving", "broker": url, "root": settings.root}), flush=True)
        return
    if not arguments.broker:
        _say(_LIMITS)
    _say(f"serving {url}; agents come with: townsquare join --broker {url}{root} ...; Ctrl-C stops.")


@contextmanager
def _shown(as_json: bool) -> Iterator[Show]:
    """JSON lines on standard output, a table on a terminal, plain lines elsewhere."""
    if as_json:
        yield _tell
    elif sys.stderr.isatty():
        with Live(console=Console(stderr=True), auto_refresh=False) as live:
            yield lambda now, changed: live.update(_table(now), refresh=True)
    else:
        yield _name


def changes(before: Presence | None, now: Presence) -> list[Change]:
    """What happened to whom, by name: came, left, away (also when it came as such), back."""
    was = {agent.name: agent for agent in before.agents} if before is not None else {}
    there = {agent.name: agent for agent in now.agents}
    found = []
    for name in sorted(was.keys() | there.keys()):
        old, new = was.get(name), there.get(name)
        if new is None:
            assert old is not None
            found.append(("left", old))
        elif old is None:
            found.append(("came" if new.here else "away", new))
        elif old.here != new.here:
            found.append(("back" if new.here else "away", new))
    return found


def _name(now: Presence, changed: list[Change]) -> None:
    for what, agent in changed:
        _say(f"{agent.name} {what}")


def _tell(now: Presence, changed: list[Change]) -> None:
    for what, agent in changed:
        told = {"change": what, "agent": agent.name, "owner": agent.owner, "description": agent.description}
        print(json.dumps(told, ensure_ascii=False), flush=True)


def _table(now: Presence) -> Table:
    """Who is there, as many as fit, and what goes on."""
    table = Table(caption=" · ".join(_counts(now)), caption_justify="left", box=None, header_style="bold")
    for column in ("agent", "owner", "", "tasks", "what it does"):
        table.add_column(column, overflow="ellipsis", no_wrap=True)
    for agent in sorted(now.agents, key=lambda agent: not agent.here)[:_ROWS]:
        tasks = f"{agent.running}" + (f" (+{agent.waiting})" if agent.waiting else "") if agent.running else ""
        words = short(agent.description).replace("[", r"\[")
        table.add_row(agent.name, agent.owner, "here" if agent.here else "[dim]away[/dim]", tasks, words)
    if len(now.agents) > _ROWS:
        table.add_row(f"… and {len(now.agents) - _ROWS} more", "", "", "", "")
    return table


def _counts(now: Presence) -> list[str]:
    """The state in numbers."""
    groups = sum(group.status == "open" for group in now.groups)
    refused = ", ".join(f"{count} {code}" for code, count in now.refusals.items())
    counts = [f"{now.here} here, {len(now.agents) - now.here} away", f"{now.messages:,} messages"]
    counts += [f"{now.tasks} tasks under way, {sum(now.tasks_ended.values()):,} done", f"{groups} groups open"]
    return counts + [f"refused: {refused}"] * bool(refused) + [now.journal] * bool(now.journal)


def _record(folder: Path | None) -> Journal | None:
    """A new record, or one that goes on. Raises InputError for a folder with anything else in it."""
    if folder is None:
        return None
    if folder.is_dir() and any(folder.iterdir()) and not (folder / FILE).exists():
        raise InputError(f"--record {folder}: the folder is not empty, and holds no record that could go on ({FILE}).")
    return Journal(folder)


async def _within(seconds: float, stop: asyncio.Event) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await stop.wait()


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
