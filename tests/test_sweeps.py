import csv
import json
import os
import signal
import subprocess
import sys
import threading
import time
import tomllib
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from townsquare.protocols.errors import InputError
from townsquare.protocols.events import Events
from townsquare.protocols.recording import RunWriter
from townsquare.protocols.runfolder import FORMAT, RunFolder, RunInfo
from townsquare.protocols.scenario import parse_override
from townsquare.protocols.streams import Streams
from townsquare.sweeps import children, sweep
from townsquare.sweeps.plan import read
from townsquare.sweeps.sweeping import as_toml

CHILD = """
import json, os, shutil, signal, sys, time
from pathlib import Path

def stop(signum, frame):
    raise KeyboardInterrupt

signal.signal(signal.SIGTERM, stop)
control, (verb, what, *rest) = Path(sys.argv[1]), sys.argv[2:]
out = Path(what if verb == "resume" else rest[rest.index("--out") + 1])
key = f"{out.parent.name}-{out.name[5:]}"
with (control / "calls").open("a") as calls:
    calls.write(f"{verb} {key} {os.environ['OPENBLAS_NUM_THREADS']}\\n")
shutil.copytree(control.parent / "cooked" / key, out, dirs_exist_ok=True)
info = json.loads((out / "run.json").read_text())

def leave(status):
    (out / "run.json").write_text(json.dumps(info | {"status": status}))

plan = control / key
word = plan.read_text() if plan.exists() else ""
plan.unlink(missing_ok=True)
try:
    if word:
        leave("running")
    if word == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    if word == "fail":
        print("working", file=sys.stderr)
        print("townsquare: it broke.", file=sys.stderr)
        sys.exit(1)
    if word == "other":
        info["scenario"]["slate"]["hot"] = 0.3
        leave("finished")
    if word == "wait":
        (control / "waiting").touch()
        time.sleep(60)
except KeyboardInterrupt:
    leave("interrupted")
    sys.exit(130)
"""
FILE = """
scenario = "news"
seeds = "0..2"
[set]
ticks = 3
[arms.default]
[arms.hot]
slate.hot = 0.2
"""


def cook(folder, arm, seed):
    """A finished run of ``arm`` such as its process would leave."""
    scenario = arm.scenario.model_copy(update={"seed": seed})
    info = RunInfo(
        format=FORMAT,
        townsquare="0",
        name="news",
        scenario=scenario.model_dump(mode="json"),
        fingerprint=scenario.fingerprint(),
        seed=seed,
        ticks=scenario.ticks,
    )
    who = np.arange(3, dtype=np.int32)
    agents = pa.table({"agent": who, "name": list("abc"), "group": ["users"] * 3})
    numbers = {"item": "int32", "author": "int32", "born": "int32", "category": "int32", "quality": "float32"}
    items = pa.table({name: pa.array([], kind) for name, kind in numbers.items()})
    with RunWriter.create(folder, info, agents) as writer:
        for t in range(scenario.ticks):
            value = scenario.slate.hot + t + Streams(seed).uniform("x", t, who[:1], who[:1])[0]
            measures = pd.DataFrame({"tick": [t], "measure": ["heat"], "group": [""], "value": [value]})
            events = Events.of("click", who, who)
            writer.commit(t, events, items, measures, {}, snapshot=None, seconds=0.1, memory=1.0)
        writer.info.status = "finished"
        writer.save_info()


@pytest.fixture(scope="module")
def kitchen(tmp_path_factory):
    """Finished runs of the arms of ``FILE``."""
    folder = tmp_path_factory.mktemp("kitchen")
    (folder / "sweep.toml").write_text(FILE)
    for arm in read(folder / "sweep.toml").arms:
        for seed in range(3):
            cook(folder / "cooked" / f"{arm.folder}-{seed}", arm, seed)
    return folder


