"""The documentation keeps its word: its blocks run, its tables are those of the code, its links lead somewhere.

Blocks fenced as ``sh`` or ``python`` run in the order of their document, all in one folder, towns made small.
An HTML comment on the line before a block says otherwise:

    <!-- test: skip -->   the block is not run
    <!-- test: slow -->   the block is run by the slow tests only
"""

import asyncio
import json
import os
import re
import shlex
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from pydantic import BaseModel

import townsquare as ts
from townsquare.cli.options import parser
from townsquare.interviews import ainterview
from townsquare.protocols import Settings, find, known
from townsquare.protocols.events import KINDS, REASONS
from townsquare.protocols.runfolder import FORMAT, Parent, RunFolder, RunInfo
from townsquare.sim.scenarios.news import News
from townsquare.sim.scenarios.persuasion import Persuasion
from townsquare.sim.scenarios.shilling import Shilling
from townsquare.testing.chat_server import ChatServer, obey_schema

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
TOLD = [
    ROOT / "README.md",
    *(DOCS / f"{name}.md" for name in ("run-folder", "five-minutes", "python", "news", "language-models")),
    *(DOCS / f"{name}.md" for name in ("report", "compare-and-sweep", "data", "memory", "personas", "shilling")),
    *(DOCS / f"{name}.md" for name in ("persuasion", "counterspeech", "debate-yourself", "evaluate-persuaders")),
    *(DOCS / f"{name}.md" for name in ("polarisation", "whom-to-reach-first", "tour")),
]
"""Documents whose blocks are run here, the first two by the fast tests; the others have tests of their own."""
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.glob("**/*.md"), *(ROOT / "examples").glob("**/*.md")])
SMALL = {"users.count": 40, "creators.count": 4, "ticks": 24, "record.snapshots": 12}
"""What a block's town shrinks to where the block does not say itself."""
SHOP = {"customers.count": 60, "shop.items": 60, "shop.past": 8, "shills.count": 6, "shills.fillers": 8, "ticks": 8,
        "recommender.factors": 4}  # fmt: skip
"""The same for a shop."""
TRIAL = {"debates": 12, "control": 6}
"""The same for a debate trial."""
CAMPAIGN = {"members.count": 80, "ticks": 6, "recommender.epochs": 2}
"""The same for a timeline."""

