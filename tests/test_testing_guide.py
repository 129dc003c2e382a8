"""docs/write-a-recommender.md keeps its word: its files are written, run and tested as they stand there."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

GUIDE = Path(__file__).parents[1] / "docs" / "write-a-recommender.md"
BLOCKS = re.findall(
    r"^```(\w+)(?: title=\"(.+?)\")?\n(.*?)^```$", GUIDE.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL
)


@pytest.fixture(scope="module")
def package(tmp_path_factory):
    """A folder with the files that the guide has one write."""
    folder = tmp_path_factory.mktemp("guide")
    for _, title, text in BLOCKS:
        if title:
            (folder / title).parent.mkdir(parents=True, exist_ok=True)
            (folder / title).write_text(text, "utf-8")
    return folder


def python(folder, *words):
    paths = os.pathsep.join([str(folder / "installed"), str(GUIDE.parents[1])])
    environment = os.environ | {"PYTHONPATH": paths, "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [sys.executable, *words], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_every_python_block_runs_in_order(package):
    code = "\n".join(text for language, title, text in BLOCKS if language == "python" and not title)
    assert python(package, "-W", "error", "-c", code)


def test_the_package_installs_and_passes_its_tests(package):
    pytest.importorskip("hatchling")
    pip = [
        "pip",
        "install",
        "--no-deps",
        "--no-build-isolation",
        "--no-index",
        "--quiet",
        "--disable-pip-version-check",
    ]
    python(package, "-m", *pip, "--target", "installed", "./my-town-ideas")
    told = python(package, "-m", "pytest", "-q", "-p", "no:cacheprovider", "my-town-ideas/tests")
    assert re.search(r"\d+ passed", told)
    found = python(
        package, "-c", "from townsquare.protocols import known; print(known('recommender')['category-round'])"
    )
    assert found.strip() == "my_town_ideas.category_round:CategoryRound"
