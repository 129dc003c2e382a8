"""``townsquare evaluate moderators``: one table, a moderator per row."""

import argparse
import asyncio
import json
import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from townsquare.cli import printing
from townsquare.cli.evaluating import bare, grouped, seeds_of
from townsquare.protocols.chat_settings import Budget, ChatSettings

if TYPE_CHECKING:
    from townsquare.evaluate.moderators import ModeratorsResult


def moderators(arguments: argparse.Namespace) -> int:
    """``townsquare evaluate moderators``."""
    from townsquare.evaluate.moderators import MODERATORS, ModeratorsSettings, aevaluate_moderators

    more = {"harmless": arguments.harmless.split(",")} if arguments.harmless else {}
    groups = grouped(arguments, {"chat": ChatSettings, "budget": Budget}, ModeratorsSettings, more)
    with printing.steps("evaluate moderators") as step:
        found = asyncio.run(
            aevaluate_moderators(
                arguments.data,
                _listed(arguments.moderators or ",".join(MODERATORS)),
                seeds=seeds_of(arguments.seeds),
                settings=groups["settings"],
                model=arguments.model,
                chat=groups["chat"],
                budget=groups["budget"],
                folder=arguments.out,
                features=_listed(arguments.features or ""),
                pairs=arguments.pairs,
                progress=step,
            )
        )
    if arguments.json:
        parts = ("table", "disguises", "groups", "reliability", "pairs", "features", "remarks", "digest")
        print(json.dumps(bare({part: getattr(found, part) for part in parts})))
        return 0
    _whole(found)
    if found.groups:
        _groups(found.groups)
    if found.disguises:
        names = list(found.disguises[0])
        body = [(row["moderator"], *(_share(row[name]) for name in names[1:])) for row in found.disguises]
        printing.table("Share of the harmful texts that is found, as written and in disguise", names, body)
    if found.pairs:
        _pairs(found.pairs)
    if found.features:
        _features(found.features)
    for remark in found.remarks:
        printing.console().print(f"* {remark}", markup=False)
    return 0


def _listed(text: str) -> list[str]:
    return [name for name in text.split(",") if name]


def _whole(found: "ModeratorsResult") -> None:
    from townsquare.evaluate.moderator_rates import RATES

    body = [
        (
            row["moderator"],
            *(_interval(row, rate) for rate in RATES),
            _share(row["ece"]),
            f"{row['abstained']:,}",
            _share(row["held"]),
            f"{row['asked']:,}",
            f"{row['per_second']:,}",
            f"{row['ms']:.3g}",
            f"{row['usd'] / row['texts']:g}",
        )
        for row in found.table
    ]
    first, splits = found.table[0], len(found.seeds)
    held = f"{first['texts']:,} held-out texts ({first['harmful']:,} harmful)"
    title = f"{found.data}: {held} over {splits} splits; 95 % intervals over texts"
    heads = (
        "moderator",
        *RATES,
        "ece",
        "abstained",
        "held",
        "asked",
        "texts per CPU second",
        "ms per text",
        "USD per text",
    )
    printing.table(title, heads, body)


def _groups(rows: Sequence[Mapping[str, Any]]) -> None:
    from townsquare.evaluate.moderator_rates import RATES

    body = [
        (
            row["moderator"],
            row["group"] or "(none said)",
            f"{row['texts']:,} ({row['harmful']:,})",
            *(_interval(row, rate) for rate in RATES),
            _share(row["ece"]),
        )
        for row in rows
    ]
    printing.table("By group", ("moderator", "group", "texts (harmful)", *RATES, "ece"), body)


def _pairs(rows: Sequence[Mapping[str, Any]]) -> None:
    from townsquare.evaluate.over_association import ASSOCIATION

    body = [
        (row["moderator"], *(_interval(row, what) for what in ASSOCIATION), _share(row["abstained"])) for row in rows
    ]
    title = f"{rows[0]['pairs']} pairs that share a word, one text of each harmless; 95 % intervals over pairs"
    printing.table(title, ("moderator", "harmful found", "over-association", "told apart", "abstained"), body)


def _features(rows: Sequence[Mapping[str, Any]]) -> None:
    columns = ("fpr_high", "fpr_low", "alarms", "control", "minors_exposed")
    kept = [name for name in columns if not all(math.isnan(row[name]) for row in rows) or name.startswith("fpr")]
    heads = {"fpr_high": "fpr where high", "fpr_low": "fpr where low", "alarms": "alarms on reports"}
    body = [
        (
            row["moderator"],
            row["feature"],
            *(_share(row[name]) + (f" of {row[f'texts_{name[4:]}']:,}" if name[:3] == "fpr" else "") for name in kept),
        )
        for row in rows
    ]
    named = [heads.get(name, name.replace("_", " ")) for name in kept]
    printing.table("False alarms by feature (high: .5 or more)", ("moderator", "feature", *named), body)


def _interval(row: Mapping[str, Any], name: str) -> str:
    mean, low, high = row[name], row[f"{name}_low"], row[f"{name}_high"]
    return "–" if math.isnan(mean) else f"{mean:.3f} [{low:.3f}, {high:.3f}]"


def _share(value: float) -> str:
    return "–" if math.isnan(value) else f"{value:.3f}"
