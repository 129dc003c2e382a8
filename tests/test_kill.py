"""A run that is killed at any instant goes on and ends with the digest of the run that never was."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.commands import answer, small_town, townsquare
from townsquare.protocols.runfolder import RunFolder

TICKS = 150


def start(folder: Path, words: list[str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "townsquare", *words],
        cwd=folder.parent,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
    )


def kill_at_work(process: subprocess.Popen[bytes], folder: Path, chance: random.Random, in_writing: bool) -> str:
    """Wait until the run ticks, then a little longer; kill -9. Says whether a file was being written."""
    before = len(list(folder.glob("events/*.parquet")))
    while process.poll() is None and len(list(folder.glob("events/*.parquet"))) <= before:
        time.sleep(0.001)
    time.sleep(chance.uniform(0.0, 0.15))
    while in_writing and process.poll() is None and not list(folder.glob("*/*.tmp")):
        pass
    process.send_signal(signal.SIGKILL)
    process.wait()
    return "writing" if list(folder.glob("**/*.tmp")) else "between"


def killed_often(tmp_path: Path, kills: int) -> None:
    town = small_town(f"ticks={TICKS}")
    whole = answer(townsquare("run", "news", *town, "--out", "whole", "--json", cwd=tmp_path))
    folder = tmp_path / "killed"
    chance = random.Random(7)
    found = []
    words = ["run", "news", *town, "--out", "killed"]
    while len(found) < kills:
        process = start(folder, words)
        found.append(kill_at_work(process, folder, chance, in_writing=len(found) % 2 == 1))
        assert process.returncode == -signal.SIGKILL, "the run ended before it could be killed: use more ticks"
        kept = RunFolder(folder)
        assert kept.info.status == "running"
        assert list(kept.digests())[-1:] == [] or list(kept.digests())[-1][1] == kept.info.digest
        words = ["resume", "killed"]
    assert "writing" in found, "not one kill fell into the writing of a file"
    assert answer(townsquare("resume", "killed", "--json", cwd=tmp_path))["digest"] == whole["digest"]
    a, b = RunFolder(tmp_path / "whole"), RunFolder(folder)
    assert b.digest() == whole["digest"]
    assert not list(folder.glob("**/*.tmp"))
    assert a.measures().equals(b.measures())
    assert sorted(p.name for p in folder.glob("*/*")) == sorted(p.name for p in (tmp_path / "whole").glob("*/*"))


@pytest.mark.slow
def test_killed_four_times(tmp_path: Path) -> None:
    killed_often(tmp_path, 4)


@pytest.mark.slow
def test_killed_twenty_times(tmp_path: Path) -> None:
    killed_often(tmp_path, 20)


def test_interrupted_politely(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    process = start(folder, ["run", "news", *small_town(f"ticks={TICKS}"), "--out", "run"])
    while len(list(folder.glob("events/*.parquet"))) < 3:
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    assert process.wait() == 130
    assert RunFolder(folder).info.status == "interrupted"
    assert answer(townsquare("resume", "run", "--json", cwd=tmp_path))["status"] == "finished"