BLOCK = re.compile(r"(?:^<!-- test: (\w+) -->\n)?^```(sh|python)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Block:
    mark: str
    language: str
    text: str


def blocks(page: Path) -> list[Block]:
    return [Block(*found) for found in BLOCK.findall(page.read_text("utf-8"))]


# What runs the blocks of one document: a process of its own, so that nothing is registered or patched in ours.
# Commands of ours run inside it, because starting Python and its libraries anew takes longer than a small run.
DRIVER = """
import ast, asyncio, inspect, json, re, shlex, subprocess, sys
from townsquare import cli, runs
small, towns, steps = json.loads(sys.stdin.read())
resolve = runs.resolve

def shrunk(scenario, seed, values):
    own = isinstance(scenario, runs.Scenario)
    less = towns.get(scenario, small) if isinstance(scenario, str) else small
    return resolve(scenario, seed, values if own else {**less, **dict(values or {})})

def command(words):
    if words[1] == "sweep":
        words[2:2] = [part for path, value in small.items() for part in ("--set", f"{path}={value}")]
    code = cli.main(words[1:])
    assert code == 0, f"exit code {code}"

def shell(text):
    for part in re.findall(r"(?:.*<<'EOF'\\n(?:.*\\n)*?EOF\\n|(?:.*\\\\\\n)*.*\\n)", text):
        words = shlex.split(part.replace("\\\\\\n", ""), comments=True) if part.startswith("townsquare ") else []
        if words:
            command(words)
        elif part.strip():
            subprocess.run(["sh", "-eu", "-c", part], check=True)

runs.resolve = shrunk
names = {"__name__": "__main__"}
for language, text in steps:
    print(text, file=sys.stderr, flush=True)
    if language == "sh":
        shell(text)
        continue
    result = eval(compile(text, "<documentation>", "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT), names)
    if inspect.iscoroutine(result):
        asyncio.run(result)
"""


@pytest.fixture(scope="module")
def endpoint():
    """Where blocks find a model: a server whose answers are scripted."""
    pytest.importorskip("openai")
    with ChatServer(obey_schema) as server:
        yield {"OPENAI_BASE_URL": server.url, "OPENAI_API_KEY": "scripted"}


@pytest.fixture
def told(tmp_path, endpoint):
    """Runs blocks in a fresh folder; what they printed."""

    def run(steps: list[Block]) -> str:
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"  # commands in a pipe are those of here
        environment = os.environ | endpoint | {"PATH": path, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}
        done = subprocess.run(
            [sys.executable, "-W", "error", "-c", DRIVER],
            input=json.dumps(
                [
                    SMALL,
                    {"shilling": SHOP, "persuasion": TRIAL, "campaign": CAMPAIGN},
                    [[step.language, step.text] for step in steps],
                ]
            ),
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
        return done.stdout

    return run


def make_targets(block: Block) -> list[str]:
    return re.findall(r"^make ([\w-]+)", block.text, flags=re.MULTILINE)


@pytest.mark.parametrize("page", TOLD[:2], ids=lambda page: page.name)
def test_blocks_run(page, told):
    told([b for b in blocks(page) if b.mark not in ("skip", "slow") and not make_targets(b)])


@pytest.mark.slow
@pytest.mark.parametrize("page", TOLD, ids=lambda page: page.name)
def test_all_blocks_run(page, told):
    told([b for b in blocks(page) if b.mark != "skip" and not make_targets(b)])


def test_commands_are_those_of_the_command_line():
    """Every command of every page, also of blocks that need data or a model of one's own: verbs and options exist."""
    commands = parser()
    found = 0
    for page in PAGES:
        for fenced in FENCED.findall(page.read_text("utf-8")):
            for line in re.findall(r"^townsquare .*$", fenced.replace("\\\n", " "), flags=re.MULTILINE):
                words = shlex.split(line, comments=True)[1:]
                if {"RUN", "--version", "|", ">"}.isdisjoint(words):
                    commands.parse_args(words)
                    found += 1
    assert found > 50


def test_make_targets_exist():
    there = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), flags=re.MULTILINE))
    wanted = {name for page in PAGES for block in blocks(page) for name in make_targets(block)}
    assert {"demo", "test"} <= wanted
    assert wanted <= there


def test_marks_are_known():
    marks = {m for page in TOLD for m in re.findall(r"<!-- test: (\w+) -->", page.read_text("utf-8"))}
    assert marks <= {"skip", "slow"}
    attached = [b for page in TOLD for b in blocks(page) if b.mark]
    assert len(attached) == sum(page.read_text("utf-8").count("<!-- test:") for page in TOLD), "a mark stands alone"


def test_a_block_that_uses_ts_imports_it():
    """So that it can be pasted into an empty session."""
    for page in TOLD:
        for block in blocks(page):
            if block.language == "python" and re.search(r"\bts\.", block.text):
                assert "import townsquare as ts\n" in block.text, f"{page.name}: {block.text}"


def test_pages_write_to_folders_of_their_own():
    """So that whoever reads two pages in one checkout meets no run that exists already."""
    owners: dict[str, str] = {}
    for page in TOLD:
        for folder in re.findall(r"(?:--out |out=\")(runs/[\w/-]+)", page.read_text("utf-8")):
            assert owners.setdefault(folder, page.name) == page.name, f"{folder}: also in {page.name}"


# ---- links ---------------------------------------------------------------------------------------------------------

LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
FENCED = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)


def anchors(page: Path) -> set[str]:
    titles = re.findall(r"^#+ (.+)$", FENCED.sub("", page.read_text("utf-8")), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).strip().replace(" ", "-") for title in titles}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page):
    for link in LINK.findall(FENCED.sub("", page.read_text("utf-8"))):
        if re.match(r"[a-z]+:", link):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), f"{link}: there is no {path}"
        assert not anchor or anchor in anchors(target), f"{link}: no such heading"


