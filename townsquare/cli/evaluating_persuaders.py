"""``townsquare evaluate persuaders``: the arena, what judges know of an audience, conversations that move stances."""

import argparse
import asyncio
import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

from townsquare.cli import printing
from townsquare.cli.evaluating import bare, grouped, seeds_of
from townsquare.protocols.chat_settings import Budget, ChatSettings
from townsquare.protocols.errors import InputError
from townsquare.protocols.settings import Settings

_GROUPS: dict[str, type[Settings]] = {"chat": ChatSettings, "budget": Budget}


def persuaders(arguments: argparse.Namespace) -> int:
    """``townsquare evaluate persuaders``."""
    if arguments.protocol == "stance":
        for option in ("data", "cases", "judge_model"):
            if getattr(arguments, option) is not None:
                raise InputError(f"--{option.replace('_', '-')} has no meaning with --protocol stance.")
        return _stance(arguments)
    if arguments.data is None:
        raise InputError(f"--protocol {arguments.protocol} needs --data, a table of posts with their engagement.")
    return _simulate(arguments) if arguments.protocol == "simulate" else _arena(arguments)


def _arena(arguments: argparse.Namespace) -> int:
    from townsquare.evaluate.persuaders import published
    from townsquare.evaluate.persuaders.arena import CONTESTANTS, aevaluate_persuaders
    from townsquare.evaluate.persuaders.settings import PersuadersSettings

    groups = grouped(arguments, _GROUPS, PersuadersSettings, _chosen(arguments, "cases", "inputs"))
    default = [name for name in CONTESTANTS if arguments.judge != "likes" or name != "words"]
    with printing.steps("evaluate persuaders") as step:
        found = asyncio.run(
            aevaluate_persuaders(
                arguments.data,
                _names(arguments.contestants) or default,
                judge=arguments.judge,
                model=arguments.model,
                judge_model=arguments.judge_model,
                seeds=seeds_of(arguments.seeds),
                settings=groups["settings"],
                chat=groups["chat"],
                budget=groups["budget"],
                folder=arguments.out,
                progress=step,
            )
        )
    totals = _totals(found.asks)
    if arguments.json:
        whole: dict[str, Any] = {"ratings": found.ratings, "wins": found.wins, "audit": found.audit}
        whole |= {"judge": found.judged, "held_out": [printing.plain(one) for one in found.held_out]}
        whole |= {"pairs": found.mined, "published": published.leaderboard(), "remarks": found.remarks}
        print(json.dumps(bare({**whole, "ledger": totals, "digest": found.digest})))
        return 0
    _table("Pairs mined, with the published thresholds (medians)", found.mined)
    _ratings(found.ratings, found.data, found.judge)
    _table("Share of points of the row against the column; a tie is half a point", found.wins)
    _table("Audit: share of texts that add or change something; not part of any rating", found.audit)
    _table(f"How {found.judge} does on the real pairs", found.judged)
    _table(
        "Published, on other data and by other judges: for the order only (arXiv 2410.02653)", published.leaderboard()
    )
    return _end(found.remarks, totals)


def _simulate(arguments: argparse.Namespace) -> int:
    from townsquare.evaluate.persuaders.settings import PersuadersSettings
    from townsquare.evaluate.persuaders.simulation import aevaluate_simulation

    if arguments.contestants is not None:
        raise InputError("--contestants has no meaning with --protocol simulate; --judge says who guesses.")
    groups = grouped(arguments, _GROUPS, PersuadersSettings, _chosen(arguments, "cases", "inputs"))
    found = asyncio.run(
        aevaluate_simulation(
            arguments.data,
            _names(arguments.judge),
            model=arguments.model if arguments.judge_model is None else arguments.judge_model,
            seeds=seeds_of(arguments.seeds),
            settings=groups["settings"],
            chat=groups["chat"],
            budget=groups["budget"],
            folder=arguments.out,
        )
    )
    totals = _totals(found.asks)
    if arguments.json:
        whole = {"comparative": found.comparative, "behaviour": found.behaviour, "remarks": found.remarks}
        print(json.dumps(bare({**whole, "ledger": totals})))
        return 0
    _table("Which of two posts got more engagement (95 % over inputs)", found.comparative)
    _table("In which third of its account's posts a post is (95 % over posts)", found.behaviour)
    return _end(found.remarks, totals)


def _stance(arguments: argparse.Namespace) -> int:
    from townsquare.evaluate.persuaders import published
    from townsquare.evaluate.persuaders.settings import StanceSettings
    from townsquare.evaluate.persuaders.stance import aevaluate_stance

    groups = grouped(arguments, _GROUPS, StanceSettings, _chosen(arguments, "inputs"))
    found = asyncio.run(
        aevaluate_stance(
            _names(arguments.contestants) or ["behavioural"],
            arguments.target,
            model=arguments.model,
            target_model=arguments.target_model,
            seeds=seeds_of(arguments.seeds),
            settings=groups["settings"],
            chat=groups["chat"],
            budget=groups["budget"],
            folder=arguments.out,
        )
    )
    totals, human = _totals(found.asks), published.human_shifts()
    if arguments.json:
        whole = {"shifts": found.rows(), "human": human, "remarks": found.remarks}
        print(json.dumps(bare({**whole, "ledger": totals, "digest": found.digest})))
        return 0
    _table(f"Shift of {arguments.target} towards the persuader's side, -3 to 3 (95 % over topics)", found.rows())
    _table("Beside it: people in the debate trial (arXiv 2403.14380)", human)
    least, most = published.PERSUADERS
    printing.console().print(
        f"Published for models that persuade models (lechmazur/persuasion): {least:+.2f} to {most:+.2f}.", markup=False
    )
    return _end(found.remarks, totals)


def _ratings(rows: Sequence[Mapping[str, Any]], data: str, judge: str) -> None:
    columns = ("case", "contestant", "elo", "95 %", "online", "won", "tied", "lost", "texts")
    body = []
    for row in rows:
        ends = f"[{_cell(row['low'], 0)}, {_cell(row['high'], 0)}]"
        counts = [str(row[name]) for name in ("won", "tied", "lost")]
        texts = f"{row['written']} of {row['inputs']}"
        body.append(
            (row["case"], row["contestant"], _cell(row["elo"], 0), ends, _cell(row["online"], 0), *counts, texts)
        )
    title = f"{data}, judged by {judge}: Bradley-Terry in Elo points, unchanged = 979; 95 % intervals over inputs"
    printing.table(title, columns, body)


def _table(title: str, rows: Sequence[Mapping[str, Any]]) -> None:
    if rows:
        printing.table(title, list(rows[0]), [[_cell(value) for value in row.values()] for row in rows])


def _cell(value: Any, digits: int = 3) -> str:
    if isinstance(value, float):
        return "–" if math.isnan(value) else f"{value:,.{digits}f}"
    return "–" if value is None else str(value)


def _end(remarks: Sequence[str], totals: Mapping[str, Any]) -> int:
    for remark in remarks:
        printing.console().print(f"* {remark}", markup=False)
    if totals["asks"]:
        printing.ledger(totals)
    return 0


def _totals(asks: Any) -> dict[str, Any]:
    from townsquare.agents.chat import ledger

    return ledger.totals(asks)


def _names(given: str | None) -> list[str]:
    return [name.strip() for name in (given or "").split(",") if name.strip()]


def _chosen(arguments: argparse.Namespace, *options: str) -> dict[str, Any]:
    """The options that stand for settings."""
    values = {name: getattr(arguments, name) for name in options if getattr(arguments, name) is not None}
    if "cases" in values:
        values["cases"] = _names(values["cases"])
    return values
