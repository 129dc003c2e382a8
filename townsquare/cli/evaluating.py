"""Verbs that print tables over data sets: evaluate agents, evaluate recommenders."""

import argparse
import asyncio
import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from townsquare.cli import printing
from townsquare.cli.running import setting
from townsquare.protocols.chat_settings import Budget, ChatSettings
from townsquare.protocols.errors import InputError
from townsquare.protocols.scenario import override
from townsquare.protocols.settings import Settings
from townsquare.protocols.wording import first_problem


def agents(arguments: argparse.Namespace) -> int:
    """``townsquare evaluate agents``."""
    from townsquare.agents.chat import ledger
    from townsquare.evaluate.agents import aevaluate_agents
    from townsquare.evaluate.agents_settings import AgentsSettings

    groups = _grouped(arguments, {"chat": ChatSettings, "budget": Budget}, AgentsSettings)
    with printing.steps("evaluate agents") as step:
        found = asyncio.run(
            aevaluate_agents(
                arguments.data,
                [name for name in arguments.rankers.split(",") if name],
                model=arguments.model,
                seeds=_seeds(arguments.seeds),
                settings=groups["settings"],
                chat=groups["chat"],
                budget=groups["budget"],
                folder=arguments.out,
                progress=step,
            )
        )
    totals = ledger.totals(found.asks)
    rows = found.table()
    if arguments.json:
        whole = {"table": rows, "learning": found.learning(), "remarks": found.remarks}
        print(json.dumps(_bare({**whole, "ledger": totals, "digest": found.digest})))
        return 0
    _ranked(rows)
    for remark in found.remarks:
        printing.console().print(f"* {remark}", markup=False)
    if totals["asks"]:
        printing.ledger(totals)
    return 0


def _ranked(rows: Sequence[Mapping[str, Any]]) -> None:
    metrics = [name for name in rows[0] if f"{name}_low" in rows[0]]
    shown = [name for name in metrics if name.startswith("ndcg") or name == "mrr"]
    body = []
    for row in rows:
        cells = [f"{row[m]:.3f} [{row[f'{m}_low']:.3f}, {row[f'{m}_high']:.3f}]" for m in shown]
        body.append((str(row["ranker"]), *cells, f"{row['answered']:.0%}"))
    printing.table(f"{rows[0]['users']} users; 95 % intervals by user", ("ranker", *shown, "answered"), body)


def _bare(value: Any) -> Any:
    """With None for what is not a number, which JSON does not have."""
    if isinstance(value, Mapping):
        return {str(key): _bare(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_bare(inner) for inner in value]
    return None if isinstance(value, float) and math.isnan(value) else value


def _seeds(words: Sequence[str]) -> list[int]:
    """0 1 2, 0,1,2 or 0..2."""
    found: list[int] = []
    for word in " ".join(words).replace(",", " ").split():
        first, dots, last = word.partition("..")
        if not first.isdigit() or (dots and not last.isdigit()):
            raise InputError(f"--seeds takes numbers from 0, as 0 1 2 or 0..2 (got {word!r}).")
        found += range(int(first), int(last) + 1) if dots else [int(first)]
    return found


def _grouped(
    arguments: argparse.Namespace, named: Mapping[str, type[Settings]], rest: type[Settings]
) -> dict[str, Any]:
    """--set paths as settings objects: ``chat.*`` and ``budget.*`` in their own, all others under ``settings``."""
    values = dict(setting(text) for text in arguments.set)
    if arguments.budget is not None:
        values["budget.usd"] = arguments.budget
    if getattr(arguments, "users", None) is not None:
        values["users"] = arguments.users
    made: dict[str, Any] = {}
    for name, model in {**named, "settings": rest}.items():
        own = {
            path.removeprefix(f"{name}."): value
            for path, value in values.items()
            if (path.startswith(f"{name}.") if name in named else path.partition(".")[0] not in named)
        }
        try:
            made[name] = model.model_validate(override(model().model_dump(), own))
        except ValidationError as error:
            raise InputError(first_problem(error, model)) from error
    return made