def test_every_page_is_reached_from_the_readme():
    seen, todo = set(), [ROOT / "README.md"]
    while todo:
        page = todo.pop()
        seen.add(page)
        for link in LINK.findall(FENCED.sub("", page.read_text("utf-8"))):
            target = (page.parent / link.partition("#")[0]).resolve()
            if target.suffix == ".md" and target.exists() and target not in seen:
                todo.append(target)
    missing = [page.name for page in DOCS.glob("**/*.md") if page.resolve() not in seen]
    assert not missing


# ---- tables --------------------------------------------------------------------------------------------------------


def table(page: Path, heading: str) -> list[list[str]]:
    """Cells of the first table below a heading, without its head; backticks are dropped."""
    below = page.read_text("utf-8").split(f"# {heading}\n", 1)[1]
    found = re.search(r"^\|.*\n\|[-| :]+\|\n((?:\|.*\n)+)", below, flags=re.MULTILINE)
    assert found, f"no table below {heading!r}"
    rows = [line.strip().strip("|").split("|") for line in found[1].splitlines()]
    return [[cell.strip().replace("`", "") for cell in row] for row in rows]


def leaves(model: type[BaseModel], values: dict[str, Any], before: str = "") -> dict[str, Any]:
    """Every path that --set takes, with its default."""
    found: dict[str, Any] = {}
    for name in model.model_fields:
        value = values[name]
        inner = getattr(model() if model in (News, Shilling, Persuasion) else model(**values), name)
        if isinstance(inner, Settings):
            found |= leaves(type(inner), value, f"{before}{name}.")
        else:
            found[before + name] = value
    return found


def test_every_setting_of_the_news_town_is_told():
    defaults = leaves(News, News().model_dump(mode="json"))
    told = {row[0]: row[1] for row in table(DOCS / "news.md", "Every setting")}
    written = {
        path: "–" if value is None else value if isinstance(value, str) else json.dumps(value)
        for path, value in defaults.items()
    }
    assert told == written


def test_every_setting_of_the_shop_is_told():
    defaults = leaves(Shilling, Shilling().model_dump(mode="json"))
    own = {path: value for path, value in defaults.items() if path.startswith(("customers.", "shop.", "shills."))}
    told = {row[0]: row[1] for row in table(DOCS / "shilling.md", "Every setting of its own")}
    assert told.pop("watch") == ", ".join(Shilling().watch)
    own |= {path: value for path, value in defaults.items() if path.startswith(("moderator.name", "learning."))}
    assert told == {
        path: "–" if value is None else value if isinstance(value, str) else json.dumps(value)
        for path, value in own.items()
    }


def test_every_setting_of_the_debate_trial_is_told():
    defaults = leaves(Persuasion, Persuasion().model_dump(mode="json"))
    own = {path: value for path, value in defaults.items() if path.partition(".")[0] in Persuasion.own}
    told = {row[0]: row[1] for row in table(DOCS / "persuasion.md", "Every setting of its own")}
    assert told == {
        path: "–"
        if value is None
        else ", ".join(value)
        if isinstance(value, list)
        else value
        if isinstance(value, str)
        else json.dumps(value)
        for path, value in own.items()
    }


def test_every_recommender_and_its_settings_are_told():
    told = {row[0]: row[2] for row in table(DOCS / "news.md", "Recommenders")}
    ours = {name for name, where in known("recommender").items() if where.startswith("townsquare.")}
    assert told.keys() == ours
    for name in ours:
        keys = find("recommender", name).Config.model_fields
        assert re.findall(r"(\w+) =", told[name]) == [key for key in keys if key != "parts"], name


def test_event_codes_are_told():
    page = DOCS / "run-folder.md"
    assert [(row[0], row[1]) for row in table(page, "Codes of `kind`")] == [(str(i), k) for i, k in enumerate(KINDS)]
    whys = [(str(i), why or "(empty)") for i, why in enumerate(REASONS)]
    assert [(row[0], row[1]) for row in table(page, "Codes of `why`")] == whys


# ---- the run folder ------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def pair(tmp_path_factory):
    """A small run and a fork of it."""
    place = tmp_path_factory.mktemp("pair")
    sizes = {"users.count": 20, "creators.count": 3, "ticks": 4, "slate.length": 12, "clicks": 3}
    first = ts.run("news", seed=3, set=sizes | {"record.snapshots": 2}, out=place / "first")
    return first, first.fork(2, {"recommender.name": "random"}, out=place / "fork")


