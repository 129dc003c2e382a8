"""One run at a glance."""

import json
import shutil
from fcntl import LOCK_EX, flock
from pathlib import Path

import pytest

import townsquare as ts
from tests.view.towns import NEWS, page, panel, told
from townsquare.view import controls, queries


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("runs")
    ts.run("news", seed=3, set=NEWS, out=root / "learned")
    ts.run("news", seed=3, set={**NEWS, "recommender.name": "random"}, out=root / "control")
    ts.run("news", seed=4, set={**NEWS, "recommender.name": "random"}, out=root / "other-seed")
    panel(root / "panel")
    return root


def test_facts_figures_phases_and_a_table_below_each() -> None:
    opened = page("overview", run="learned", measure="like_gini_articles")
    assert not opened.exception
    assert {one.label: one.value for one in opened.metric}["Seed"] == "3"
    headings = [one.value for one in opened.subheader]
    for word in ("Life cycle", "Inequality", "Homogenisation", "This run and the control", "Phases"):
        assert any(heading.startswith(word) for heading in headings), word
    first = opened.dataframe[0].value
    assert first["tick"].tolist() == [0, 1, 2, 3]
    assert len(opened.get("download_button")) == len(opened.dataframe)
    assert opened.query_params["measure"] == "like_gini_articles"


def test_more_figures_when_asked_for() -> None:
    opened = page("overview", run="learned", figure="Quality")
    headings = [one.value for one in opened.subheader]
    assert any(heading.startswith("Quality of") for heading in headings)
    assert not any(heading.startswith("Life cycle") for heading in headings)


def test_the_control_is_found_and_another_run_can_stand_in_its_place(root: Path) -> None:
    assert controls.beside(root, "learned")[1] == "control"
    assert controls.beside(root, "control")[1] == ""  # it is its own
    assert controls.beside(root, "other-seed")[1] == ""
    assert "other-seed" in controls.beside(root, "learned")[0]
    opened = page("overview", run="learned", control="other-seed")
    assert opened.sidebar.selectbox[1].value == "other-seed"
    assert "This is its control" not in told(opened)
    opened.sidebar.selectbox[1].set_value("(none)").run()
    assert not any("the control" in one.value for one in opened.subheader)


def test_what_was_asked_and_what_it_cost(root: Path) -> None:
    run = ts.open_run(root / "panel")
    asked = queries.ledger(run)
    assert asked["asks"].iloc[-1] == len(run.asks()) == asked["asks"].iloc[:-1].sum()
    assert asked["tokens_in"].iloc[-1] == run.asks()["tokens_in"].sum()
    opened = page("overview", run="panel")
    assert not opened.exception
    assert opened.dataframe[-1].value["purpose"].tolist() == asked["purpose"].tolist()
    assert "Nobody was asked" in told(page("overview", run="learned"))


def test_a_run_that_goes_on_shows_what_there_is(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOWNSQUARE_VIEW_ROOT", str(tmp_path))
    shutil.copytree(root / "learned", tmp_path / "live")
    path = tmp_path / "live" / "run.json"
    info = json.loads(path.read_text())
    path.write_text(json.dumps({**info, "status": "running", "ticks_done": 0, "digest": ""}))
    opened = page("overview", run="live")
    assert "No tick is finished yet." in told(opened)
    path.write_text(json.dumps({**info, "status": "running", "ticks_done": 2}))
    opened.run()
    assert "2 of 4 ticks, killed" in told(opened)  # nobody is at work on it
    assert opened.dataframe[0].value["tick"].tolist() == [0, 1]
    with (tmp_path / "live" / "lock").open("a") as handle:
        flock(handle, LOCK_EX)
        opened.run()
        assert "2 of 4 ticks, running" in told(opened)


def test_torn_measures_are_a_sentence(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOWNSQUARE_VIEW_ROOT", str(tmp_path))
    shutil.copytree(root / "learned", tmp_path / "torn")
    (tmp_path / "torn" / "measures.parquet").write_bytes(b"PAR1 and no more")
    opened = page("overview", run="torn")
    assert not opened.exception
    assert any("is torn" in one.value for one in opened.error)