@pytest.fixture
def control(kitchen, tmp_path, monkeypatch):
    """A folder that tells the stand-in for ``python -m townsquare`` what to do, and hears what it was asked."""
    (tmp_path / "cooked").symlink_to(kitchen / "cooked")
    folder = tmp_path / "control"
    folder.mkdir()
    (folder / "child.py").write_text(CHILD)
    monkeypatch.setattr(children, "COMMAND", (sys.executable, "-I", "-S", str(folder / "child.py"), str(folder)))
    return folder


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "sweep.toml"
    path.write_text(FILE)
    return path


def written(tmp_path, text):
    path = tmp_path / "other.toml"
    path.write_text(text)
    return path


def calls(control):
    """What was asked of the stand-ins since the last look."""
    path = control / "calls"
    told = [" ".join(line.split()[:2]) for line in path.read_text().splitlines()] if path.exists() else []
    path.unlink(missing_ok=True)
    return sorted(told)


# ---- the file ----------------------------------------------------------------------------------------------------


def test_news_is_the_seven_strategies():
    plan = read("news")
    assert (len(plan.arms), plan.base, plan.seeds) == (7, "default", (0, 1, 2, 3, 4))
    scenario = {arm.name: arm.scenario for arm in plan.arms}
    assert scenario["random"].recommender.name == "random"
    assert [scenario[n].slate.cold_start for n in ("default", "little cold start", "half cold start")] == [
        0.2,
        0.02,
        0.5,
    ]
    assert scenario["cold start by likes"].slate.cold_start_by == "likes"
    assert (scenario["hot news"].slate.hot, scenario["promoted authors"].slate.promoted) == (0.2, 0.2)
    assert {s.users.count for s in scenario.values()} == {1000}
    assert len({arm.folder for arm in plan.arms}) == 7
    assert not any(" " in arm.folder for arm in plan.arms)


def test_demo_is_two_arms_and_one_seed():
    plan = read("demo")
    assert ([arm.name for arm in plan.arms], plan.seeds) == (["default", "random"], (0,))


def test_the_file_of_the_docs_is_one(tmp_path):
    text = (Path(__file__).parents[1] / "docs" / "compare-and-sweep.md").read_text("utf-8")
    plan = read(written(tmp_path, text.split("<<'EOF'\n")[1].split("EOF\n")[0]))
    assert [arm.name for arm in plan.arms] == [
        "default", "hot", "popular", "slate.cold_start=0.1", "slate.cold_start=0.5", "random",
    ]  # fmt: skip


def test_the_control_arm_is_added(file):
    plan = read(file)
    assert [arm.name for arm in plan.arms] == ["default", "hot", "random"]
    assert plan.arms[2].scenario.recommender.name == "random"
    assert plan.arms[2].scenario.ticks == 3


def test_the_control_arm_is_not_added_twice(tmp_path):
    path = written(tmp_path, '[arms.a]\n[arms.chance.recommender]\nname = "random"\n')
    assert [arm.name for arm in read(path).arms] == ["a", "chance"]


def test_a_grid_is_the_full_product(tmp_path):
    path = written(tmp_path, '[grid]\n"slate.cold_start" = [0.1, 0.2]\n"recommender.name" = ["random", "popular"]\n')
    plan = read(path)
    assert [arm.name for arm in plan.arms] == [
        f"slate.cold_start={c},recommender.name={r}" for c in (0.1, 0.2) for r in ("random", "popular")
    ]
    assert plan.arms[1].scenario.recommender.name == "popular"
    assert plan.base == plan.arms[0].name


def test_another_component_drops_the_settings_of_the_one_before(tmp_path):
    path = written(
        tmp_path,
        '[set]\nrecommender.epochs = 7\n[arms.a]\n[arms.b]\nrecommender.name = "bpr"\n'
        'slate.hot = 0.1\n[arms.c]\nrecommender.name = "popular"\n',
    )
    a, b, c = (arm.scenario.recommender for arm in read(path).arms[:3])
    assert (a.settings(), b.settings(), c.settings()) == ({"epochs": 7}, {"epochs": 7}, {})


def test_a_scenario_file_lies_beside_the_sweep_file(tmp_path):
    (tmp_path / "my.toml").write_text('scenario = "news"\nticks = 4\n')
    plan = read(written(tmp_path, 'scenario = "my.toml"\n'))
    assert plan.arms[0].scenario.ticks == 4
    assert Path(plan.scenario).is_absolute()