@pytest.fixture(scope="module")
def talkative(tmp_path_factory, endpoint):
    """A small run whose panel and writers ask a scripted server, with a questionnaire and an interview."""
    settings = {"users.count": 20, "creators.count": 3, "ticks": 2, "panel.count": 3, "writers.count": 1}
    questions = [
        {"id": "informed", "text": "I feel well informed."},
        {"id": "where", "text": "Where do you read?", "scale": "choice", "options": ["on paper", "on a screen"]},
        {"id": "why", "text": "Why do you read?", "scale": "text"},
    ]
    second = {"name": "second", "ticks": [1], "questions": [{"id": "again", "text": "I would ask that again."}]}
    asked = {"questionnaires": [{"ticks": [1], "group": "panel", "questions": questions}, second]}
    place = tmp_path_factory.mktemp("talkative")
    with pytest.MonkeyPatch.context() as patch:
        for name, value in endpoint.items():
            patch.setenv(name, value)
        run = ts.run("news", set=settings | asked, model="openai:scripted", out=place / "run")
        asyncio.run(ainterview(RunFolder(run.path), 20, 1, "What stayed with you?"))
    return run


@pytest.fixture(scope="module")
def sociable(tmp_path_factory):
    """A small run in which agents talk in groups."""
    settings = {"users.count": 60, "creators.count": 5, "ticks": 2, "team.disputes": 1, "team.posts": 2}
    return ts.run("team", set=settings, out=tmp_path_factory.mktemp("sociable") / "run")


@pytest.fixture(scope="module")
def moderated(tmp_path_factory):
    """A small run in which posts are moderated."""
    settings = {"members.count": 60, "ticks": 2, "recommender.name": "random", "moderator.name": "harm-words"}
    return ts.run("moderation", set=settings, out=tmp_path_factory.mktemp("moderated") / "run")


def test_files_are_told(pair, talkative, sociable, moderated):
    """In the table of files: every kind of file that is there, and no kind of folder that is not."""
    told = {row[0].replace("000010", "000012") for row in table(DOCS / "run-folder.md", "The run folder")}
    names = {
        re.sub(r"\d{6}", "000012", p.relative_to(run.path).as_posix())
        for run in (*pair, talkative, sociable, moderated)
        for p in run.path.rglob("*")
        if p.is_file() and not p.name.endswith(("-wal", "-shm"))
    }
    assert names == told - {"log.txt"}  # after a failure only: tests/test_kill.py


@pytest.mark.parametrize(
    ("heading", "file"),
    [
        ("events", "events/000001.parquet"),
        ("items", "items/000001.parquet"),
        ("measures.parquet", "measures.parquet"),
        ("agents.parquet", "agents.parquet"),
        ("asks", "asks/000001.parquet"),
        ("answers", "answers/000001.parquet"),
        ("conversations", "conversations/000001.parquet"),
        ("verdicts", "verdicts/000001.parquet"),
    ],
)
def test_columns_are_told(talkative, sociable, moderated, heading, file):
    schema = pq.read_schema({"conversations": sociable, "verdicts": moderated}.get(heading, talkative).path / file)
    words = {
        "float": "float32",
        "double": "float64",
        "large_string": "string",
        "list<element: string>": "list of string",
    }
    written = [
        (f.name, re.sub(r"fixed_size_list<.*>\[\d+\]", "list of d float32", words.get(str(f.type), str(f.type))))
        for f in schema
    ]
    assert [(row[0], row[1]) for row in table(DOCS / "run-folder.md", heading)] == written


def test_answers_are_as_told(talkative):
    """Order, words, values and asks of the answers, as the document has them."""
    answers, asks = talkative.answers(), talkative.asks()
    assert answers["agent"].tolist() == [20] * 3 + [21] * 3 + [22] * 3 + [20, 21, 22]
    assert answers["question"].tolist() == ["informed", "where", "why"] * 3 + ["again"] * 3
    assert answers["questionnaire"].tolist() == ["questionnaire"] * 9 + ["second"] * 3
    assert set(answers.loc[answers["question"] == "where", "answer"]) <= {"on paper", "on a screen"}
    assert answers.loc[answers["question"] == "why", "value"].isna().all()
    assert answers.loc[answers["question"] != "why", "value"].between(1, 5).all()
    questions = asks[asks["purpose"] == "questionnaire"]
    assert sorted(zip(questions["agent"], questions["number"], strict=True)) == [
        (agent, number) for agent in (20, 21, 22) for number in range(4)
    ]


