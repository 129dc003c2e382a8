"""``townsquare evaluate moderators`` as people type it."""

import json
from pathlib import Path

from tests.commands import townsquare


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


def test_a_moderator_that_is_not_there(tmp_path: Path) -> None:
    done = townsquare("evaluate", "moderators", "--data", str(table(tmp_path)), "--moderators", "linaer", cwd=tmp_path)
    assert done.returncode == 2
    assert "Did you mean 'linear'?" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
