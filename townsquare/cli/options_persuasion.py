"""The options of verbs about persuasion: ``debate``, and ``evaluate persuasion|persuaders|polarisation|seeds``."""

import argparse
from pathlib import Path
from typing import Any


def debate(verb: argparse.ArgumentParser) -> None:
    """``townsquare debate``."""
    verb.add_argument("--topic", required=True, metavar="T", help="a number of `townsquare list topics`, or some words")
    verb.add_argument("--own", action="store_true", help="the topic is your own, and none of the trial's")
    verb.add_argument("--side", choices=("pro", "con"), help="your side (default: drawn)")
    verb.add_argument(
        "--against", metavar="MIND", help="behavioural, llm, remote, a plug-in's (default: llm with --model)"
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
    verb.add_argument("--csv", type=Path, metavar="FILE", help="a trial: a row per analysed person (CSV, TSV, Parquet)")
    verb.add_argument("--run", type=Path, metavar="RUN", help="a run folder of the scenario persuasion, in its place")
    verb.add_argument(
        "--clusters",
        choices=("recomputed", "published"),
        help="strength of topics: of these rows, or as published (default: as the run says; published, if all are)",
    )
    verb.add_argument("--full", action="store_true", help="thresholds and steps of the opinion before, too")
    verb.add_argument("--json", action="store_true", help="print JSON")


def _persuaders(verb: argparse.ArgumentParser) -> None:
    verb.set_defaults(module="evaluating_persuaders", function="persuaders")
    verb.description = "Contestants write the same texts anew, a judge compares them in pairs, ratings come out."
    verb.epilog = "The unchanged text is in every arena. docs/evaluate-persuaders.md has the rest."
    verb.add_argument(
        "--data", type=Path, metavar="FILE", help="a table of posts with their engagement; made: invented ones"
    )
    verb.add_argument(
        "--protocol",
        choices=("arena", "simulate", "stance"),
        default="arena",
        help="arena (default); simulate: does a judge know the audience; stance: conversations, no table needed",
    )
    verb.add_argument(
        "--contestants", metavar="A,B", help="unchanged,topline,flipped,words (default), llm, llm=P:M, MODULE:CLASS"
    )
    verb.add_argument(
        "--judge", default="oracle", metavar="J", help="oracle (default), llm, likes; several to simulate"
    )
    verb.add_argument("--target", default="behavioural", metavar="T", help="stance: behavioural (default), llm")
    verb.add_argument("--cases", metavar="A,B", help="kinds of pairs: Ref,Parap,... (default all)")
    verb.add_argument("--inputs", type=int, metavar="N", help="texts of each kind (default 100), or topics (default 5)")
    verb.add_argument("--model", metavar="P:M", help="language model of whoever has one: openai:gpt-4o-mini")
    verb.add_argument("--judge-model", metavar="P:M", help="that of the judge (default: --model)")
    verb.add_argument("--target-model", metavar="P:M", help="that of the target (default: --model)")
    verb.add_argument("--budget", type=float, metavar="USD", help="US dollars that may be spent on models")
    verb.add_argument("--seeds", nargs="+", default=["0"], metavar="N", help="0 1 2, or 0..2 (default 0)")
    verb.add_argument(
        "--set", action="append", default=[], metavar="PATH=VALUE", help="any setting, as mining.hours=48; repeatable"
    )
    verb.add_argument("--out", type=Path, metavar="DIR", help="keep calls and tables here; the same command goes on")
    verb.add_argument("--json", action="store_true", help="print JSON")


def _polarisation(verb: argparse.ArgumentParser) -> None:
    verb.set_defaults(module="evaluating_networks", function="polarisation")
    _network(verb)
    verb.add_argument(
        "--sides",
        metavar="S",
        help="a column of two values, a table (id, side), opinions, or fiedler (default: the first that is there)",
    )
    verb.add_argument("--rewirings", type=int, default=20, metavar="N", help="random graphs to compare with (20)")
    verb.add_argument(
        "--influencers", type=int, metavar="K", help="of each side (default: 10, but a tenth of the smaller at most)"
    )


def _seeds(verb: argparse.ArgumentParser) -> None:
    verb.set_defaults(module="evaluating_networks", function="seeds")
    _network(verb)
    verb.add_argument("--k", type=int, default=10, metavar="K", help="how many are reached first (default 10)")
    verb.add_argument("--p", type=float, default=0.1, metavar="P", help="probability to reach a listener (default 0.1)")
    verb.add_argument("--rules", metavar="A,B", help="random,degree,reach,celf (`townsquare list seeding`)")
    verb.add_argument("--runs", type=int, default=1000, metavar="N", help="cascades for each rule (default 1000)")
    verb.add_argument(
        "--set", action="append", default=[], metavar="RULE.KEY=VALUE", help="as reach.epsilon=0.05; repeatable"
    )


def _network(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("--graph", required=True, metavar="G", help="a file of edges, .graphml or .gexf, or karate")
    verb.add_argument(
        "--nodes", type=Path, metavar="FILE", help="a table of all nodes: id, and where known side, opinion"
    )
    verb.add_argument("--directed", action="store_true", help="an edge says that its first end listens to its second")
    verb.add_argument("--seed", type=int, default=0, metavar="N", help="root seed of what is drawn (default 0)")
    verb.add_argument("--json", action="store_true", help="print JSON")
