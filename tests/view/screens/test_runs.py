"""The page of all runs: the table, the form, and what it starts."""

import time
from pathlib import Path

import pytest

from tests.view.towns import page, runs, told
from townsquare.runs import open_run, resolve
from townsquare.view import starting
from townsquare.view.place import Root


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return runs(tmp_path_factory.mktemp("runs"))


def test_every_run_with_status_and_cost_and_a_sentence_for_what_is_broken() -> None:
    opened = page("runs")
    assert not opened.exception
    table = opened.dataframe[0].value.set_index("run")
    assert table.loc["first", "status"] == "finished"
    assert table.loc["first", ["scenario", "seed", "ticks", "of", "done"]].tolist() == ["news", 3, 4, 4, 1.0]
    assert table.loc["deep/fork", "forked from"].endswith("at 2")
    warnings = " ".join(str(one.value) for one in opened.warning)
    assert "torn" in warnings
    assert "format 99" in warnings
    assert "foreign" not in warnings  # a folder without run.json is no run, broken or not


def test_the_filter_wants_every_word_and_stays_in_the_address() -> None:
    opened = page("runs", filter="fork news")
    assert opened.dataframe[0].value["run"].tolist() == ["deep/fork"]
    opened.text_input[0].set_value("nothing like it").run()
    assert opened.query_params["filter"] == "nothing like it"
    assert "No run has all of these words." in told(opened)


def test_nothing_there_yet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOWNSQUARE_VIEW_ROOT", str(tmp_path / "empty"))
    opened = page("runs")
    assert not opened.exception
    assert "There is no run here yet" in told(opened)


def test_a_run_whose_process_is_gone_was_killed(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "left").mkdir()
    text = (root / "first" / "run.json").read_text().replace('"finished"', '"running"')
    (tmp_path / "left" / "run.json").write_text(text)
    monkeypatch.setenv("TOWNSQUARE_VIEW_ROOT", str(tmp_path))
    assert page("runs").dataframe[0].value["status"].tolist() == ["killed"]


def test_the_estimate_and_the_command_follow_the_form() -> None:
    opened = page("runs", scenario="news")
    before = next(one.value for one in opened.metric if one.label == "Events")
    opened.number_input(key="set:news:users.count").set_value(5).run()
    after = next(one.value for one in opened.metric if one.label == "Events")
    assert int(after.replace(",", "")) < int(before.replace(",", "")) / 50
    command = next(one.value for one in opened.code if one.value.startswith("townsquare run"))
    assert command == "townsquare run news --seed 0 --set users.count=5"  # only what was changed


def test_another_component_brings_its_own_settings() -> None:
    opened = page("runs", scenario="news")
    opened.selectbox(key="set:news:recommender.name").set_value("ease").run()
    opened.number_input(key="set:news:ease:recommender.regularisation").set_value(9.0).run()
    command = next(one.value for one in opened.code if one.value.startswith("townsquare run"))
    assert command.endswith("""--set 'recommender.name="ease"' --set recommender.regularisation=9.0""")


def test_a_component_inside_another_is_in_the_form_too() -> None:
    opened = page("runs", scenario="news")
    opened.selectbox(key="set:news:defence.name").set_value("filter").run()
    assert "degree-sad" in opened.selectbox(key="set:news:filter:defence.detector.name").options
    opened.number_input(key="set:news:filter:pca:defence.detector.components").set_value(4).run()
    command = next(one.value for one in opened.code if one.value.startswith("townsquare run"))
    assert command.endswith("""--set 'defence.detector.name="pca"' --set defence.detector.components=4""")
    told = {"defence.name": "filter", "defence.detector.name": "pca", "defence.detector.components": 4}
    assert resolve("news", 0, told).defence.settings()["detector"] == {"name": "pca", "components": 4}  # type: ignore[attr-defined]


def test_what_does_not_fit_is_a_sentence_and_cannot_be_started() -> None:
    opened = page("runs", scenario="news")
    opened.number_input(key="set:news:clicks").set_value(80).run()
    assert "may not be more than the places of the list" in told(opened)
    assert "Start" not in [one.label for one in opened.button]
    opened = page("runs", scenario="news")
    opened.text_area(key="set:news:lines").set_value("no sense").run()
    assert "is no setting" in told(opened)


def test_read_only_disables_everything_and_says_so(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOWNSQUARE_VIEW_READ_ONLY", "1")
    opened = page("runs", scenario="news", fork="first", tick=2)
    assert "--read-only" in " ".join(str(one.value) for one in opened.info)
    assert {one.label: one.disabled for one in opened.button} == {"Start": True, "Resume": True, "Fork": True}


@pytest.mark.slow
def test_start_stop_resume_and_fork_from_the_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOWNSQUARE_VIEW_ROOT", str(tmp_path))
    opened = page("runs", scenario="news")
    for key, value in (("users.count", 200), ("ticks", 400), ("creators.count", 10)):
        opened.number_input(key=f"set:news:{key}").set_value(value)
    opened.run()
    name = next(one.placeholder for one in opened.text_input if one.label.startswith("Name of the run"))
    next(one for one in opened.button if one.label == "Start").click().run()
    assert not opened.exception
    job = starting.jobs(Root(tmp_path, read_only=False))[0]
    _until(lambda: (tmp_path / name / "checkpoints" / "000002.npz").exists() or not job.going)
    opened.run()
    assert any("running" in one.value for one in opened.text), told(opened)
    next(one for one in opened.button if one.label == "Stop").click().run()
    job.process.wait(60)
    run = open_run(tmp_path / name)
    assert (job.status, run.info.status) == ("stopped; it can be resumed", "interrupted")
    assert 0 < run.info.ticks_done < 400
    opened = page("runs", fork=name, tick=2)
    next(one for one in opened.text_area if one.label.startswith("What changes")).set_value(
        "recommender.name=random\nticks=4"
    ).run()
    next(one for one in opened.button if one.label == "Fork").click().run()
    assert not opened.exception, told(opened)
    fork = starting.jobs(Root(tmp_path, read_only=False))[0]
    assert fork.process.wait(60) == 0, fork.tail()
    assert open_run(tmp_path / fork.run).info.parent is not None
    next(one for one in page("runs", fork=name).button if one.label == "Resume").click().run()
    again = starting.jobs(Root(tmp_path, read_only=False))[0]
    assert again.title == f"resuming {name}"
    _until(lambda: open_run(tmp_path / name).info.ticks_done > run.info.ticks_done)
    again.stop()
    assert again.process.wait(60) == 130


def _until(there: object) -> None:
    end = time.monotonic() + 60
    while not there():  # type: ignore[operator]
        assert time.monotonic() < end
        time.sleep(0.05)
