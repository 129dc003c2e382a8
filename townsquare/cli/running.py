"""Verbs about one run: run, resume, fork, replay, digest, check."""

import argparse
import asyncio
import json
import sys
import tomllib
from contextlib import suppress
from pathlib import Path
from typing import Any

import pandas as pd

from townsquare import build, runs
from townsquare.cli import campaign_table, moderation_table, printing, thread_table, trial_table
from townsquare.estimate import estimate
from townsquare.protocols.errors import InputError
from townsquare.protocols.runfolder import RunFolder
from townsquare.protocols.scenario import parse_override
from townsquare.sim.scenarios.town import TownScenario

_STAND_FOR = {
    "model": "chat.model",
    "mind": "panel.mind",
    "budget": "budget.usd",
    "tape": "chat.tape",
    "broker": "remote.broker",
}


def overrides(arguments: argparse.Namespace) -> dict[str, Any]:
    """All --set options as a mapping, the last of two for the same path wins; then the options that stand for one."""
    found = dict(setting(text) for text in arguments.set)
    for option, path in _STAND_FOR.items():
        value = getattr(arguments, option, None)
        if value is not None:
            found[path] = str(value) if isinstance(value, Path) else value
    if getattr(arguments, "replay", False):
        found["chat.cassette"] = "replay"
    return found


def setting(text: str) -> tuple[str, Any]:
    """One --set option; a value that begins like an array or a table must be one, and is never plain text.

    TOML, or where it is none, JSON, as which the documentation prints defaults.
    """
    value = text.partition("=")[2].strip()
    if value.startswith(("[", "{")):
        try:
            tomllib.loads(f"x = {value}")
        except tomllib.TOMLDecodeError as error:
            with suppress(ValueError):
                return text.partition("=")[0].strip(), json.loads(value)
            what = "array" if value[0] == "[" else "table"
            raise InputError(f"--set {text}: the value begins like a TOML {what} but is not valid: {error}.") from error
    return parse_override(text)


def run(arguments: argparse.Namespace) -> int:
    """``townsquare run``."""
    scenario = runs.resolve(arguments.scenario, arguments.seed, overrides(arguments))
    if arguments.replay and scenario.chat.tape is None:
        raise InputError("--replay needs the cassette to replay: give --tape, for example RUN/cassette.sqlite.")
    arguments.folder_in_use = runs.free_folder(scenario, arguments.out)
    quiet = build.at_a_terminal(scenario)  # a bar would write over what a person reads
    with printing.progress(f"{scenario.scenario}, seed {scenario.seed}", quiet=quiet) as step:
        done = asyncio.run(runs.arun(scenario, out=arguments.folder_in_use, workers=_workers(arguments), progress=step))
    return _tell(done, arguments)


def resume(arguments: argparse.Namespace) -> int:
    """``townsquare resume``."""
    arguments.folder_in_use = arguments.run
    if RunFolder(arguments.run).info.status == "finished":
        print(f"townsquare: {arguments.run} is finished; there was nothing left to do.", file=sys.stderr)
    quiet = build.at_a_terminal(runs.scenario_of(RunFolder(arguments.run)))
    with printing.progress(f"resuming {arguments.run}", quiet=quiet) as step:
        changed = overrides(arguments)
        done = asyncio.run(runs.aresume(arguments.run, set=changed, workers=_workers(arguments), progress=step))
    return _tell(done, arguments)


def fork(arguments: argparse.Namespace) -> int:
    """``townsquare fork``."""
    changed, out = overrides(arguments), arguments.out
    if out is None:
        scenario = runs.forked(runs.scenario_of(RunFolder(arguments.run)), arguments.at, dict(changed))
        out = runs.free_folder(scenario, None, suffix=f"_fork{arguments.at}")
    try:
        quiet = build.at_a_terminal(runs.scenario_of(RunFolder(arguments.run)))
        with printing.progress(f"fork of {arguments.run} at tick {arguments.at}", quiet=quiet) as step:
            workers = _workers(arguments)
            done = asyncio.run(
                runs.afork(arguments.run, arguments.at, changed, out=out, workers=workers, progress=step)
            )
    finally:
        if out.exists():  # a fork that cannot even begin leaves nothing to go on with
            arguments.folder_in_use = out
    return _tell(done, arguments)


def replay(arguments: argparse.Namespace) -> int:
    """``townsquare replay``."""
    with printing.progress(f"replaying {arguments.run}") as step:
        found = asyncio.run(runs.areplay(arguments.run, workers=_workers(arguments), progress=step))
    other = runs.other_versions(RunFolder(arguments.run)) if found else {}
    if arguments.json:
        print(json.dumps({"identical": found is None, "difference": printing.plain(found), "versions": other}))
    elif found is None:
        print("identical")
    else:
        print(f"differs first at {found}")
        for name, (then, now) in other.items():
            print(f"  {name} was {then}, is {now}")
    return 0 if found is None else 1


