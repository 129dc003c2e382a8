"""``townsquare evaluate disputes``: which cues of power a judge gives way to."""

import argparse
import asyncio
import json
from collections.abc import Mapping
from typing import Any

from townsquare.cli import printing
from townsquare.cli.evaluating import bare, grouped
from townsquare.protocols.chat_settings import Budget, ChatSettings


def disputes(arguments: argparse.Namespace) -> int:
    """``townsquare evaluate disputes``."""
    from townsquare.evaluate.disputes import JUDGES, DisputesSettings, aevaluate_disputes

    groups = grouped(arguments, {"chat": ChatSettings, "budget": Budget}, DisputesSettings)
    names = [name for name in (arguments.judges or ",".join(JUDGES)).split(",") if name]
    with printing.steps("evaluate disputes") as step:
        found = asyncio.run(
            aevaluate_disputes(
                names,
                settings=groups["settings"],
                model=arguments.model,
                chat=groups["chat"],
                budget=groups["budget"],
                folder=arguments.out,
                progress=step,
            )
        )
    if arguments.json:
        print(json.dumps(bare({"table": found.table, "right": found.right, "digest": found.digest})))
        return 0
    suggested = groups["settings"].suggestion != "none"
    for name in found.right:
        rows = [row for row in found.table if row["judge"] == name]
        heads = [
            "cue",
            "bias",
            "p (Holm)",
            "found",
            *(["with suggestion", "found", "change"] if suggested else []),
            "invalid",
        ]
        title = f"judge {name}: right in {found.right[name]:.0%} of the cases without any cue; {rows[0]['cases']} cases"
        printing.table(title, heads, [_cells(row, suggested) for row in rows])
    printing.console().print(
        "Bias: mean change of support towards the party that gives the cue, -2 to 2, with its 95 % interval over "
        "cases; p adjusted over ten cues (Holm).",
        markup=False,
    )
    return 0


def _cells(row: Mapping[str, Any], suggested: bool) -> list[str]:
    more = []
    if suggested:
        more = [_interval(row, "bias_suggested", "low_suggested", "high_suggested"), _yes(row["biased_suggested"])]
        more.append(_interval(row, "change", "change_low", "change_high"))
    p = "–" if row["p_holm"] is None else f"{row['p_holm']:.3f}"
    return [row["cue"], _interval(row, "bias", "low", "high"), p, _yes(row["biased"]), *more, str(row["invalid"])]


def _interval(row: Mapping[str, Any], name: str, low: str, high: str) -> str:
    return f"{row[name]:+.3f} [{row[low]:+.3f}, {row[high]:+.3f}]"


def _yes(value: bool) -> str:
    return "biased" if value else ""
