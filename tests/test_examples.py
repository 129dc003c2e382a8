"""The stories of language models in examples/ run as their READMEs say, and print what stands there.

The README of an example shows its output in a block fenced as ``text``, where ``...`` stands for what is left out.
Where an output was meant to change, run the example and copy what it prints now. agentcf and browse have tests of
their own.
"""

import doctest
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[1] / "examples"
NEEDED = {"budget": "openai", "cassette": "openai", "memory": "chromadb", "panel": "openai", "personas": "numpy",
          "shilling": "numpy"}  # fmt: skip
"""The examples, each with the package that what stands in its README was printed with."""
each = pytest.mark.parametrize("name", NEEDED)


def run(name: str, cwd: Path, *words: str, **environment: str) -> str:
    """What the example prints, as a process of its own, where neither a key nor an endpoint is known."""
    known = {key: value for key, value in os.environ.items() if not key.startswith("OPENAI_")}
    done = subprocess.run(
        [sys.executable, "-W", "error", str(EXAMPLES / name / f"{name}.py"), *words],
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=120,
        env=known | {"OPENBLAS_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": "1"} | environment,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def told(name: str) -> str:
    (block,) = re.findall(
        r"^```text\n(.*?)^```$", (EXAMPLES / name / "README.md").read_text("utf-8"), re.MULTILINE | re.DOTALL
    )
    return block


def without_blank_lines(text: str) -> str:
    return "".join(line for line in text.splitlines(keepends=True) if line.strip())


@pytest.mark.parametrize(
    "name", [pytest.param(n, marks=pytest.mark.slow) if n in ("budget", "shilling") else n for n in NEEDED]
)
def test_it_prints_what_its_readme_says(name: str, tmp_path: Path) -> None:
    pytest.importorskip(NEEDED[name])
    printed, wanted = without_blank_lines(run(name, tmp_path)), without_blank_lines(told(name))
    assert doctest.OutputChecker().check_output(wanted, printed, doctest.ELLIPSIS), printed
    assert not list(tmp_path.iterdir()), "an example leaves nothing behind"


@each
def test_it_says_first_that_no_language_model_was_asked(name: str) -> None:
    first = told(name).splitlines()[0]
    assert "No language model" in first
    assert "scripted" in first.lower()


@each
def test_it_is_short(name: str) -> None:
    assert len((EXAMPLES / name / "README.md").read_text("utf-8").splitlines()) < 40
    assert [path.name for path in (EXAMPLES / name).glob("*.py")] == [f"{name}.py"]


@pytest.mark.slow
@pytest.mark.parametrize("name", ["memory", "panel"])
def test_it_asks_the_model_it_is_given(name: str, tmp_path: Path) -> None:
    pytest.importorskip("openai")
    from townsquare.testing.chat_server import ChatServer, obey_schema

    with ChatServer(obey_schema) as server:
        printed = run(name, tmp_path, "--model", "openai:mine", OPENAI_BASE_URL=server.url)
    assert {request.body["model"] for request in server.requests} == {"mine"}
    assert "SCRIPTED" not in printed
