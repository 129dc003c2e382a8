"""Runs against each other."""

import shutil
from pathlib import Path

import pytest

import townsquare as ts
from tests.view.towns import NEWS, page, told
from townsquare.view import arms

SWEEP = """
scenario = "news"
seeds = [0, 1]
base = "learned"
[set]
{settings}
[arms.learned]
[arms.chance]
"recommender.name" = "random"
"""


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("runs")
    ts.run("news", seed=3, set=NEWS, out=root / "learned")
    ts.run("news", seed=3, set={**NEWS, "recommender.name": "random"}, out=root / "chance")
    return root


def test_two_runs_by_reader_and_by_tick(root: Path) -> None:
    opened = page("compare", run=["learned", "chance"])
    assert not opened.exception
    expected = ts.compare(root / "learned", root / "chance").table()
    expected = expected[expected["unit"] == "agent"].set_index("measure")
    table = opened.dataframe[-1].value.set_index("measure")
    assert table.index.tolist() == expected.index.tolist()
    for shown, meant in (("difference", "difference"), ("low", "low"), ("base", "mean_a"), ("arm", "mean_b")):
        assert table[shown].astype(float).tolist() == pytest.approx(expected[meant].tolist(), nan_ok=True)
    assert "chance (recommender.name=random) minus learned (news)" in told(opened)
    opened.radio[0].set_value("tick").run()
    assert opened.query_params["unit"] == "tick"
    assert opened.query_params["run"] == ["learned", "chance"]


def test_a_fork_is_called_by_its_name_and_its_shared_ticks_can_be_left_out(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(root / "learned", tmp_path / "learned")
    ts.open_run(tmp_path / "learned").fork(2, {"withheld": [{"item": 1, "agent": 0}]}, out=tmp_path / "fork")
    monkeypatch.setenv("TOWNSQUARE_VIEW_ROOT", str(tmp_path))
    words = told(page("compare", run=["learned", "fork"]))
    assert "fork minus learned (news)" in words
    assert "fork shares the ticks before 2" in words
    assert "leaving out the first 2 ticks compares only what came after" in words
    assert "shares the ticks" not in told(page("compare", run=["learned", "fork"], burn=2))


@pytest.mark.slow
def test_a_sweep_is_compared_by_seed_with_its_base_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "sweep.toml"
    file.write_text(SWEEP.format(settings="\n".join(f'"{key}" = {value}' for key, value in NEWS.items())))
    ts.sweep(file, out=tmp_path / "grid", jobs=1)
    monkeypatch.setenv("TOWNSQUARE_VIEW_ROOT", str(tmp_path))
    found = arms.sweeps_below(tmp_path)
    assert list(found) == ["grid"]
    assert [name.split("/")[1] for name in found["grid"]] == ["learned", "learned", "chance", "chance"]
    opened = page("compare", run="grid")
    assert not opened.exception
    assert "Paired by seed" in told(opened)
    assert set(opened.dataframe[-1].value["n"]) == {2}


def test_too_few_or_unlike_runs_are_sentences(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "Choose two runs" in told(page("compare", run="learned"))
    assert "one less than the ticks compared" in told(page("compare", run=["learned", "chance"], burn=99))
    monkeypatch.setenv("TOWNSQUARE_VIEW_ROOT", str(tmp_path))
    assert "there are not two here" in told(page("compare"))


def test_a_sweep_file_that_is_torn_only_loses_the_order(root: Path, tmp_path: Path) -> None:
    for arm, run in (("a", "chance"), ("b", "learned")):
        (tmp_path / "grid" / arm).mkdir(parents=True)
        (tmp_path / "grid" / arm / "seed-3").symlink_to(root / run)
    sweep = tmp_path / "grid" / "sweep.json"
    sweep.write_text('{"base": "learned", "arms": {"learned": {"folder": "b"}}}')
    assert arms.sweeps_below(tmp_path) == {"grid": ["grid/b/seed-3", "grid/a/seed-3"]}
    sweep.write_text('{"arms": 3')
    assert arms.sweeps_below(tmp_path) == {"grid": ["grid/a/seed-3", "grid/b/seed-3"]}
