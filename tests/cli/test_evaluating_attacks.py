"""``townsquare evaluate attacks`` as a user meets it."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.commands import answer, townsquare
from tests.evaluate.ratings_of import write_ratings

SMALL = ("--size", "8", "--fillers", "10", "--seeds", "0", "--workers", "1", "--set", "n_targets=2")


@pytest.fixture(scope="module")
def films(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_ratings(tmp_path_factory.mktemp("films"))


def test_one_table_and_what_a_reader_should_know(films: Path, tmp_path: Path) -> None:
    words = ["evaluate", "attacks", "--data", str(films), "--attacks", "average", "--victims", "ease", *SMALL]
    done = townsquare(*words, "--defences", "filter:fap", "--out", "out", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "95 % intervals over targets" in done.stdout
    assert "filter:fap" in done.stdout
    assert "* Targets, to be raised" in done.stdout
    assert {path.name for path in (tmp_path / "out").iterdir()} >= {"table.csv", "campaigns.parquet", "trials.jsonl"}
    found = answer(townsquare(*words, "--defences", "filter:fap", "--out", "out", "--json", cwd=tmp_path))
    assert [row["attack"] for row in found["table"]] == ["none", "none", "average", "average"]
    assert found["visible"][0]["ratings"] == 8 * 11
    assert len(found["targets"]) == 2
    json.dumps(found, allow_nan=False)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--data", "nowhere"], "nowhere"),
        (["--defences", "filter:fab"], "Did you mean 'fap'"),
        (["--size", "many"], "--size takes a whole number, as 50, or a share, as 0.05 (got 'many')"),
        (["--size", "500"], "500"),
        (["--fillers", "500"], "500"),
        (["--targets", "i1,nothing"], "'nothing' is no item"),
        (["--set", "high=4"], "rating must be from 1 to 4 (got 5"),
        (["--set", "heldout=0.2"], "Did you mean 'held_out'"),
    ],
)
def test_bad_input_is_one_sentence(films: Path, tmp_path: Path, words: list[str], said: str) -> None:
    given = ["--data", str(films), "--attacks", "average", "--victims", "ease", "--defences", "none", *SMALL, *words]
    done = townsquare("evaluate", "attacks", *given, cwd=tmp_path)
    assert done.returncode == 2
    assert said in done.stderr
    assert done.stderr.count("\n") == 1
    assert done.stdout == ""


@pytest.mark.slow
def test_ctrl_c_leaves_finished_logs_and_no_process_behind(films: Path, tmp_path: Path) -> None:
    words = ["--data", str(films), "--attacks", "average,random", "--victims", "ease,mf", "--defences", "filter:pca"]
    given = ["evaluate", "attacks", *words, "--seeds", "0..40", "--workers", "2", "--size", "8", "--out", "out"]
    process = subprocess.Popen(
        [sys.executable, "-m", "townsquare", *given],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    finished = tmp_path / "out" / "trials.jsonl"
    deadline = time.monotonic() + 120
    while not (finished.is_file() and finished.read_bytes().count(b"\n") > 2):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does it: everybody hears it
    _, said = process.communicate(timeout=60)  # which returns when nobody holds the pipes any more, workers included
    assert process.returncode == 130
    assert "Finished logs are kept: the same command goes on." in said
    assert "Traceback" not in said


def test_the_new_kinds_are_listed(tmp_path: Path) -> None:
    for kind, name in (("attack", "average"), ("detector", "fap"), ("defence", "filter")):
        done = townsquare("list", kind, cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        assert name in done.stdout
