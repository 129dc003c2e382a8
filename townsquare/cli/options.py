"""Verbs and their options. Imports nothing heavy, so that ``--help`` answers at once."""

import argparse
from pathlib import Path

from townsquare import __version__
from townsquare.cli import option_groups, options_persuasion

_EPILOG = """examples:
  townsquare run news                                     the news ecosystem, offline, in seconds
  townsquare run news --set recommender.name=ease --set slate.cold_start=0.5 --seed 7
  townsquare sweep news --out runs/strategies             seven strategies x five seeds, with intervals
  townsquare compare runs/a runs/b                        paired differences
  townsquare fork runs/a --at 20 --set recommender.name=random
  townsquare report runs/a --control runs/b -o a.html     one page to read, print, send
  townsquare run news --set panel.count=50 --model openai:gpt-4o-mini --budget 2
  townsquare evaluate agents --data DIR --rankers agentcf,ease --model openai:gpt-4o-mini
  townsquare evaluate recommenders --by agents --data ml-100k --models popular,ease,bpr
  townsquare evaluate attacks --data ml-100k              shilling: attack x victim x defence, with intervals
  townsquare serve                                        agents that live elsewhere: a broker and their server
  townsquare join --agent my_agents:word_count            one of them: any function, model, program, person

Exit codes: 0 done, 1 the run failed or differs, 2 bad input, 130 interrupted and resumable."""


class _Parser(argparse.ArgumentParser):
    """Says in one sentence what is wrong."""

    def error(self, message: str) -> None:  # type: ignore[override]
        self.exit(2, f"townsquare: {message}; `{self.prog} --help` shows what there is.\n")


def parser() -> argparse.ArgumentParser:
    """The whole command line."""
    top = _Parser(
        prog="townsquare",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description="Societies of agents in towns whose feeds come from recommenders.",
    )
    top.add_argument("--version", action="version", version=f"townsquare {__version__}")
    verbs = top.add_subparsers(metavar="VERB", required=True, parser_class=_Parser)
    _run_verbs(verbs)
    _table_verbs(verbs)
    _wire_verbs(verbs)
    _review_verb(verbs)
    _view_verb(verbs)
    _shelf_verbs(verbs)
    return top


_Verbs = "argparse._SubParsersAction[_Parser]"