@pytest.mark.parametrize("file", ["cassette.sqlite", "interviews.sqlite"])
def test_tables_of_a_cassette_are_told(talkative, file):
    section = (DOCS / "run-folder.md").read_text("utf-8").split("## cassette.sqlite\n")[1].split("\n## ")[0]
    with closing(sqlite3.connect(talkative.path / file)) as base:
        columns = {
            name: [(row[1], row[2]) for row in base.execute(f"PRAGMA table_info({name})")]
            for (name,) in base.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        }
        mark = base.execute("PRAGMA application_id").fetchone()[0]
    assert [(row[0], row[1]) for row in table(DOCS / "run-folder.md", "cassette.sqlite")] == columns.pop("calls")
    assert f"`application_id` {mark}" in section
    assert columns.keys() == {"failures", "spent"}
    for name, told in columns.items():
        below = section.split(f"`{name}` holds ")[1]
        missing = [column for column, _ in told if f"`{column}`" not in below]
        assert not missing, f"{name}: {missing}"


def test_snapshot_arrays_are_told(pair):
    arrays = pair[0].snapshot(2)
    told = {row[0]: row[1] for row in table(DOCS / "run-folder.md", "snapshots")}
    assert told == {name: str(array.dtype) for name, array in arrays.items()}


def test_keys_of_run_json_are_told(pair):
    told = [row[0] for row in table(DOCS / "run-folder.md", "run.json")]
    assert told == [
        *(key for key in RunInfo.model_fields if key != "parent"),
        *(f"parent.{k}" for k in Parent.model_fields),
    ]
    assert {*json.loads((pair[1].path / "run.json").read_text("utf-8"))} == {*RunInfo.model_fields}
    assert f"format {FORMAT}" in (DOCS / "run-folder.md").read_text("utf-8").lower()


def test_every_measure_is_told(pair):
    text = (DOCS / "news.md").read_text("utf-8").split("# Measures\n", 1)[1].split("\n## ", 1)[0]
    kinds = ("exposure", "click", "like")
    told = set()
    for name in re.findall(r"^\| `([^|]+)` \|", text, flags=re.MULTILINE):
        for one in name.replace("`", "").split(", "):
            over = [one.replace("KIND", kind) for kind in kinds] if "KIND" in one else [one]
            told |= {x.replace("OVER", o) for x in over for o in ("articles", "creators")} if "OVER" in one else {*over}
    assert told == set(pair[0].measures()["measure"])


def digest_program() -> str:
    """The standalone reader that the documentation prints."""
    found = [b.text for b in blocks(DOCS / "run-folder.md") if "hashlib" in b.text]
    assert len(found) == 1
    return found[0]


def test_a_stranger_can_recompute_the_digest(pair):
    """With nothing but pyarrow, numpy and the standard library, for a run and for a fork of it."""
    program = digest_program()
    assert "townsquare" not in program
    lines = [line for line in program.splitlines() if line.strip()]
    assert len(lines) <= 30
    names: dict[str, Any] = {"__name__": "stranger"}
    exec(compile(program, "digest", "exec"), names)  # it is ours
    for run in pair:
        assert names["digest"](run.path) == run.info.digest == RunFolder(run.path).digest()


def test_the_digest_notices_one_changed_bit(pair, tmp_path):
    names: dict[str, Any] = {"__name__": "stranger"}
    exec(compile(digest_program(), "digest", "exec"), names)
    copy = shutil.copytree(pair[0].path, tmp_path / "copy")
    path = copy / "events" / "000003.parquet"
    rows = pq.read_table(path)
    item = rows["item"].to_numpy().copy()
    item[-1] += 1
    pq.write_table(rows.set_column(rows.schema.get_field_index("item"), "item", [item]), path)
    assert names["digest"](copy) != pair[0].info.digest
