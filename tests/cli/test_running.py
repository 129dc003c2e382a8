"""Verbs about one run, as a user meets them."""

import json
from pathlib import Path

import pytest

from tests.commands import answer, small_town, townsquare


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("runs")
    answer(townsquare("run", "news", *small_town("ticks=3"), "--out", "run", "--json", cwd=folder))
    return folder


def test_resume_of_a_finished_run_has_nothing_to_do(finished: Path) -> None:
    done = townsquare("resume", "run", "--json", cwd=finished)
    assert done.returncode == 0
    assert done.stderr == "townsquare: run is finished; there was nothing left to do.\n"
    assert json.loads(done.stdout)["status"] == "finished"


def test_plain_text_and_arrays_are_values(tmp_path: Path) -> None:
    words = ["--set", "recommender.name=popular", "--set", "interruptions=[{tick=1, topic=2, quality=3}]"]
    told = answer(townsquare("check", "news", *words, "--json", cwd=tmp_path))
    assert told["scenario"]["recommender"]["name"] == "popular"
    assert told["scenario"]["interruptions"][0]["topic"] == 2
    assert told["estimate"]["events"] > 0
    words = ["--set", 'interruptions=[{"tick": 1, "topic": 2, "quality": 3}]']  # JSON, as documentation prints defaults
    assert (
        answer(townsquare("check", "news", *words, "--json", cwd=tmp_path))["scenario"]["interruptions"][0]["topic"]
        == 2
    )


@pytest.mark.parametrize(
    ("count", "told"), [(8, "8 known from the data, 0 made-up"), (120, "12 known from the data, 108")]
)
def test_readers_known_from_the_data_are_told(count: int, told: str, tmp_path: Path) -> None:
    rows = [f"u{user},i{item}" for user in range(12) for item in range(9) if (user + item) % 3]
    (tmp_path / "clicks.csv").write_text("user_id,item_id\n" + "\n".join(rows), "utf-8")
    town = small_town("ticks=1", f"users.count={count}", "data.interactions=clicks.csv")
    assert told in townsquare("check", "news", *town, cwd=tmp_path).stdout
    assert told in townsquare("run", "news", *town, "--out", "run", cwd=tmp_path).stdout
    assert "known from the data" not in townsquare("check", "news", cwd=tmp_path).stdout