def _verb(verbs: _Verbs, name: str, module: str, help: str, more: str = "") -> argparse.ArgumentParser:  # type: ignore[valid-type]
    made: argparse.ArgumentParser = verbs.add_parser(  # type: ignore[attr-defined]
        name,
        help=help,
        description=f"{help[0].upper()}{help[1:]}.",
        epilog=more,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    made.set_defaults(module=module, function=name.replace("list", "list_"))
    return made


def _run_verbs(verbs: _Verbs) -> None:  # type: ignore[valid-type]
    run = _verb(verbs, "run", "running", "run a scenario and leave a run folder")
    option_groups.scenario(run)
    run.add_argument("--out", type=Path, metavar="DIR", help="the run folder to make (default: runs/NAME_HASH_seedN)")
    option_groups.models(run)
    run.add_argument("--replay", action="store_true", help="ask no model: every answer comes from --tape")
    option_groups.working(run)

    check = _verb(verbs, "check", "running", "validate a scenario, print it resolved, and estimate what it will take")
    option_groups.scenario(check)
    option_groups.models(check)
    check.add_argument("--json", action="store_true", help="print JSON")

    resume = _verb(verbs, "resume", "running", "go on with a run that was interrupted, killed or stopped")
    resume.add_argument("run", type=Path, metavar="RUN", help="a run folder")
    option_groups.sets(resume)
    resume.add_argument("--budget", type=float, metavar="USD", help="the run's whole budget, what is spent included")
    option_groups.broker(resume)
    option_groups.working(resume)

    fork = _verb(verbs, "fork", "running", "branch a run at a tick, with one thing changed, without copying its past")
    fork.add_argument("run", type=Path, metavar="RUN", help="a run folder")
    fork.add_argument("--at", type=int, required=True, metavar="TICK", help="the first tick that is the fork's own")
    option_groups.sets(fork)
    option_groups.models(fork)
    fork.add_argument("--out", type=Path, metavar="DIR", help="the run folder to make")
    option_groups.working(fork)

    replay = _verb(verbs, "replay", "running", "run again and say `identical`, or where it first differs")
    replay.add_argument("run", type=Path, metavar="RUN", help="a run folder")
    replay.add_argument("--workers", type=int, metavar="N", help="threads (results do not depend on it)")
    replay.add_argument("--json", action="store_true", help="print JSON")

    told = "debate a topic yourself, at this terminal, against any mind"
    options_persuasion.debate(_verb(verbs, "debate", "debating", told))
    _asking_verbs(verbs)


def _asking_verbs(verbs: _Verbs) -> None:  # type: ignore[valid-type]
    ask = _verb(verbs, "ask", "asking", "print the exact prompts and answers of an agent's decisions at a tick")
    ask.add_argument("run", type=Path, metavar="RUN", help="a run folder")
    ask.add_argument("--agent", required=True, metavar="A", help="an agent's number, or its name: panel-0")
    ask.add_argument("--tick", type=int, required=True, metavar="T", help="the tick")
    ask.add_argument("--purpose", metavar="NAME", help="only asks for this: read, create, ...")
    ask.add_argument("--json", action="store_true", help="print JSON")

    interview = _verb(
        verbs,
        "interview",
        "asking",
        "ask an agent a question, as it was at a tick; the run itself is not changed",
        "Question and answer are kept in interviews.sqlite beside the run, so that asking again costs nothing.",
    )
    interview.add_argument("run", type=Path, metavar="RUN", help="a run folder")
    interview.add_argument("question", metavar="QUESTION", help="what to ask")
    interview.add_argument("--agent", required=True, metavar="A", help="an agent's number, or its name: panel-0")
    interview.add_argument(
        "--tick", type=int, required=True, metavar="T", help="what happened before this tick is known"
    )
    interview.add_argument("--model", metavar="P:M", help="who answers (default: the agent's own model)")
    interview.add_argument("--json", action="store_true", help="print JSON")

    digest = _verb(verbs, "digest", "running", "print the sha256 over a run's content, computed from what is on disk")
    digest.add_argument("run", type=Path, nargs="+", metavar="RUN", help="run folders")
    digest.add_argument("--ticks", action="store_true", help="print the running digest after every tick")


def _table_verbs(verbs: _Verbs) -> None:  # type: ignore[valid-type]
    compare = _verb(
        verbs,
        "compare",
        "tables",
        "paired differences between runs, with intervals",
        "The first run (or arm) is the base; differences are other minus base.",
    )
    compare.add_argument("run", type=Path, nargs="+", metavar="RUN", help="run folders; the first is the base")
    compare.add_argument("--measure", action="append", metavar="NAME", help="only these measures")
    compare.add_argument("--all", action="store_true", help="all measures, not only the main ones")
    compare.add_argument("--level", type=float, default=0.95, help="confidence level of the intervals (default 0.95)")
    compare.add_argument("--burn-in", type=int, default=0, metavar="TICKS", help="leave out the first ticks")
    compare.add_argument("--json", action="store_true", help="print JSON")

    sweep = _verb(
        verbs, "sweep", "tables", "arms x seeds over processes, one table at the end; goes on where it stopped"
    )
    sweep.add_argument(
        "file", metavar="FILE", help="a sweep file, or the name of a built-in one (demo, news, shilling)"
    )
    sweep.add_argument("--out", type=Path, metavar="DIR", help="folder of the sweep (default: runs/sweep_NAME)")
    sweep.add_argument("--jobs", type=int, metavar="N", help="runs at a time (default: the cores at hand)")
    sweep.add_argument("--seeds", metavar="LIST", help="seeds instead of the file's: 0..4 or 0,1,2")
    option_groups.sets(sweep)
    sweep.add_argument("--json", action="store_true", help="print JSON")

    _evaluate_verb(verbs)

    report = _verb(verbs, "report", "tables", "write one self-contained HTML page about a run")
    report.add_argument("run", type=Path, metavar="RUN", help="a run folder")
    report.add_argument("-o", "--output", type=Path, metavar="FILE", help="the page (default: RUN/report.html)")
    report.add_argument("--control", type=Path, metavar="RUN", help="a control arm: adds paired differences")

    export = _verb(verbs, "export", "tables", "write a run's tables as CSV or Parquet, one file each")
    export.add_argument("run", type=Path, metavar="RUN", help="a run folder")
    export.add_argument("-o", "--output", type=Path, metavar="DIR", help="folder to make (default: RUN-export)")
    export.add_argument("--format", choices=("csv", "parquet"), default="csv", help="default csv")


def _evaluate_verb(verbs: _Verbs) -> None:  # type: ignore[valid-type]
    evaluate: argparse.ArgumentParser = verbs.add_parser(  # type: ignore[attr-defined]
        "evaluate",
        help="tables over data sets, with chance and text baselines, seeds and intervals",
        description="Tables over data sets, with chance and text baselines, seeds and intervals.",
    )
    what = evaluate.add_subparsers(metavar="agents|recommenders|attacks", required=True, parser_class=_Parser)
    agents = what.add_parser(
        "agents",
        help="how well agents that learn from histories rank what their users took",
        description="How well agents that learn from histories rank what their users took.",
        epilog="Chance, popularity, item-kNN and TF-IDF are in every table. docs/evaluate-agents.md has the rest.",
    )
    option_groups.evaluated(agents, "agents")
    agents.add_argument(
        "--rankers", default="", metavar="A,B", help="agentcf, agentcf:b+r, agentcf++, ...; or any recommender"
    )
    agents.add_argument("--users", type=int, metavar="N", help="only so many users, drawn by the first seed")

    recommenders = what.add_parser(
        "recommenders",
        help="how agents with a history of their own take to what recommenders show them",
        description="How agents with a history of their own take to what recommenders show them, page by page.",
        epilog="The random control is in every table. docs/evaluate-recommenders.md has the rest.",
    )
    option_groups.evaluated(recommenders, "recommenders")
    recommenders.add_argument("--by", choices=("agents",), default="agents", help="who judges (default: agents)")
    recommenders.add_argument(
        "--models",
        default="popular,item-knn,ease,bpr",
        metavar="A,B",
        help="recommenders (default popular,item-knn,ease,bpr)",
    )
    recommenders.add_argument("--agents", type=int, metavar="N", help="how many browse (default 1000)")
    recommenders.add_argument(
        "--workers", type=int, default=2, metavar="N", help="threads (results do not depend on it)"
    )
    _attacks_verb(what)
    options_persuasion.evaluate(what)
    _moderators_verb(what)
    _disputes_verb(what)


def _disputes_verb(what: _Verbs) -> None:  # type: ignore[valid-type]
    disputes = what.add_parser(  # type: ignore[attr-defined]
        "disputes",
        help="which cues of power make a judge of disputes side with whoever gives them",
        description="Which cues of power make a judge of disputes side with whoever gives them.",
        epilog="docs/evaluate-disputes.md has the rest.",
    )
    option_groups.asked_of(disputes, "disputes", "evaluating_disputes")
    names = "fair,longer,first (controls); llm (`townsquare list dispute-judge`)"
    disputes.add_argument("--judges", metavar="A,B", help=names)


def _moderators_verb(what: _Verbs) -> None:  # type: ignore[valid-type]
    moderators = what.add_parser(  # type: ignore[attr-defined]
        "moderators",
        help="how well moderators tell harmful texts, how fast, and how easily they are got round",
        description="How well moderators tell harmful texts from harmless ones.",
        epilog="Texts that occur twice are left out before the split. docs/evaluate-moderators.md has the rest.",
    )
    option_groups.evaluated(moderators, "moderators")
    moderators.set_defaults(module="evaluating_moderators", seeds=["0..4"])
    names = "none,retrieval,linear (`townsquare list moderator`)"
    moderators.add_argument("--moderators", metavar="A,B", help=names)
    moderators.add_argument("--harmless", metavar="A,B", help="labels that break no rule (default: ham, benign, ...)")
    moderators.add_argument("--features", metavar="A,B", help="false alarms by feature (`townsquare list feature`)")
    pairs = "pairs that share a word (default: ours; or a CSV file with the columns harmful, confusable)"
    moderators.add_argument("--pairs", metavar="FILE", nargs="?", const="shipped", help=pairs)


def _attacks_verb(what: _Verbs) -> None:  # type: ignore[valid-type]
    attacks = what.add_parser(  # type: ignore[attr-defined]
        "attacks",
        help="how far attacks move an item, what stops them, and what that costs honest users",
        description="How far fake profiles move an item in recommenders, what stops them, and what that costs.",
        epilog="A log without fakes, and no defence, are in every table. docs/evaluate-attacks.md has the rest.",
    )
    option_groups.evaluated(attacks, "attacks")
    attacks.set_defaults(module="evaluating_attacks", seeds=["0..2"])
    for option, names in (("attacks", "random,average"), ("victims", "mf,ease"), ("defences", "filter:fap,lorec")):
        attacks.add_argument(f"--{option}", metavar="A,B", help=f"as {names} (`townsquare list {_KIND[option]}`)")
    attacks.add_argument("--targets", metavar="T", help="unpopular (default), least-popular, popular, random; or ids")
    attacks.add_argument("--size", metavar="A", help="fake accounts: 50 (default), or 0.05 of the genuine users")
    attacks.add_argument("--fillers", metavar="P", help="ratings of each: 36 (default), 0.02 of the items, or mean")
    attacks.add_argument("--workers", type=int, metavar="N", help="processes (results do not depend on it)")


_KIND = {"attacks": "attack", "victims": "recommender", "defences": "defence"}


def _review_verb(verbs: _Verbs) -> None:  # type: ignore[valid-type]
    review = _verb(
        verbs, "review", "reviewing", "decide, at this terminal, what becomes of posts that wait for a person"
    )
    review.add_argument("queue", type=Path, metavar="QUEUE", help="the file that a moderator human-queue writes")
    what = review.add_mutually_exclusive_group()
    what.add_argument("--list", action="store_true", help="print all posts and what became of them")
    what.add_argument("--decide", nargs=2, metavar=("N", "ACTION"), help="decide on post N: show, remove, label, ...")
    what.add_argument("--appeal", type=int, metavar="N", help="ask for another look at post N; --note says why")
    what.add_argument("--undo", type=int, metavar="N", help="take the last decision on post N back")
    review.add_argument("--note", metavar="TEXT", help="why")
    review.add_argument("--json", action="store_true", help="print JSON")


def _view_verb(verbs: _Verbs) -> None:  # type: ignore[valid-type]
    view = _verb(verbs, "view", "viewing", "open the dashboard: look at runs, compare them, ask why, try again")
    view.add_argument("runs", type=Path, nargs="?", metavar="RUNS", help="a folder of runs, or one run (default: runs)")
    view.add_argument("--port", type=int, default=8501, metavar="N", help="local port (default 8501)")
    view.add_argument("--address", default="127.0.0.1", metavar="A", help="address to listen on (default 127.0.0.1)")
    view.add_argument("--token", metavar="T", help="what visitors have to know; needed for any other address")
    view.add_argument("--read-only", action="store_true", help="nothing can be started, stopped or forked")
    view.add_argument("--no-browser", action="store_true", help="do not open a browser")


def _wire_verbs(verbs: _Verbs) -> None:  # type: ignore[valid-type]
    serve = _verb(
        verbs,
        "serve",
        "serving",
        "serve agents that live elsewhere: registry, tasks, groups; shows who is there",
        "Without --broker it starts a broker of its own, for trying things out. docs/remote-agents.md has the rest.",
    )
    serve.add_argument(
        "--broker", metavar="URL", help="mqtt://HOST:1883 or mqtts://HOST:8883 (default: one of its own)"
    )
    serve.add_argument("--port", type=int, metavar="N", help="port of its own broker (default 1883; 0 for any)")
    serve.add_argument("--record", type=Path, metavar="DIR", help="keep all cards, messages, groups and tasks here")
    serve.add_argument("--embedder", default="hashing", metavar="NAME", help="what discovery compares with (hashing)")
    serve.add_argument(
        "--max-bytes", type=int, default=16_777_216, metavar="N", help="the largest message taken (default 16 MiB)"
    )
    serve.add_argument("--json", action="store_true", help="print every change of who is there as a line of JSON")
    option_groups.root(serve)

    join = _verb(
        verbs,
        "join",
        "joining",
        "put an agent on the wire: a function, a LangChain Runnable, a model, a mind, a program, a person",
        "A card says who the agent is; a function's name and docstring will do. docs/remote-agents.md has examples.",
    )
    what = join.add_mutually_exclusive_group(required=True)
    what.add_argument("--agent", metavar="MODULE:CALLABLE", help="a function, a Runnable, or an object with run(task)")
    what.add_argument("--model", metavar="P:M", help="a language model: openai:gpt-4o-mini")
    what.add_argument("--mind", metavar="NAME", help="a town's mind: behavioural-reader, a plug-in's")
    what.add_argument("--recommender", metavar="NAME", help="a recommender, for towns elsewhere: ease, a plug-in's")
    moderator = "a moderator, for towns elsewhere: MODULE:CALLABLE, or a plug-in's name"
    what.add_argument("--moderator", metavar="NAME", help=moderator)
    what.add_argument("--program", metavar="CMD", help="a command that reads tasks and writes results, JSON by line")
    what.add_argument("--human", action="store_true", help="you, at this terminal")
    join.add_argument("--card", type=Path, metavar="FILE", help="who it is, in TOML or JSON")
    join.add_argument("--name", metavar="N", help="its name (default: the card's, or the function's)")
    join.add_argument("--description", metavar="TEXT", help="what it does (default: the card's, or the docstring)")
    join.add_argument("--count", type=int, metavar="N", help="so many of them, NAME-0 to NAME-(N-1), on one connection")
    join.add_argument("--quiet", action="store_true", help="do not tell what it does")
    option_groups.wire(join)

    call = _verb(
        verbs, "call", "calling", "give an agent a task and print what comes of it; exit code 1 when it failed"
    )
    call.add_argument("agent", metavar="AGENT", help="its name (`townsquare agents` lists them)")
    call.add_argument("text", metavar="TEXT", nargs="?", default="", help="the task, in words")
    call.add_argument("--input", metavar="JSON", help="what it is to be done with")
    call.add_argument("--capability", default="", metavar="C", help="which of its capabilities is meant")
    call.add_argument("--seconds", type=float, default=60.0, metavar="S", help="how long it may take (default 60)")
    call.add_argument("--json", action="store_true", help="print the whole result as JSON")
    option_groups.wire(call)

    agents = _verb(verbs, "agents", "calling", "list the agents that are there, or find those who can do something")
    agents.add_argument("query", metavar="TEXT", nargs="?", help="what it should do, in words: the best come first")
    agents.add_argument("--top", type=int, default=5, metavar="N", help="how many are found (default 5)")
    agents.add_argument("--json", action="store_true", help="print JSON")
    option_groups.wire(agents)


def _shelf_verbs(verbs: _Verbs) -> None:  # type: ignore[valid-type]
    shelf = _verb(verbs, "list", "shelf", "show what is installed: scenarios, recommenders, minds, measures, ...")
    shelf.add_argument(
        "kind", nargs="?", metavar="KIND", help="only this kind; or prices (of models), or topics (to debate)"
    )
    shelf.add_argument("--json", action="store_true", help="print JSON")

    data = _verb(verbs, "data", "shelf", "data sets: what they are, under which terms, and how to get them")
    what = data.add_subparsers(metavar="list|get", required=True, parser_class=_Parser)
    listed = what.add_parser("list", help="known data sets with source, licence and size")
    listed.add_argument("--json", action="store_true", help="print JSON")
    listed.set_defaults(function="data_list")
    get = what.add_parser("get", help="download one, with resume and checksum")
    get.add_argument("name", metavar="NAME", help="a name from `townsquare data list`")
    get.add_argument(
        "--folder", type=Path, metavar="DIR", help="where to (default: $TOWNSQUARE_DATA or the user cache)"
    )
    get.add_argument("--accept-terms", action="store_true", help="say yes to the data set's terms of use")
    get.set_defaults(function="data_get")

    doctor = _verb(verbs, "doctor", "shelf", "say what works here: Python, packages, extras, cores, disk")
    doctor.add_argument("--json", action="store_true", help="print JSON")
