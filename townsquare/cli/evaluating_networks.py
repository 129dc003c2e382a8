"""``townsquare evaluate polarisation`` and ``townsquare evaluate seeds``: tables over a graph."""

import argparse
import json
from collections.abc import Mapping, Sequence
from typing import Any

from townsquare.cli import printing
from townsquare.cli.evaluating import bare
from townsquare.cli.running import setting
from townsquare.protocols.errors import InputError


def polarisation(arguments: argparse.Namespace) -> int:
    """``townsquare evaluate polarisation``."""
    from townsquare.evaluate.polarisation import evaluate_polarisation

    with printing.steps("evaluate polarisation") as step:
        found = evaluate_polarisation(
            arguments.graph,
            arguments.sides,
            nodes=arguments.nodes,
            directed=arguments.directed,
            rewired=arguments.rewirings,
            influencers=arguments.influencers,
            seed=_seed(arguments),
            progress=step,
        )
    if arguments.json:
        whole = {"nodes": found.nodes, "ties": found.ties, "sides": found.sides, "table": found.rows()}
        print(json.dumps(bare({**whole, "remarks": found.remarks})))
        return 0
    body = [(row["measure"], *_numbers(row)) for row in found.rows()]
    title = f"{arguments.graph}: {found.nodes:,} nodes, {found.ties:,} ties"
    printing.table(title, ("measure", "score", "null", "± sd", "score - null", "z"), body)
    _tell(found.remarks)
    return 0


def seeds(arguments: argparse.Namespace) -> int:
    """``townsquare evaluate seeds``."""
    from townsquare.evaluate.seeds import RULES, evaluate_seeds

    rules = [name for name in arguments.rules.split(",") if name] if arguments.rules is not None else list(RULES)
    if not rules:
        raise InputError("--rules needs one name or more, as random,degree (`townsquare list seeding` shows them).")
    with printing.steps("evaluate seeds") as step:
        found = evaluate_seeds(
            arguments.graph,
            arguments.k,
            arguments.p,
            rules,
            nodes=arguments.nodes,
            directed=arguments.directed,
            settings=_settings(arguments.set),
            runs=arguments.runs,
            seed=_seed(arguments),
            progress=step,
        )
    if arguments.json:
        whole = {"nodes": found.nodes, "edges": found.edges, "table": found.rows()}
        print(json.dumps(bare({**whole, "remarks": found.remarks})))
        return 0
    body = [
        (
            row["rule"],
            f"{row['spread']:,.2f} [{row['spread_low']:,.2f}, {row['spread_high']:,.2f}]",
            f"{row['share']:.2%}",
            printing.number(row["guarantee"]),
            f"{row['seconds']:.2f}",
            _few(row["seeds"]),
        )
        for row in found.rows()
    ]
    title = f"{arguments.graph}: {found.nodes:,} nodes, {found.edges:,} edges; {arguments.k} reached first"
    printing.table(title, ("rule", "spread", "of all", "guarantee", "CPU seconds", "first"), body)
    _tell(found.remarks)
    return 0


def _numbers(row: Mapping[str, Any]) -> list[str]:
    digits = {"score": 6, "null": 3, "null_sd": 3, "excess": 3, "z": 1}
    return [printing.number(row[name], places) for name, places in digits.items()]


def _few(ids: list[str]) -> str:
    return " ".join(ids[:10]) + (" ..." if len(ids) > 10 else "")


def _tell(remarks: tuple[str, ...]) -> None:
    for remark in remarks:
        printing.console().print(f"* {remark}", markup=False)


def _seed(arguments: argparse.Namespace) -> int:
    if arguments.seed < 0:
        raise InputError(f"--seed must be 0 or more (got {arguments.seed}).")
    seed: int = arguments.seed
    return seed


def _settings(texts: Sequence[str]) -> dict[str, dict[str, Any]]:
    """``reach.epsilon=0.05`` by rule."""
    found: dict[str, dict[str, Any]] = {}
    for text in texts:
        path, value = setting(text)
        rule, dot, key = path.partition(".")
        if not dot:
            raise InputError(f"--set takes RULE.KEY=VALUE, as reach.epsilon=0.05 (got {text!r}).")
        found.setdefault(rule, {})[key] = value
    return found
