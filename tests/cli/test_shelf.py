"""Verbs about what is there."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.commands import townsquare

HOLD = """
import sys
from pathlib import Path
from townsquare.protocols import InputError, lock
with lock.take(Path(sys.argv[1]), InputError("busy")):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def fetching(tmp_path: Path) -> Iterator[Path]:
    """A folder of data sets that another process is fetching ml-100k to."""
    command = [sys.executable, "-c", HOLD, str(tmp_path / "ml-100k.lock")]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    yield tmp_path
    process.communicate()


def test_a_data_set_is_fetched_by_one_process_at_a_time(fetching: Path) -> None:
    done = townsquare("data", "get", "ml-100k", "--folder", str(fetching), cwd=fetching, TOWNSQUARE_OFFLINE="1")
    assert done.returncode == 2
    wanted = f"data set 'ml-100k' is being fetched to {fetching} by another process; wait until it is done.\n"
    assert done.stderr == f"townsquare: {wanted}"


def test_another_data_set_may_be_fetched_meanwhile(fetching: Path) -> None:
    done = townsquare("data", "get", "ml-1m", "--folder", str(fetching), cwd=fetching, TOWNSQUARE_OFFLINE="1")
    assert "TOWNSQUARE_OFFLINE" in done.stderr


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    done = townsquare("data", "get", "ml-1m", "--folder", "file/data", cwd=tmp_path, TOWNSQUARE_OFFLINE="1")
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "file/data/ml-1m cannot be written" in done.stderr


def test_prices_say_that_they_have_to_be_checked(tmp_path: Path) -> None:
    own = tmp_path / "mine.toml"
    own.write_text('["openai:mine"]\nusd_in = 0\nusd_out = 7.25\ndate = 2026-11-01\nsource = "me"\n', "utf-8")
    shown = townsquare("list", "prices", cwd=tmp_path, TOWNSQUARE_PRICES=str(own)).stdout
    assert "7.25" in shown
    assert "before you rely on them" in shown


def test_topics_to_debate(tmp_path: Path) -> None:
    page = townsquare("list", "topics", cwd=tmp_path).stdout
    assert "Should the Penny Stay in Circulation?" in page
    told = json.loads(townsquare("list", "topics", "--json", cwd=tmp_path).stdout)
    assert len(told) == 30
    assert set(told[0]) == {"text", "cluster"}
