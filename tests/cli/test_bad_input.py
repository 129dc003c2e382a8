"""Whatever is wrong with what a user gives: exit code 2, one sentence, nothing written."""

import json
import shutil
from pathlib import Path

import pytest

from tests.commands import answer, small_town, townsquare

WRONG = {
    "unknown scenario": (["run", "newz"], "Did you mean 'news'?"),
    "misspelt key": (["run", "news", "--set", "slate.cold_strat=0.2"], "Did you mean 'cold_start'?"),
    "misspelt table": (["run", "news", "--set", "slat.cold_start=0.2"], "Did you mean 'slate'?"),
    "wrong type": (["run", "news", "--set", "ticks=soon"], "ticks"),
    "true is no number": (["run", "news", "--set", "ticks=true"], "must be a number"),
    "a value for a table": (["run", "news", "--set", "slate=3"], "slate"),
    "shares above one": (["run", "news", "--set", "slate.hot=0.9"], "sum to 1 at most"),
    "clicks above places": (["run", "news", "--set", "clicks=51"], "slate.length (50)"),
    "unknown recommender": (["run", "news", "--set", "recommender.name=esae"], "Did you mean 'ease'?"),
    "unknown recommender key": (["run", "news", "--set", "recommender.epoch=3"], "Did you mean 'epochs'?"),
    "recommender value": (["run", "news", "--set", "recommender.epochs=-1"], "epochs"),
    "unknown mind": (["run", "news", "--set", "users.mind=behavioral-reader"], "Did you mean 'behavioural-reader'?"),
    "unknown topic": (["run", "news", "--set", "interruptions=[{tick=1, topic=99, quality=3}]"], "0 to 22"),
    "late interruption": (["run", "news", "--set", "interruptions=[{tick=99, topic=1, quality=3}]"], "last tick"),
    "change of what is fixed": (["run", "news", "--set", 'changes=[{tick=2, set={"users.count"=3}}]'], "cannot change"),
    "change to nonsense": (["run", "news", "--set", 'changes=[{tick=2, set={"slate.hat"=3}}]'], "slate.hat"),
    "negative seed": (["run", "news", "--seed", "-1"], "seed"),
    "no value": (["run", "news", "--set", "ticks"], "path=value"),
    "half an array": (
        ["run", "news", "--set", "interruptions=[{tick=1}"],
        "begins like a TOML array but is not valid: ",
    ),
    "half a table": (["check", "news", "--set", "slate={hot=0.1"], "begins like a TOML table but is not valid: "),
    "no such file": (["run", "town.toml"], "town.toml"),
    "no workers": (["run", "news", "--workers", "0"], "--workers"),
    "unknown verb": (["rum", "news"], "rum"),
    "no run folder": (["resume", "nowhere"], "nowhere"),
    "no sweep": (["sweep", "strategies"], "strategies"),
    "one run to compare": (["compare", "nowhere"], "nowhere"),
    "unknown data set": (["data", "get", "ml-100"], "Did you mean 'ml-100k'?"),
    "no such articles": (["run", "news", "--set", "data.articles=none.csv"], "none.csv"),
}


@pytest.mark.parametrize("case", WRONG)
def test_one_sentence_and_nothing_written(case: str, tmp_path: Path) -> None:
    words, said = WRONG[case]
    done = townsquare(*words, cwd=tmp_path)
    assert done.returncode == 2, done.stderr
    assert said in done.stderr
    assert done.stderr.startswith("townsquare: ")
    assert done.stderr.count("\n") == 1
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
    assert list(tmp_path.iterdir()) == []


TABLES = {
    "missing column": ("user_id,itm_id\nu1,i1\n", "item_id"),
    "NaN": ("user_id,item_id,rating\nu1,i1,4\nu2,i2,nan\n", "line 3"),
    "empty id": ("user_id,item_id\nu1,i1\n,i2\n", "line 3"),
    "duplicate rows": ("user_id,item_id,timestamp\nu1,i1,1\nu2,i2,5\nu1,i1,1\n", "line"),
    "no rows": ("user_id,item_id\n", "no rows"),
    "empty file": ("", "empty"),
    "garbage": ("\x00\x01\x02\x03", "table.csv"),
}


@pytest.mark.parametrize("case", TABLES)
def test_a_wrong_table(case: str, tmp_path: Path) -> None:
    text, said = TABLES[case]
    (tmp_path / "table.csv").write_text(text, "utf-8")
    done = townsquare("run", "news", "--set", "data.interactions=table.csv", cwd=tmp_path)
    assert done.returncode == 2, done.stderr
    assert "table.csv" in done.stderr
    assert said in done.stderr
    assert done.stderr.count("\n") == 1
    assert [path.name for path in tmp_path.iterdir()] == ["table.csv"]


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("runs")
    answer(townsquare("run", "news", *small_town("ticks=6"), "--out", "run", "--json", cwd=folder))
    return folder / "run"


def test_an_output_folder_that_exists(finished: Path) -> None:
    done = townsquare("run", "news", "--out", str(finished), cwd=finished.parent)
    assert done.returncode == 2
    assert "exists already" in done.stderr


@pytest.mark.parametrize("verb", ["resume", "replay", "digest", "report", "export", "fork"])
@pytest.mark.parametrize("trouble", ["foreign", "newer", "torn json", "torn segment"])
def test_a_run_folder_that_cannot_be_read(finished: Path, tmp_path: Path, verb: str, trouble: str) -> None:
    run = tmp_path / "run"
    shutil.copytree(finished, run)
    info = run / "run.json"
    if trouble == "foreign":
        info.write_text('{"hello": 1}', "utf-8")
    elif trouble == "newer":
        info.write_text(json.dumps(json.loads(info.read_text("utf-8")) | {"format": 99}), "utf-8")
    elif trouble == "torn json":
        info.write_bytes(info.read_bytes()[:100])
    else:
        segment = run / "events" / "000002.parquet"
        segment.write_bytes(segment.read_bytes()[:50])
    before = sorted(path.name for path in tmp_path.rglob("*"))
    if trouble == "torn segment" and verb in {"resume", "report"}:
        pytest.skip("neither reads the events of a finished run")
    done = townsquare(verb, "run", *(["--at", "4"] if verb == "fork" else []), cwd=tmp_path)
    assert done.returncode == 2, done.stderr
    assert done.stderr.count("\n") == 1
    assert str(Path("run")) in done.stderr
    if trouble == "newer":
        assert "format 99" in done.stderr
    if verb != "export":
        assert sorted(path.name for path in tmp_path.rglob("*")) == before
