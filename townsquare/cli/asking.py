"""Verbs about what agents were asked, or are asked now: ask, interview."""

import argparse
import asyncio
import json
from typing import Any

from townsquare import interviews, runs
from townsquare.cli import printing
from townsquare.protocols.errors import InputError, did_you_mean


def ask(arguments: argparse.Namespace) -> int:
    """``townsquare ask``."""
    run = runs.open_run(arguments.run)
    agent = _agent(run, arguments.agent)
    if arguments.tick not in run.ticks():
        raise InputError(f"{run.path} has finished ticks 0 to {run.info.ticks_done - 1} (got --tick {arguments.tick}).")
    found = interviews.asked(run, agent, arguments.tick, arguments.purpose)
    if not found:
        raise InputError(
            f"no language model was asked anything for agent {agent} at tick {arguments.tick} of {run.path}"
            f"{_who_was(run)}."
        )
    if arguments.json:
        print(json.dumps(found))
        return 0
    out = printing.console()
    for one in found:
        out.rule(f"{one['purpose']}, agent {agent}, tick {one['tick']}: {one['outcome']}, {one['model']}")
        for call in one["calls"]:
            for message in call["messages"]:
                print(f"[{message['role']}]\n{message['text']}\n")
            print(f"[answer]\n{call['reply']}\n")
        if one["why"]:
            print(f"[{one['outcome']}] {one['why']}\n")
    return 0


def interview(arguments: argparse.Namespace) -> int:
    """``townsquare interview``."""
    run = runs.open_run(arguments.run)
    agent = _agent(run, arguments.agent)
    said = asyncio.run(interviews.ainterview(run, agent, arguments.tick, arguments.question, model=arguments.model))
    if arguments.json:
        print(json.dumps(said))
    else:
        print(said["answer"] if said["answer"] is not None else f"no answer ({said['outcome']}): {said['why']}")
    return 0 if said["answer"] is not None else 1


def _agent(run: runs.Run, wanted: str) -> int:
    """An agent by number or name."""
    agents = run.agents()
    if wanted.isdigit() and int(wanted) < len(agents):
        return int(wanted)
    rows = agents.index[agents["name"] == wanted]
    if not len(rows):
        raise InputError(
            f"{run.path} has no agent {wanted!r}{did_you_mean(wanted, agents['name'])} Agents are numbered from 0 to "
            f"{len(agents) - 1}; `agents.parquet` names them."
        )
    return int(agents["agent"][rows[0]])


def _who_was(run: runs.Run) -> str:
    asks: Any = run.asks()
    if not len(asks):
        return ": this run asked no language model at all"
    names = run.agents().set_index("agent")["name"]
    some = ", ".join(names.get(agent, str(agent)) for agent in sorted(set(asks["agent"]))[:5])
    return f"; agents with asks are {some}{', ...' if asks['agent'].nunique() > 5 else ''}"
