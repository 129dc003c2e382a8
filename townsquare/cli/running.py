"""Verbs about one run: run, resume, fork, replay, digest, check."""

import argparse
import asyncio
import json
import sys
from pathlib import Path
from typing import Any

from townsquare import build, runs
from townsquare.cli import printing
from townsquare.protocols.errors import InputError
from townsquare.protocols.runfolder import RunFolder
from townsquare.protocols.scenario import parse_override


def overrides(arguments: argparse.Namespace) -> dict[str, Any]:
    """All --set options as a mapping; the last of two for the same path wins."""
    return dict(parse_override(text) for text in arguments.set)


def run(arguments: argparse.Namespace) -> int:
    """``townsquare run``."""
    scenario = runs.resolve(arguments.scenario, arguments.seed, overrides(arguments))
    arguments.folder_in_use = runs.free_folder(scenario, arguments.out)
    with printing.progress(f"{scenario.scenario}, seed {scenario.seed}") as step:
        done = asyncio.run(runs.arun(scenario, out=arguments.folder_in_use, workers=_workers(arguments), progress=step))
    return _tell(done, arguments)


def resume(arguments: argparse.Namespace) -> int:
    """``townsquare resume``."""
    arguments.folder_in_use = arguments.run
    with printing.progress(f"resuming {arguments.run}") as step:
        done = asyncio.run(runs.aresume(arguments.run, workers=_workers(arguments), progress=step))
    return _tell(done, arguments)


def fork(arguments: argparse.Namespace) -> int:
    """``townsquare fork``."""
    with printing.progress(f"fork of {arguments.run} at tick {arguments.at}") as step:
        done = asyncio.run(
            runs.afork(
                arguments.run,
                arguments.at,
                overrides(arguments),
                out=arguments.out,
                workers=_workers(arguments),
                progress=step,
            )
        )
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
    build.build(scenario)
    estimate = runs.estimate(scenario)
    resolved = scenario.model_dump(mode="json")
    if arguments.json:
        print(json.dumps({"scenario": resolved, "estimate": estimate}))
        return 0
    print(printing.toml(resolved))
    printing.pairs(
        "Estimate",
        {
            "model calls": "0",
            "tokens": "0",
            "cost": "0 USD",
            "events": f"{estimate['events']:,}",
            "memory": f"about {estimate['memory_mb']:,.0f} MB",
            "time": f"about {printing.duration(estimate['seconds'])}",
            "disk": f"about {estimate['disk_mb']:,.0f} MB",
        },
    )
    return 0


def _workers(arguments: argparse.Namespace) -> int | None:
    if arguments.workers is not None and arguments.workers < 1:
        raise InputError(f"--workers must be 1 or more (got {arguments.workers}).")
    workers: int | None = arguments.workers
    return workers


def _tell(done: runs.Run, arguments: argparse.Namespace) -> int:
    info, summary = done.info, done.summary()
    if arguments.json:
        print(
            json.dumps(
                {
                    "run_folder": str(done.path),
                    "status": info.status,
                    "digest": info.digest,
                    "seconds": round(info.seconds, 3),
                    "peak_memory_mb": info.peak_memory_mb,
                    "summary": summary,
                }
            )
        )
        return 0
    printing.summary(summary, done.phases())
    printing.pairs(
        "",
        {
            "run folder": str(done.path),
            "status": f"{info.status}, {info.ticks_done} of {info.ticks} ticks",
            "digest": info.digest,
            "time": printing.duration(info.seconds),
            "peak memory": f"{info.peak_memory_mb:,.0f} MB",
            "look closer": f"townsquare report {_quoted(done.path)}",
        },
    )
    return 0


def _quoted(path: Path) -> str:
    text = str(path)
    return f"'{text}'" if " " in text else text
