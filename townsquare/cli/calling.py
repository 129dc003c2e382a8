"""``townsquare call`` and ``townsquare agents``: agents elsewhere, tried by hand."""

import argparse
import asyncio
import json
import sys
from typing import Any

from townsquare.agents.prompts.quoting import clean
from townsquare.cli import printing
from townsquare.cli.broker import caller, is_caller, settings_of
from townsquare.protocols.errors import InputError, did_you_mean
from townsquare.protocols.ioa.host import Member
from townsquare.protocols.ioa.messages import Match, TaskStatus

_NAMED = 10
"""Agents that are named when one is not there."""
_LONGEST = 86_400
"""Seconds that a task may take, in the protocol."""


def call(arguments: argparse.Namespace) -> int:
    """Print the output of a task; 1 when there is none."""
    try:
        given = None if arguments.input is None else json.loads(arguments.input)
    except (ValueError, RecursionError) as error:
        raise InputError(f"--input is no JSON: {error}.") from error
    if not 0 < arguments.seconds <= _LONGEST:
        raise InputError(f"--seconds takes more than 0, and at most {_LONGEST:,} (got {arguments.seconds:g}).")
    for option, words in (("TEXT", arguments.text), ("--capability", arguments.capability), ("--input", given)):
        try:
            json.dumps(words, ensure_ascii=False).encode()
        except UnicodeEncodeError as error:
            raise InputError(f"{option} holds what is no text in UTF-8 ({error.reason}).") from error
    return asyncio.run(_call(arguments, given))


def agents(arguments: argparse.Namespace) -> int:
    """Print who is there, or who fits best."""
    if not 1 <= arguments.top <= 100:
        raise InputError(f"--top takes 1 to 100 (got {arguments.top}).")
    return asyncio.run(_agents(arguments))


async def _call(arguments: argparse.Namespace, given: Any) -> int:
    async with caller(settings_of(arguments)) as me:
        found = await me.lookup((arguments.agent,))
        if not found:
            raise await _nobody(me, arguments.agent)
        able, wanted = found[0].card.capabilities, arguments.capability
        if wanted and able and wanted not in able:
            near = did_you_mean(wanted, able)
            raise InputError(f"{arguments.agent!r} has no capability {wanted!r}{near} It has: {', '.join(able)}.")
        result = await me.assign(
            arguments.agent, arguments.text, capability=arguments.capability, input=given, seconds=arguments.seconds
        )
    if arguments.json:
        print(result.model_dump_json(exclude_none=True))
    elif result.status is TaskStatus.COMPLETED:
        text = isinstance(result.output, str)
        _print(result.output if text else json.dumps(result.output, ensure_ascii=False, indent=1))
    if result.status is TaskStatus.COMPLETED:
        return 0
    why = f": {clean(result.error)}" if result.error else ""
    print(f"townsquare: {arguments.agent}: {result.status.replace('_', ' ')}{why}", file=sys.stderr)
    return 1


def _print(words: str) -> None:
    """Whole into a file or a pipe; to a terminal without what it would act upon."""
    if sys.stdout.isatty():
        words = "\n".join(line if line.isprintable() else clean(line) for line in words.split("\n"))
    print(words)


async def _nobody(me: Member, name: str) -> InputError:
    cards = [match.card for match in await me.lookup()]
    there = sorted(card.name for card in cards if not is_caller(card.name, card.description))
    more = f", and {len(there) - _NAMED} more" if len(there) > _NAMED else ""
    return InputError(
        f"there is no agent {name!r}{did_you_mean(name, there)} There: {', '.join(there[:_NAMED]) or 'nobody'}{more}."
    )


async def _agents(arguments: argparse.Namespace) -> int:
    async with caller(settings_of(arguments)) as me:
        found = (
            (await me.discover((arguments.query,), min(arguments.top + 1, 100)))[0]
            if arguments.query
            else await me.lookup()
        )
    found = tuple(match for match in found if not is_caller(match.card.name, match.card.description))
    if arguments.query:
        found = found[: arguments.top]
    if arguments.json:
        print(json.dumps([match.model_dump(mode="json") for match in found], ensure_ascii=False))
        return 0
    if not found:
        print("nobody is there; `townsquare join` brings agents.", file=sys.stderr)
        return 0
    fit = ("fit",) if arguments.query else ()
    printing.table("", ("agent", *fit, "", "what it does", "capabilities"), [_row(one, bool(fit)) for one in found])
    return 0


def _row(match: Match, fit: bool) -> tuple[str, ...]:
    card = match.card
    score = (f"{match.score:.2f}",) if fit else ()
    words = clean(card.description)
    short = words if len(words) <= 70 else f"{words[:69]}…"
    return (card.name, *score, "here" if match.here else "away", short, clean(", ".join(card.capabilities)))