@pytest.mark.parametrize(
    ("given", "seeds"), [(None, (0, 1, 2)), ("3..5", (3, 4, 5)), ("4,7", (4, 7)), ([9], (9,)), (range(2), (0, 1))]
)
def test_seeds(file, given, seeds):
    assert read(file, seeds=given).seeds == seeds


@pytest.mark.parametrize("given", ["", "2..1", "a", [1, 1], [-1], []])
def test_seeds_that_are_none(file, given):
    with pytest.raises(InputError, match="seeds: whole numbers from 0 up, each once"):
        read(file, seeds=given)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("arm = 1", r"unknown key 'arm'. Did you mean 'arms'\?"),
        ("[arms.a]\n[arms.b]\n", "'a' and 'b' are the same scenario"),
        ('base = "deflt"\n[arms.default]\n', r"base names no arm 'deflt'. Did you mean 'default'\?"),
        ("[arms.a]\nslate.hott = 1\n", r"arm 'a': unknown key 'slate.hott'. Did you mean 'hot'\?"),
        ("[arms.a]\nslate.hot = 2\n", r"arm 'a': slate.hot: .*got 2"),
        ("[arms.a]\nrecommender.name = 'bprr'\n", "arm 'a': no recommender named 'bprr'. Did you mean 'bpr'"),
        ("[grid]\nticks = []\n", "grid.ticks lists no values"),
        ('scenario = "nws"', r"no scenario named 'nws'. Did you mean 'news'\?"),
        ("[arms", "is not valid TOML"),
    ],
)
def test_a_wrong_file_is_one_sentence(tmp_path, text, message):
    with pytest.raises(InputError, match=message):
        read(written(tmp_path, text))


def test_an_unknown_name_is_one_sentence(tmp_path):
    told = r"no sweep named 'nwes'\. Did you mean 'news'\? Built in: counterspeech, demo, news"
    with pytest.raises(InputError, match=told):
        read("nwes")
    with pytest.raises(InputError, match="there is no sweep file"):
        read(tmp_path / "x.toml")


@pytest.mark.parametrize("value", [True, 3, 0.1, "a b", 'say "ü"', [1, "x"], {"a": [{"b c": False}]}])
def test_values_travel_through_the_command_line(value):
    assert parse_override(f"x={as_toml(value)}") == ("x", value)
    assert tomllib.loads(f"x = {as_toml(value)}")["x"] == value


# ---- the runs ----------------------------------------------------------------------------------------------------


def test_every_arm_runs_with_every_seed(tmp_path, control, file):
    seen = []
    result = sweep(file, out=tmp_path / "out", jobs=3, progress=lambda done, of: seen.append((done, of)))
    assert calls(control) == [f"run {arm}-{seed}" for arm in ("default", "hot", "random") for seed in range(3)]
    assert seen == sorted(seen)
    assert seen[-1][0] == seen[-1][1] > 0
    assert len({of for _, of in seen}) == 1
    assert not result.failures
    assert {run["status"] for run in result.runs} == {"finished"}
    assert RunFolder(tmp_path / "out" / "hot" / "seed-2").info.scenario["slate"]["hot"] == 0.2


def test_the_table_holds_means_and_paired_differences(tmp_path, control, file):
    result = sweep(file, out=tmp_path / "out")
    rows = {row["arm"]: row for row in result.rows}
    ends = [RunFolder(tmp_path / "out" / "default" / f"seed-{s}").measures()["value"].iloc[-1] for s in range(3)]
    assert rows["default"]["mean"] == pytest.approx(np.mean(ends))
    assert rows["default"]["interval"][0] < np.mean(ends) < rows["default"]["interval"][1]
    assert rows["default"]["difference"] is None
    assert (rows["hot"]["n"], rows["hot"]["unit"]) == (3, "seed")
    assert rows["hot"]["difference"] == pytest.approx(0.2)
    assert rows["hot"]["difference_interval"] == pytest.approx([0.2, 0.2])
    assert rows["hot"]["variance_removed"] == pytest.approx(1)
    table = result.table()
    assert {"low", "high", "difference_low", "difference_high"} <= set(table.columns)
    written_rows = list(csv.DictReader((tmp_path / "out" / "table.csv").open()))
    assert [row["arm"] for row in written_rows] == list(table["arm"])
    saved = json.loads((tmp_path / "out" / "sweep.json").read_text())
    assert saved["rows"] == json.loads(result.to_json())["rows"] == result.rows


