"""The two pages on opinion models keep their word: their blocks run, their tables are those of the code."""

import json
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.commands import townsquare
from townsquare.protocols import Settings, find, known
from townsquare.protocols.scenario import Use
from townsquare.sim.scenarios.network import NetworkTown
from townsquare.testing.chat_server import ChatServer, obey_schema

DOCS = Path(__file__).parents[3] / "docs"
PAGE, GUIDE = ((DOCS / f"{name}.md").read_text("utf-8") for name in ("opinion-dynamics", "write-an-opinion-model"))
OWN = ("topic", "graph", "opinions", "model", "schedule", "stubborn", "panel")


def python(text, folder):
    code = "\n".join(re.findall(r"^```python\n(.*?)^```$", text, flags=re.MULTILINE | re.DOTALL))
    command = [sys.executable, "-W", "error", "-c", code]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_every_python_block_of_the_guide_runs_in_order(tmp_path):
    done = python(GUIDE, tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr


def shell(mark, folder):
    """Run the blocks of the page that are marked so; how many there were."""
    steps = re.findall(r"(?:^<!-- test: (\w+) -->\n)?^```sh\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    chosen = [text for marked, text in steps if marked == mark]
    for text in chosen:
        for command in re.findall(r"(?:.*<<'EOF'\n(?:.*\n)*?EOF\n|(?:.*\\\n)*.*\n)", text):
            words = shlex.split(command.replace("\\\n", ""))
            if words[0] == "townsquare":
                done = townsquare(*words[1:], cwd=folder)
                assert done.returncode == 0, done.stderr
            else:
                subprocess.run(["sh", "-eu", "-c", command], cwd=folder, check=True)
    return len(chosen)


@pytest.mark.slow
def test_every_block_of_the_page_runs(tmp_path):
    assert shell("", tmp_path) == 2
    done = python(PAGE, tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "no change" in done.stdout


@pytest.mark.slow
def test_the_block_with_a_language_model_runs(tmp_path, monkeypatch):
    pytest.importorskip("openai")
    with ChatServer(obey_schema) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        monkeypatch.setenv("OPENAI_API_KEY", "scripted")
        assert shell("slow", tmp_path) == 1
        assert server.requests


def test_every_model_is_told_with_its_settings():
    rows = re.findall(r"^\| `([\w-]+)` \| [^|]+ \| ([^|]+) \| [^|]+ \|$", PAGE, flags=re.MULTILINE)
    told = {name: re.findall(r"`(\w+)` = ([\w.]+)", settings) for name, settings in rows if " = " in settings}
    ours = {name for name, where in known("opinion").items() if where.startswith("townsquare.")}
    assert told.keys() == ours
    for name, settings in told.items():
        defaults = find("opinion", name).Config().model_dump()
        assert [key for key, _ in settings] == list(defaults)
        assert [json.loads(value) for _, value in settings] == pytest.approx(list(defaults.values()))


def test_every_setting_of_the_network_is_told():
    below = PAGE.split("## Every setting of its own\n")[1]
    told = dict(re.findall(r"^\| `([\w.]+)` \| ([^|]*?) ?\|", below, flags=re.MULTILINE))
    wanted = {}
    for name in OWN:
        default = NetworkTown.model_fields[name].default
        if isinstance(default, Use):
            wanted[f"{name}.name"] = default.name
        elif isinstance(default, Settings):
            wanted |= {f"{name}.{key}": value for key, value in default.model_dump(mode="json").items()}
        else:
            wanted[name] = default
    assert told == {
        path: "–" if value is None else value if isinstance(value, str) else json.dumps(value)
        for path, value in wanted.items()
    }


def test_every_measure_is_told():
    table = PAGE.split("| measure | what it is |")[1].split("## ")[0]
    source = Path(find("opinion", "deffuant").__module__.replace(".", "/")).parents[1] / "measures" / "opinions.py"
    code = (DOCS.parent / source).read_text("utf-8")
    assert set(re.findall(r"`(\w+)`", table)) == set(re.findall(r'"((?:opinion|nodes|panel)_\w+)"', code))
