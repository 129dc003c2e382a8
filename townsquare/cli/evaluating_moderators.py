"""``townsquare evaluate moderators``: one table, a moderator per row."""

import argparse
import asyncio
import json
import math
from collections.abc import Mapping
from typing import Any

from townsquare.cli import printing
from townsquare.cli.evaluating import bare, grouped, seeds_of
from townsquare.protocols.chat_settings import Budget, ChatSettings


def moderators(arguments: argparse.Namespace) -> int:
    """``townsquare evaluate moderators``."""
    from townsquare.evaluate.moderators import MODERATORS, RATES, ModeratorsSettings, aevaluate_moderators

    more = {"harmless": arguments.harmless.split(",")} if arguments.harmless else {}
    groups = grouped(arguments, {"chat": ChatSettings, "budget": Budget}, ModeratorsSettings, more)
    names = [name for name in (arguments.moderators or ",".join(MODERATORS)).split(",") if name]
    with printing.steps("evaluate moderators") as step:
        found = asyncio.run(
            aevaluate_moderators(
                arguments.data,
                names,
                seeds=seeds_of(arguments.seeds),
                settings=groups["settings"],
                model=arguments.model,
                chat=groups["chat"],
                budget=groups["budget"],
                folder=arguments.out,
                progress=step,
            )
        )
    if arguments.json:
        whole = {"table": found.table, "disguises": found.disguises, "remarks": found.remarks, "digest": found.digest}
        print(json.dumps(bare(whole)))
        return 0
    body = [
        (
            row["moderator"],
            *(_interval(row, rate) for rate in RATES),
            f"{row['abstained']:,}",
            f"{row['asked']:,}",
            f"{row['per_second']:,}",
            f"{row['usd'] / row['texts']:g}",
        )
        for row in found.table
    ]
    first, splits = found.table[0], len(found.seeds)
    held = f"{first['texts']:,} held-out texts ({first['harmful']:,} harmful)"
    title = f"{found.data}: {held} over {splits} splits; 95 % intervals over texts"
    printing.table(title, ("moderator", *RATES, "abstained", "asked", "texts per CPU second", "USD per text"), body)
    if found.disguises:
        names = list(found.disguises[0])
        body = [(row["moderator"], *(_share(row[name]) for name in names[1:])) for row in found.disguises]
        printing.table("Share of the harmful texts that is found, as written and in disguise", names, body)
    for remark in found.remarks:
        printing.console().print(f"* {remark}", markup=False)
    return 0


def _interval(row: Mapping[str, Any], name: str) -> str:
    mean, low, high = row[name], row[f"{name}_low"], row[f"{name}_high"]
    return "–" if math.isnan(mean) else f"{mean:.3f} [{low:.3f}, {high:.3f}]"


def _share(value: float) -> str:
    return "–" if math.isnan(value) else f"{value:.3f}"
