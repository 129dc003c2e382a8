"""The lines over ticks agree with what the run's own measures and the outcome say."""

from pathlib import Path

import numpy as np
import pytest

import townsquare as ts
from townsquare.comparison.moderation_report import reported

TOWN = {"members.count": 120, "members.posts": 0.4, "ticks": 6, "recommender.name": "random", "kinds.toxic": 0.2,
        "moderator.name": "lexicon", "moderator.entries": ["you", "buy"], "moderator.action": "blur"}  # fmt: skip


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> ts.Run:
    return ts.run("moderation", seed=2, set=TOWN, out=tmp_path_factory.mktemp("moderated") / "run")


def test_lines_are_those_of_the_measures(run: ts.Run) -> None:
    found = reported(run, run)
    assert found is not None
    assert found["without"] == ""
    measures = run.measures().pivot_table(index="tick", columns="measure", values="value")
    policy = run.agents()["policy"]
    none = {row["tick"]: row["value"] for row in found["groups"] if row["group"] == "none"}
    assert {row["group"] for row in found["groups"]} == set(policy[policy != ""])
    assert list(none.values()) == pytest.approx(measures["harm_shown_others"].reindex(list(none)).tolist(), abs=1e-6)
    benign = [row["value"] for row in found["posts"] if row["kind"] == "benign"]
    assert benign == pytest.approx(measures["posts_benign"].tolist(), abs=1e-6)
    means = {row["kind"]: row["posts"] for row in found["authors"]}
    for kind, mean in means.items():
        assert np.mean([row["value"] for row in found["posts"] if row["kind"] == kind]) == pytest.approx(mean)


@pytest.mark.slow
def test_the_page_has_the_section(run: ts.Run, tmp_path: Path) -> None:
    text = run.report(tmp_path / "a.html").read_text("utf-8")
    assert "What moderation came to" in text
    assert "without the moderator; per member" in text
    assert "Harm shown to each group of readers" in text
    assert text.count("<figure") >= 6


def test_other_runs_have_none(tmp_path: Path) -> None:
    town = {"users.count": 30, "creators.count": 3, "ticks": 1, "slate.length": 20}
    assert reported(ts.run("news", set=town, out=tmp_path / "news")) is None
