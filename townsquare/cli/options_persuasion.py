"""The options of verbs about persuasion: ``debate``, and ``evaluate persuasion|persuaders|polarisation|seeds``."""

import argparse
from pathlib import Path
from typing import Any


def debate(verb: argparse.ArgumentParser) -> None:
    """``townsquare debate``."""
    verb.add_argument("--topic", required=True, metavar="T", help="a topic of `townsquare list topics`, or part of it")
    verb.add_argument("--side", choices=("pro", "con"), help="your side (default: drawn)")
    verb.add_argument(
        "--against", default="behavioural", metavar="MIND", help="behavioural (default), llm, remote, ..."
    )
    verb.add_argument("--model", metavar="P:M", help="the opponent's language model: openai:gpt-4o-mini")
    verb.add_argument("--personalised", action="store_true", help="let the opponent know who you are (you are asked)")
    verb.add_argument("--budget", type=float, metavar="USD", help="US dollars that may be spent on models")
    verb.add_argument("--broker", metavar="URL", help="where agents elsewhere are (default: $TOWNSQUARE_BROKER)")
    verb.add_argument("--seed", type=int, metavar="N", help="root seed (default 0)")
    verb.add_argument("--out", type=Path, metavar="DIR", help="the run folder to make")


def evaluate(what: Any) -> None:
    """``townsquare evaluate persuasion|persuaders|polarisation|seeds``."""
    _persuasion(what.add_parser("persuasion", help="fit a debate trial: the published model, on your own data"))
    _persuaders(what.add_parser("persuaders", help="an arena: who writes more persuasively, judged in pairs"))
    _polarisation(what.add_parser("polarisation", help="how polarised a network is, beside random ones like it"))
    _seeds(what.add_parser("seeds", help="whom to reach first, so that most are reached in the end"))


def _persuasion(verb: argparse.ArgumentParser) -> None:
    verb.set_defaults(module="evaluating_persuasion", function="persuasion")
    verb.add_argument("--csv", required=True, type=Path, metavar="FILE", help="a row per participant of a debate")
    verb.add_argument("--json", action="store_true", help="print JSON")


def _persuaders(verb: argparse.ArgumentParser) -> None:
    verb.set_defaults(module="evaluating_persuaders", function="persuaders")
    verb.add_argument("--data", type=Path, metavar="FILE", help="a table of posts with their engagement")
    verb.add_argument("--json", action="store_true", help="print JSON")


def _polarisation(verb: argparse.ArgumentParser) -> None:
    verb.set_defaults(module="evaluating_networks", function="polarisation")
    verb.add_argument("--graph", required=True, metavar="G", help="a file of edges, or karate")
    verb.add_argument("--json", action="store_true", help="print JSON")


def _seeds(verb: argparse.ArgumentParser) -> None:
    verb.set_defaults(module="evaluating_networks", function="seeds")
    verb.add_argument("--graph", required=True, metavar="G", help="a file of edges, or karate")
    verb.add_argument("--json", action="store_true", help="print JSON")
