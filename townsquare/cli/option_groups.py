"""Options that several verbs share."""

import argparse
from pathlib import Path

_SET_HELP = "change one setting; VALUE is TOML, or plain text; may be given often (`townsquare check` shows all paths)"


def evaluated(verb: argparse.ArgumentParser, what: str) -> None:
    """Those of a table over a data set."""
    verb.add_argument("--data", required=True, metavar="D", help="a registered data set, a file or a folder")
    verb.add_argument("--seeds", nargs="+", default=["0"], metavar="N", help="0 1 2, or 0..2 (default 0)")
    asked_of(verb, what, "evaluating")


def asked_of(verb: argparse.ArgumentParser, what: str, module: str) -> None:
    """Those of a table for which a language model may be asked."""
    verb.set_defaults(module=module, function=what)
    sets(verb)
    verb.add_argument("--model", metavar="P:M", help="language model of agents that have one: openai:gpt-4o-mini")
    verb.add_argument("--budget", type=float, metavar="USD", help="US dollars that may be spent on it")
    verb.add_argument("--out", type=Path, metavar="DIR", help="keep calls and snapshots here; the same command goes on")
    verb.add_argument("--json", action="store_true", help="print JSON")


def scenario(verb: argparse.ArgumentParser) -> None:
    """Those that say what to run."""
    verb.add_argument("scenario", metavar="SCENARIO", help="a built-in name (news, team) or a .toml file")
    sets(verb)
    verb.add_argument("--seed", type=int, metavar="N", help="root seed of every random stream (default 0)")


def models(verb: argparse.ArgumentParser) -> None:
    """Those that say who decides, and what that may cost."""
    verb.add_argument("--model", metavar="P:M", help="language model of groups that name none: openai:gpt-4o-mini")
    verb.add_argument("--mind", metavar="NAME", help="who decides for the panel: llm, behavioural, a plug-in's")
    verb.add_argument("--budget", type=float, metavar="USD", help="US dollars the run may spend on models")
    verb.add_argument("--tape", type=Path, metavar="FILE", help="a cassette to share with other runs")
    broker(verb)


def broker(verb: argparse.ArgumentParser) -> None:
    """Where agents elsewhere are."""
    verb.add_argument("--broker", metavar="URL", help="where agents elsewhere are (default: $TOWNSQUARE_BROKER)")


def sets(verb: argparse.ArgumentParser) -> None:
    """Single settings."""
    verb.add_argument("--set", action="append", default=[], metavar="PATH=VALUE", help=_SET_HELP)


def working(verb: argparse.ArgumentParser) -> None:
    """How it is worked, and what is printed."""
    verb.add_argument("--workers", type=int, metavar="N", help="threads (results do not depend on it)")
    verb.add_argument("--json", action="store_true", help="end with one JSON object instead of a table")


def wire(verb: argparse.ArgumentParser) -> None:
    """Where the broker is."""
    where = "the broker (default: $TOWNSQUARE_BROKER, or mqtt://localhost:1883)"
    verb.add_argument("--broker", metavar="URL", help=where)
    root(verb)


def root(verb: argparse.ArgumentParser) -> None:
    """Which topics are used there."""
    verb.add_argument("--root", default="townsquare", metavar="R", help="first part of all topics (default townsquare)")
