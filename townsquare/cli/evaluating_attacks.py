"""``townsquare evaluate attacks``: one table, attack x victim x defence."""

import argparse
import asyncio
import json
import os
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from townsquare.cli import printing
from townsquare.cli.evaluating import bare, grouped, seeds_of
from townsquare.protocols.chat_settings import Budget, ChatSettings
from townsquare.protocols.errors import InputError


def attacks(arguments: argparse.Namespace) -> int:
    """``townsquare evaluate attacks``."""
    from townsquare.evaluate.attacks import ATTACKS, DEFENCES, VICTIMS, aevaluate_attacks
    from townsquare.evaluate.attacks_settings import AttacksSettings

    groups = grouped(arguments, {"chat": ChatSettings, "budget": Budget}, AttacksSettings, _chosen(arguments))
    with printing.steps("evaluate attacks") as step:
        found = asyncio.run(
            aevaluate_attacks(
                arguments.data,
                _names(arguments.attacks, ATTACKS),
                _names(arguments.victims, VICTIMS),
                _names(arguments.defences, DEFENCES),
                seeds=seeds_of(arguments.seeds),
                settings=groups["settings"],
                model=arguments.model,
                folder=arguments.out,
                workers=arguments.workers or os.cpu_count() or 1,
                progress=step,
                tell=lambda sentence: print(f"townsquare: {sentence}", file=sys.stderr),
                chat=groups["chat"],
                budget=groups["budget"],
            )
        )
    rows = found.rows()
    if arguments.json:
        whole = {"table": rows, "visible": found.visible, "targets": found.targets}
        print(json.dumps(bare({**whole, "remarks": found.remarks, "digest": found.digest})))
        return 0
    _print(rows, found.data, len(found.targets))
    columns = ("tvd", "js", "text_duplication")
    body = [
        (row["attack"], *(_cell(row, name) for name in columns), *(f"{row[name]:,.0f}" for name in _COSTS))
        for row in found.visible
    ]
    printing.table("How visible an attack is, and what a campaign of it costs", ("attack", *columns, *_COSTS), body)
    for remark in found.remarks:
        printing.console().print(f"* {remark}", markup=False)
    return 0


_COSTS = ("profiles", "ratings", "tokens")


def _print(rows: Sequence[Mapping[str, Any]], data: str, targets: int) -> None:
    """The one table. Where a defence has learnt from fakes, its name says whether it knew these."""
    ndcg = next(name for name in rows[0] if name.startswith("ndcg") and "_" not in name)
    recall = next(name for name in rows[0] if name.startswith("recall@") and name.endswith("_change"))
    body = []
    for row in rows:
        effects = [_cell(row, name) for name in ("hr@10", "hr@50", ndcg)]
        clean = f"{_number(row['hr@10_clean'])} {_number(row['hr@50_clean'])}"
        rank = f"{_number(row['rank'], 0)} ({_number(row['rank_clean'], 0)})"
        caught = f"{_number(row['recall'], 2)} {_number(row['false_alarms'], 2)}"
        known = {None: "", True: " (unseen)", False: " (learnt)"}[row["unseen"]]
        names = (row["attack"], row["victim"], row["defence"] + known)
        body.append((*names, *effects, clean, rank, _cell(row, "shift"), _cell(row, recall), caught))
    columns = ("hr@10", "hr@50", ndcg, "clean hr", "rank (clean)", "shift", recall.replace("_", " "), "caught, false")
    title = f"{data}, {targets} targets; 95 % intervals over targets"
    printing.table(title, ("attack", "victim", "defence", *columns), body)


def _cell(row: Mapping[str, Any], name: str) -> str:
    """``.417 [.29, .54]``."""
    mean, low, high = (row[f"{name}{end}"] for end in ("", "_low", "_high"))
    return _number(mean) if low is None else f"{_number(mean)} [{_number(low, 2)}, {_number(high, 2)}]"


def _number(value: float | None, digits: int = 3) -> str:
    """Without the 0 before the point, as tables of shares have it."""
    if value is None:
        return "–"
    text = f"{value:,.{digits}f}"
    return text.replace("0.", ".", 1) if abs(value) < 1 and digits else text


def _names(given: str | None, default: Sequence[str]) -> list[str]:
    return list(default) if given is None else [name for name in given.split(",") if name]


def _chosen(arguments: argparse.Namespace) -> dict[str, Any]:
    """The options that stand for settings."""
    values: dict[str, Any] = {}
    if arguments.targets is not None:
        values["targets"] = arguments.targets
    if arguments.size is not None:
        values["size"] = _amount("--size", arguments.size)
    if arguments.fillers is not None:
        values["fillers"] = "mean" if arguments.fillers == "mean" else _amount("--fillers", arguments.fillers)
    return values


def _amount(option: str, text: str) -> int | float:
    """50, or 0.05."""
    try:
        return int(text) if text.lstrip("+-").isdigit() else float(text)
    except ValueError as error:
        more = ", or mean" if option == "--fillers" else ""
        raise InputError(f"{option} takes a whole number, as 50, or a share, as 0.05{more} (got {text!r}).") from error
