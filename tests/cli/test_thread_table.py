"""What a run and a comparison print about harmful posts."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

import townsquare as ts
from townsquare.cli import main, thread_table

TOWN: Mapping[str, Any] = {
    "ticks": 6, "members.count": 120, "members.hostile": 0.2, "members.posts": 0.1, "persuaders.count": 0,
    "recommender.name": "random",
}  # fmt: skip


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> tuple[ts.Run, ts.Run]:
    place = tmp_path_factory.mktemp("runs")
    quiet = ts.run("campaign", set=TOWN, out=place / "quiet")
    return quiet, ts.run("campaign", set={**TOWN, "bots.count": 1}, out=place / "bot")


def test_a_run_prints_its_threads(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = [word for name, value in TOWN.items() for word in ("--set", f"{name}={value}")]
    assert main(["run", "campaign", *told, "--set", "bots.count=1", "--out", str(tmp_path / "run")]) == 0
    printed = capsys.readouterr().out
    table = printed[printed.index("Harmful posts and what was said against them") :]
    for name in ("Bystander replies", "Counterspeech among them", "Harm again", "Perceived norm", "Replies withheld"):
        assert name in table


def test_a_comparison_puts_arms_beside_each_other(
    runs: tuple[ts.Run, ts.Run], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["compare", str(runs[0].path), str(runs[1].path)]) == 0
    printed = capsys.readouterr().out
    assert "Harmful posts, arm by arm" in printed
    (line,) = [line for line in printed.splitlines() if line.startswith("Bystander replies") and "thread" in line]
    one, other = line.split("thread")[1].replace("  ", "|").strip("| ").split("|", 1)
    assert one.strip() == other.strip("| ")  # nothing has an effect by default


def test_seeds_and_other_towns_have_none(runs: tuple[ts.Run, ts.Run], tmp_path: Path) -> None:
    other = ts.run("campaign", seed=1, set=TOWN, out=tmp_path / "seed-1")
    assert thread_table.beside(ts.compare(*runs).arms)
    assert thread_table.beside(ts.compare(runs[0], other, runs[1]).arms) == {}
    news = ts.run("news", set={"ticks": 2, "users.count": 20, "creators.count": 3}, out=tmp_path / "news")
    assert thread_table.of(news) == []