def digest(arguments: argparse.Namespace) -> int:
    """``townsquare digest``: exit code 1 when the content on disk is not what the run recorded."""
    code = 0
    for path in arguments.run:
        folder = RunFolder(path)
        found = ""
        for tick, found in folder.digests():
            if arguments.ticks:
                print(f"{found}  {path}  tick {tick}")
        if not arguments.ticks:
            print(f"{found}  {path}" if len(arguments.run) > 1 else found)
        if found != folder.info.digest:
            print(f"townsquare: {path} was altered: its run.json says {folder.info.digest}.", file=sys.stderr)
            code = 1
    return code


def check(arguments: argparse.Namespace) -> int:
    """``townsquare check``."""
    scenario = runs.resolve(arguments.scenario, arguments.seed, overrides(arguments))
    built = build.build(scenario)
    wanted = estimate(scenario)
    resolved = scenario.model_dump(mode="json")
    if arguments.json:
        print(json.dumps({"scenario": resolved, "estimate": wanted}))
        return 0
    print(printing.toml(resolved))
    printing.pairs(
        "Estimate",
        {
            **_readers(built.agents.to_pandas()),
            "model calls": f"{wanted['model_calls']:,}",
            "tokens": f"{wanted['tokens']:,}",
            "cost": "price unknown" if wanted["usd"] is None else f"{wanted['usd']:.2f} USD",
            **({"agents elsewhere": elsewhere} if (elsewhere := _elsewhere(scenario)) else {}),
            "events": f"{wanted['events']:,}",
            "memory": f"about {wanted['memory_mb']:,.0f} MB",
            "time": f"about {printing.duration(wanted['seconds'])}",
            "disk": f"about {wanted['disk_mb']:,.0f} MB",
        },
    )
    return 0


def _elsewhere(scenario: TownScenario) -> str:
    """What has to be on a broker before the scenario can run; "" where nothing has to."""
    needed = build.needing(scenario)
    where = scenario.remote.url() or "a broker still to be named (--broker)"
    return f"{needed}, on {where}; not tried" if needed else ""


def _workers(arguments: argparse.Namespace) -> int | None:
    if arguments.workers is not None and arguments.workers < 1:
        raise InputError(f"--workers must be 1 or more (got {arguments.workers}).")
    workers: int | None = arguments.workers
    return workers


def _tell(done: runs.Run, arguments: argparse.Namespace) -> int:
    info, summary, ledger, trial = done.info, done.summary(), done.ledger(), trial_table.of(done)
    campaign = campaign_table.of(done, control=not arguments.json)
    moderated = moderation_table.of(done, control=not arguments.json)
    if arguments.json:
        print(
            json.dumps(
                {
                    "run_folder": str(done.path),
                    "status": info.status,
                    "digest": info.digest,
                    "seconds": round(info.seconds, 3),
                    "peak_memory_mb": info.peak_memory_mb,
                    "tokens": info.tokens,
                    "usd": None if ledger.get("unpriced") and not info.cost else info.cost,
                    "summary": summary,
                    "ledger": ledger,
                    **({} if trial is None else {"trial": trial.plain()}),
                    **({} if campaign is None else {"campaign": campaign.plain()}),
                    **({} if campaign is None else {"threads": thread_table.of(done)}),
                    **({} if moderated is None else {"moderation": moderated.plain()}),
                }
            )
        )
        return 0
    if trial is None:
        printing.summary(summary, done.phases())
    else:
        trial_table.show(trial)
    if campaign is not None:
        campaign_table.show(done, campaign)
        thread_table.show(thread_table.of(done))
    if moderated is not None:
        moderation_table.show(moderated)
    if ledger["asks"]:
        printing.ledger(ledger)
    printing.pairs(
        "",
        {
            "run folder": str(done.path),
            **_readers(done.agents()),
            "status": f"{info.status}, {info.ticks_done} of {info.ticks} ticks",
            "digest": info.digest,
            "time": printing.duration(info.seconds),
            "peak memory": f"{info.peak_memory_mb:,.0f} MB",
            "look closer": f"townsquare report {_quoted(done.path)}",
        },
    )
    return 0


def _readers(agents: pd.DataFrame) -> dict[str, str]:
    """How many readers the user's own interactions know; nothing where all are made up."""
    known = agents[agents["user_id"] != ""] if "user_id" in agents else agents[:0]
    if known.empty:
        return {}
    copies = int(known.duplicated(["group", "user_id"]).sum())
    return {"readers": f"{len(known) - copies:,} known from the data, {copies:,} made-up copies of them"}


def _quoted(path: Path) -> str:
    text = str(path)
    return f"'{text}'" if " " in text else text
