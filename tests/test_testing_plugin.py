"""A stranger's package: built, installed, found by its name, and put to the contract."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
EXAMPLE = ROOT / "examples" / "plugin"


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """A folder into which the package has been installed as pip does it, from a copy of its sources."""
    pytest.importorskip("hatchling")
    folder = tmp_path_factory.mktemp("plugin")
    source, target = folder / "source", folder / "site"
    shutil.copytree(EXAMPLE, source, ignore=shutil.ignore_patterns("__pycache__", "dist"))
    pip = [sys.executable, "-m", "pip", "install", "--no-deps", "--no-build-isolation", "--no-index", "--quiet"]
    command([*pip, "--disable-pip-version-check", "--target", str(target), str(source)], folder)
    return target


def command(words, cwd, **environment):
    done = subprocess.run(words, cwd=cwd, env=os.environ | environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def outside(installed, tmp_path, *words):
    """What a new interpreter prints that knows the package from its installed files only."""
    paths = os.pathsep.join([str(installed), str(ROOT)])
    return command([sys.executable, *words], tmp_path, PYTHONPATH=paths, PYTHONDONTWRITEBYTECODE="1")


def test_it_is_found_by_its_name(installed, tmp_path):
    code = "from townsquare.protocols import find, known; print(known('recommender')['freshest-likes']); "
    code += "print(find('recommender', 'freshest-likes').__name__)"
    assert outside(installed, tmp_path, "-c", code).split() == [
        "townsquare_editors_pick.freshest_likes:FreshestLikes",
        "FreshestLikes",
    ]


def test_a_typing_error_in_its_settings_is_told(installed, tmp_path):
    code = "from townsquare.protocols import InputError, configure\n"
    code += "try: configure('recommender', 'freshest-likes', {'atleast': 3})\n"
    code += "except InputError as error: print(error)"
    assert "Did you mean 'at_least'?" in outside(installed, tmp_path, "-c", code)


def test_it_keeps_the_contract(installed, tmp_path):
    shutil.copytree(EXAMPLE / "tests", tmp_path / "tests", ignore=shutil.ignore_patterns("__pycache__"))
    assert " passed" in outside(installed, tmp_path, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests")


@pytest.mark.slow
def test_a_town_runs_on_it(installed, tmp_path):
    town = ["ticks=4", "users.count=60", "creators.count=6", "slate.length=20", "recommender.name=freshest-likes"]
    words = [word for setting in town for word in ("--set", setting)]
    told = json.loads(outside(installed, tmp_path, "-m", "townsquare", "run", "news", *words, "--out", "run", "--json"))
    assert told["status"] == "finished"
    assert outside(installed, tmp_path, "-m", "townsquare", "replay", "run").strip() == "identical"
    assert "freshest-likes" in outside(installed, tmp_path, "-m", "townsquare", "list", "recommender")