def test_children_use_one_blas_thread(tmp_path, control, file, monkeypatch):
    monkeypatch.delenv("OPENBLAS_NUM_THREADS", raising=False)
    sweep(file, out=tmp_path / "out", seeds=[0])
    assert {line.split()[2] for line in (control / "calls").read_text().splitlines()} == {"1"}
    assert "OPENBLAS_NUM_THREADS" not in os.environ


@pytest.mark.slow
def test_a_killed_child_is_a_row_and_is_resumed_the_next_time(tmp_path, control, file):
    (control / "hot-1").write_text("kill")
    result = sweep(file, out=tmp_path / "out")
    assert result.failures == [
        {
            "arm": "hot",
            "seed": 1,
            "status": "failed",
            "exit_code": None,
            "signal": "SIGKILL",
            "message": "ended by SIGKILL without a word",
            "log": str(tmp_path / "out" / "hot" / "seed-1.log"),
        }
    ]
    assert len(result.runs) == 8
    assert {row["n"] for row in result.rows if row["arm"] == "hot"} == {2}
    assert "arm 'hot': 2 of 3 runs count, the others failed." in result.notes
    calls(control)

    again = sweep(file, out=tmp_path / "out")
    assert calls(control) == ["resume hot-1"]
    assert not again.failures
    fresh = sweep(file, out=tmp_path / "fresh")
    assert again.rows == fresh.rows
    assert [run["digest"] for run in again.runs] == [run["digest"] for run in fresh.runs]


def test_a_failed_child_says_why(tmp_path, control, file):
    (control / "default-0").write_text("fail")
    result = sweep(file, out=tmp_path / "out")
    (failure,) = result.failures
    assert (failure["exit_code"], failure["signal"], failure["message"]) == (1, None, "townsquare: it broke.")
    assert "working\n" in Path(failure["log"]).read_text()
    json.loads(result.to_json())
    assert not sweep(file, out=tmp_path / "out").failures


def test_an_arm_that_fails_wholly_leaves_the_others(tmp_path, control, file):
    for seed in range(3):
        (control / f"default-{seed}").write_text("fail")
    result = sweep(file, out=tmp_path / "out")
    assert len(result.failures) == 3
    assert {row["arm"] for row in result.rows} == {"hot", "random"}
    assert all(row["difference"] is None for row in result.rows)
    assert any("no run of the base arm" in note for note in result.notes)


def test_a_finished_sweep_runs_nothing(tmp_path, control, file):
    first = sweep(file, out=tmp_path / "out")
    calls(control)
    assert sweep(file, out=tmp_path / "out").rows == first.rows
    assert calls(control) == []


def test_more_seeds_are_added(tmp_path, control, file):
    sweep(file, out=tmp_path / "out", seeds=[0])
    calls(control)
    assert {row["n"] for row in sweep(file, out=tmp_path / "out", seeds="0..1").rows} == {2}
    assert calls(control) == ["run default-1", "run hot-1", "run random-1"]


def test_another_sweep_in_the_folder_is_refused(tmp_path, control, file):
    sweep(file, out=tmp_path / "out", seeds=[0])
    with pytest.raises(InputError, match="holds another sweep"):
        sweep(file, out=tmp_path / "out", seeds=[0], set={"slate.cold_start": 0.3})
    (tmp_path / "foreign").mkdir()
    (tmp_path / "foreign" / "letter.txt").touch()
    with pytest.raises(InputError, match="holds no sweep"):
        sweep(file, out=tmp_path / "foreign")
    with pytest.raises(InputError, match="jobs must be 1 or more"):
        sweep(file, out=tmp_path / "new", jobs=0)
    assert not (tmp_path / "new").exists()


