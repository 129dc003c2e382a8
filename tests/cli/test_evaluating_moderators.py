"""``townsquare evaluate moderators`` as people type it."""

import json
from pathlib import Path

import pytest

from tests.commands import townsquare
from tests.sim.moderators.known import known
from townsquare.cli import main
from townsquare.sim.features.duplication import Duplication
from townsquare.sim.features.lexical_bias import LexicalBias


def table(tmp_path: Path) -> Path:
    path = tmp_path / "texts.csv"
    rows = [f"free prize {n} call now,spam" for n in range(20)] + [f"see you at {n} for lunch,ham" for n in range(40)]
    path.write_text("\n".join(["text,label", *rows]), "utf-8")
    return path


def test_a_table(tmp_path: Path) -> None:
    done = townsquare("evaluate", "moderators", "--data", str(table(tmp_path)), "--seeds", "0", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "12 held-out texts" in done.stdout
    assert "letters apart" in done.stdout


def test_json(tmp_path: Path) -> None:
    done = townsquare("evaluate", "moderators", "--data", str(table(tmp_path)), "--seeds", "0", "--json", cwd=tmp_path)
    found = json.loads(done.stdout)
    assert [row["moderator"] for row in found["table"]] == ["none", "retrieval", "linear"]
    assert found["table"][0]["precision"] is None


def test_groups_pairs_and_features(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    known("feature", "duplication", Duplication)
    known("feature", "lexical-bias", LexicalBias)
    path = tmp_path / "texts.csv"
    rows = [f"free prize {n} call now,spam,{'ab'[n % 2]}" for n in range(20)]
    rows += [f"see you at {n} for lunch,ham,{'ab'[n % 2]}" for n in range(40)]
    path.write_text("\n".join(["text,label,group", *rows]), "utf-8")
    words = ["evaluate", "moderators", "--data", str(path), "--moderators", "linear", "--seeds", "0", "--pairs"]
    words += ["--features", "duplication,lexical-bias", "--set", "disguise=0"]
    assert main(words) == 0
    out = capsys.readouterr().out
    for told in ("By group", "46 pairs that share a word", "over-association", "fpr where high", "alarms on reports"):
        assert told in out
    assert main([*words, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [row["group"] for row in found["groups"]] == ["a", "b", "a", "b"]
    assert found["pairs"][1]["pairs"] == 46
    assert len(found["reliability"]) == 20
    assert {row["feature"] for row in found["features"]} == {"duplication", "lexical-bias"}


def test_a_moderator_that_is_not_there(tmp_path: Path) -> None:
    done = townsquare("evaluate", "moderators", "--data", str(table(tmp_path)), "--moderators", "linaer", cwd=tmp_path)
    assert done.returncode == 2
    assert "Did you mean 'linear'?" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
