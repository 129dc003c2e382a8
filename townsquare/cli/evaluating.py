"""Verbs that print tables over data sets: evaluate agents, evaluate recommenders; attacks has a file of its own."""

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

    groups = grouped(arguments, {"chat": ChatSettings, "budget": Budget}, AgentsSettings)
    with printing.steps("evaluate agents") as step:
        found = asyncio.run(
            aevaluate_agents(
                arguments.data,
                [name for name in arguments.rankers.split(",") if name],
                model=arguments.model,
                seeds=seeds_of(arguments.seeds),
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
        print(json.dumps(bare({**whole, "ledger": totals, "digest": found.digest})))
        return 0
    _ranked(rows)
    for remark in found.remarks:
        printing.console().print(f"* {remark}", markup=False)
    if totals["asks"]:
        printing.ledger(totals)
    return 0


def recommenders(arguments: argparse.Namespace) -> int:
    """``townsquare evaluate recommenders``."""
    from townsquare.agents.chat import ledger
    from townsquare.evaluate.recommenders import aevaluate_recommenders
    from townsquare.evaluate.recommenders_settings import RecommendersSettings

    groups = grouped(arguments, {"chat": ChatSettings, "budget": Budget}, RecommendersSettings)
    with printing.steps("evaluate recommenders") as step:
        found = asyncio.run(
            aevaluate_recommenders(
                arguments.data,
                [name for name in arguments.models.split(",") if name],
                model=arguments.model,
                seeds=seeds_of(arguments.seeds),
                settings=groups["settings"],
                chat=groups["chat"],
                budget=groups["budget"],
                folder=arguments.out,
                workers=arguments.workers,
                progress=step,
            )
        )
    totals, rows = ledger.totals(found.asks), found.rows()
    if arguments.json:
        whole: dict[str, Any] = {"table": rows, "differences": found.differences(), "agreement": found.agreed()}
        whole |= {"left": found.left(), "mind": found.mind, "remarks": found.remarks}
        whole |= {"ledger": totals, "digest": found.digest}
        print(json.dumps(bare(whole)))
        return 0
    names = [name for name in rows[0] if f"{name}_low" in rows[0]]
    body = [(str(row["recommender"]), *(_interval(row, name) for name in names)) for row in rows]
    title = f"{rows[0]['agents']} {found.mind} agents on {found.data}; 95 % intervals over agents"
    printing.table(title, ("recommender", *names), body)
    _against(found.differences())
    agreed = found.agreed()
    printing.table(
        "Agents and the held-out part", list(agreed[0]), [[_cell(v) for v in row.values()] for row in agreed]
    )
    for remark in found.remarks:
        printing.console().print(f"* {remark}", markup=False)
    if totals["asks"]:
        printing.ledger(totals)
    return 0


def _against(rows: Sequence[Mapping[str, Any]]) -> None:
    """Paired differences to the control."""
    rows = [row for row in rows if row["measure"] in ("viewed", "likes", "like_ratio", "satisfaction")]
    if rows:
        body = [[_cell(value) for value in row.values()] for row in rows]
        printing.table("Paired differences to random, over the same agents and draws", list(rows[0]), body)


def _interval(row: Mapping[str, Any], name: str) -> str:
    mean, low, high = row[name], row[f"{name}_low"], row[f"{name}_high"]
    return "–" if mean is None else f"{mean:.3f}" if low is None else f"{mean:.3f} [{low:.3f}, {high:.3f}]"


def _cell(value: Any) -> str:
    if isinstance(value, float):
        return "–" if math.isnan(value) else f"{value:.3f}"
    return "–" if value is None else str(value)


def _ranked(rows: Sequence[Mapping[str, Any]]) -> None:
    metrics = [name for name in rows[0] if f"{name}_low" in rows[0]]
    shown = [name for name in metrics if name.startswith("ndcg") or name == "mrr"]
    body = []
    for row in rows:
        cells = [f"{row[m]:.3f} [{row[f'{m}_low']:.3f}, {row[f'{m}_high']:.3f}]" for m in shown]
        body.append((str(row["ranker"]), *cells, f"{row['answered']:.0%}"))
    printing.table(f"{rows[0]['users']} users; 95 % intervals by user", ("ranker", *shown, "answered"), body)


def bare(value: Any) -> Any:
    """With None for what is not a number, which JSON does not have."""
    if isinstance(value, Mapping):
        return {str(key): bare(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [bare(inner) for inner in value]
    return None if isinstance(value, float) and math.isnan(value) else value


def seeds_of(words: Sequence[str]) -> list[int]:
    """0 1 2, 0,1,2 or 0..2."""
    found: list[int] = []
    for word in " ".join(words).replace(",", " ").split():
        first, dots, last = word.partition("..")
        if not first.isdigit() or (dots and not last.isdigit()):
            raise InputError(f"--seeds takes numbers from 0, as 0 1 2 or 0..2 (got {word!r}).")
        found += range(int(first), int(last) + 1) if dots else [int(first)]
    return found


def grouped(
    arguments: argparse.Namespace,
    named: Mapping[str, type[Settings]],
    rest: type[Settings],
    more: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """--set paths as settings objects: ``chat.*`` and ``budget.*`` in their own, all others under ``settings``.

    ``more`` are paths with values from options of their own; they count for more than --set.
    """
    values = {**dict(setting(text) for text in arguments.set), **(more or {})}
    if arguments.budget is not None:
        values["budget.usd"] = arguments.budget
    for option in ("users", "agents"):
        if getattr(arguments, option, None) is not None:
            values[option] = getattr(arguments, option)
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