def test_a_folder_torn_before_its_first_line_is_put_aside(tmp_path, control, file):
    sweep(file, out=tmp_path / "out", seeds=[0])
    calls(control)
    folder = tmp_path / "out" / "hot" / "seed-0"
    (folder / "run.json").unlink()
    assert not sweep(file, out=tmp_path / "out", seeds=[0]).failures
    assert calls(control) == ["run hot-0"]
    assert folder.with_name("seed-0.torn-1").is_dir()


def test_a_torn_run_is_a_row(tmp_path, control, file):
    sweep(file, out=tmp_path / "out", seeds=[0])
    (tmp_path / "out" / "hot" / "seed-0" / "measures.parquet").write_bytes(b"no")
    (failure,) = sweep(file, out=tmp_path / "out", seeds=[0]).failures
    assert (failure["arm"], "torn" in failure["message"]) == ("hot", True)


def test_a_run_that_is_not_the_arms_is_refused(tmp_path, control, file):
    sweep(file, out=tmp_path / "out", seeds=[0])
    folder = tmp_path / "out" / "hot" / "seed-0"
    folder.rename(folder.with_name("elsewhere"))
    (tmp_path / "out" / "default" / "seed-0").rename(folder)
    with pytest.raises(InputError, match="holds another run than arm 'hot' with seed 0"):
        sweep(file, out=tmp_path / "out", seeds=[0])


def test_a_child_that_ran_something_else_is_a_row(tmp_path, control, file):
    """As when the package is changed while a sweep is under way."""
    (control / "hot-0").write_text("other")
    result = sweep(file, out=tmp_path / "out", seeds=[0])
    assert [(row["arm"], "holds another run" in row["message"]) for row in result.failures] == [("hot", True)]
    assert {run["arm"] for run in result.runs} == {"default", "random"}


def test_an_interruption_stops_the_children_and_loses_nothing(tmp_path, control, file):
    (control / "hot-0").write_text("wait")

    def interrupt():
        while not (control / "waiting").exists():
            time.sleep(0.01)
        os.kill(os.getpid(), signal.SIGINT)

    thread = threading.Thread(target=interrupt)
    thread.start()
    with pytest.raises(KeyboardInterrupt):
        sweep(file, out=tmp_path / "out", seeds=[0], jobs=1)
    thread.join()
    assert RunFolder(tmp_path / "out" / "hot" / "seed-0").info.status == "interrupted"
    assert "identity" in json.loads((tmp_path / "out" / "sweep.json").read_text())
    result = sweep(file, out=tmp_path / "out", seeds=[0])
    assert not result.failures
    assert "resume hot-0" in calls(control)


def test_one_seed_is_compared_by_reader(tmp_path, control, file):
    result = sweep(file, out=tmp_path / "out", seeds=[2])
    by_reader = [row for row in result.rows if row["unit"] == "agent"]
    assert {row["arm"] for row in by_reader} == {"hot", "random"}
    assert {row["n"] for row in by_reader} == {3}
    assert all(row["interval"] is None for row in result.rows)
    assert any("one seed" in note for note in result.notes)


@pytest.mark.slow
def test_a_real_sweep_is_killed_and_goes_on(tmp_path):
    path = written(tmp_path, "[set]\nticks = 30\nusers.count = 100\ncreators.count = 10\nslate.length = 20\n[arms.a]\n")
    command = [sys.executable, "-c", f"from townsquare.sweeps import sweep; sweep({str(path)!r}, out='out', jobs=2)"]
    process = subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.DEVNULL)
    while not list(tmp_path.glob("out/*/seed-0/events/000002.parquet")):
        assert process.poll() is None
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    assert process.wait(60) != 0
    result = sweep(path, out=tmp_path / "out", jobs=2)
    assert not result.failures
    fresh = sweep(path, out=tmp_path / "fresh", jobs=1)
    assert [run["digest"] for run in result.runs] == [run["digest"] for run in fresh.runs]
    assert result.rows == fresh.rows
