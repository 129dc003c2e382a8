"""docs/moderators.md keeps its word: its blocks run in their order, in one folder; its tables are those of the code."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

from townsquare.protocols import find, known
from townsquare.protocols.moderator import ACTIONS

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "moderators.md").read_text("utf-8")
_BLOCK = r"(?<!<!-- test: skip -->\n)^```(sh|python)\n(.*?)^```$"
BLOCKS = re.findall(_BLOCK, PAGE, re.MULTILINE | re.DOTALL)
SMALL = "--set customers.count=40 --set shop.items=40 --set shop.past=4 --set shills.count=4 --set shills.fillers=4"
OURS = {
    ("moderator", "lexicon"): "townsquare.sim.moderators.lexicon:Lexicon",
    ("moderator", "panel"): "townsquare.sim.moderators.panel:Panel",
    ("moderator", "human-queue"): "townsquare.sim.moderators.human_queue:HumanQueue",
    ("moderator", "remote"): "townsquare.sim.moderators.remote:Remote",
    ("feature", "title-body-gap"): "townsquare.sim.features.title_body_gap:TitleBodyGap",
    ("feature", "lexical-bias"): "townsquare.sim.features.lexical_bias:LexicalBias",
    ("feature", "audience-age"): "townsquare.sim.features.audience_age:AudienceAge",
    ("feature", "humour"): "townsquare.sim.features.humour:Humour",
    ("feature", "duplication"): "townsquare.sim.features.duplication:Duplication",
    ("filter-parts", "model"): "townsquare.agents.roles.filter_panel:LLMFilterParts",
}
DRIVER = r"""
import json, shlex, subprocess, sys
from importlib import import_module
from tests.sim.moderators.known import known
from townsquare.cli import main
small, ours, steps = json.loads(sys.stdin.read())
for kind, name, place in ours:
    module, _, cls = place.partition(":")
    known(kind, name, getattr(import_module(module), cls))
names = {"__name__": "page"}
for language, text in steps:
    print(text, file=sys.stderr, flush=True)
    if language == "python":
        exec(compile(text, "<page>", "exec"), names)
    elif "<<" in text:
        subprocess.run(["sh", "-eu", "-c", text], check=True)
    else:
        for line in text.replace("\\\n", " ").splitlines():
            words = shlex.split(line)[1:]
            code = main(words + (shlex.split(small) if words[0] == "run" else []))
            assert code == 0, line
suite = names["TestShouting"]()
for name in dir(suite):
    if name.startswith("test_"):
        getattr(suite, name)()
"""


def test_blocks_run(tmp_path: Path) -> None:
    ours = [[*key, place] for key, place in OURS.items()]
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", DRIVER],
        input=json.dumps([SMALL, ours, BLOCKS]),
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(ROOT), "OPENBLAS_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    assert "1.0" in done.stdout.splitlines()
    assert "The planners are mistaken" in done.stdout


def first_column(heading: str) -> list[str]:
    """Names in the first table after a heading."""
    rows = PAGE[PAGE.index(heading) :].split("\n\n|", 1)[1].split("\n\n")[0].splitlines()[2:]
    return [re.findall(r"`([^`]+)`", row)[0] for row in rows]


def test_tables_are_those_of_the_code() -> None:
    assert sorted(first_column("## What can become")) == sorted(ACTIONS)
    assert set(first_column("## What else")) == {name for kind, name in OURS if kind == "feature"}
    told = set(first_column("## Those that come"))
    ours = {name for name in known("moderator") if find("moderator", name).__module__.startswith("townsquare.")}
    assert told == ours
