"""Towns whose minds run in other processes, on a real broker: the same digest as at home, whatever happens to it."""

import os
import re
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from tests.bus import ROOT, Bus, bus
from tests.commands import answer, small_town, townsquare
from townsquare.cli import main
from townsquare.protocols.runfolder import RunFolder
from townsquare.runs import open_run

TOWN = small_town("ticks=5", "users.count=60")
LONG = small_town("ticks=25", "users.count=60")
REMOTE = ["--set", "users.mind=remote", "--set", "creators.mind=remote"]


def local(cwd: Path, town: list[str], *more: str) -> dict[str, Any]:
    return answer(townsquare("run", "news", *town, *more, "--out", "local", "--json", cwd=cwd))


def start(there: Bus, cwd: Path, *words: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "townsquare", *words, "--json"],
        cwd=cwd,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "OPENBLAS_NUM_THREADS": "1", "TOWNSQUARE_BROKER": there.url},
    )


def wait_for(folder: Path, ticks: int, process: "subprocess.Popen[str]") -> None:
    until = time.monotonic() + 60
    while len(list(folder.glob("events/*.parquet"))) < ticks:
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < until
        time.sleep(0.01)


def skips(folder: Path) -> pd.DataFrame:
    events = open_run(folder).events()
    return events[events["kind"] == "no_answer"]


def test_the_same_digest_from_three_processes_and_replay_without_a_broker(tmp_path: Path) -> None:
    whole = local(tmp_path, TOWN)
    with bus(tmp_path, "ann", "bob", "cyd") as there:
        done = townsquare(
            "run", "news", *TOWN, *REMOTE, "--broker", there.url, "--out", "remote", "--json", cwd=tmp_path
        )
        assert answer(done)["digest"] == whole["digest"]
    asks = open_run(tmp_path / "remote").asks()
    assert set(asks["model"]) == {"remote:ann", "remote:bob", "remote:cyd"}
    assert len(asks) == 5 * 72
    assert open_run(tmp_path / "remote").replay() is None
    assert open_run(tmp_path / "remote").resume().info.status == "finished"


def test_what_is_not_there_is_said_in_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "run"
    words = ["run", "news", *TOWN, "--set", "users.mind=remote", "--set", "remote.wait=0.5", "--out", str(out)]
    for more, said in (([], "--broker mqtt://HOST:1883"), (["--broker", "mqtt://127.0.0.1:9"], "127.0.0.1")):
        assert main([*words, *more]) == 2
        sentence = capsys.readouterr().err
        assert said in sentence
        assert sentence.count("\n") == 1
    assert not out.exists()
    assert main(["check", *words[1:-2], "--broker", "mqtt://nowhere:1"]) == 0
    told = " ".join(capsys.readouterr().out.split())
    assert "users are decided for by agents elsewhere, on mqtt://nowhere:1; not tried" in told


@pytest.mark.slow
def test_agents_that_are_not_there_are_named(tmp_path: Path) -> None:
    words = ["run", "news", *TOWN, "--set", "users.mind=remote", "--set", "remote.wait=0.5", "--out", "run"]
    with bus(tmp_path) as there:
        done = townsquare(*words, "--broker", there.url, cwd=tmp_path)
        assert (done.returncode, done.stderr.count("\n")) == (2, 1), done.stderr
        assert "an agent with the capability 'decide' was waited for" in done.stderr
        named = ["--set", 'remote.agents=["zoe"]']
        assert "zoe with the capability" in townsquare(*words, *named, "--broker", there.url, cwd=tmp_path).stderr
    assert not (tmp_path / "run").exists()


@pytest.mark.slow
def test_an_agent_that_answers_nonsense_harms_nobody_else(tmp_path: Path) -> None:
    whole = local(tmp_path, TOWN, "--set", "ticks=1")
    with bus(tmp_path, "ann", "cyd") as there:
        there.start("nonsense", "bob")
        done = townsquare(
            "run", "news", *TOWN, "--set", "ticks=1", "--set", "users.mind=remote", "--broker", there.url,
            "--set", "chat.failures=1", "--set", "remote.batch=4", "--out", "remote", "--json", cwd=tmp_path,
        )  # fmt: skip
        assert answer(done)["digest"] != whole["digest"]
    silent = skips(tmp_path / "remote")
    assert set(silent["agent"]) <= set(range(20, 40))
    assert len(silent) >= 10
    assert set(silent["why"]) == {"invalid"}
    here, away = (open_run(tmp_path / name).events() for name in ("local", "remote"))
    others = [frame[~frame["agent"].isin(range(20, 40))].drop(columns="seq").astype(str) for frame in (here, away)]
    assert others[0].to_dict("list") == others[1].to_dict("list")
    assert open_run(tmp_path / "remote").replay() is None


@pytest.mark.slow
def test_the_agent_of_the_documentation_works(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "remote-towns.md").read_text("utf-8")
    code = re.findall(r"^```python\n(.*?)^```$", page, flags=re.MULTILINE | re.DOTALL)[0]
    assert len([line for line in code.splitlines() if line.strip()]) <= 24
    with bus(tmp_path) as there:
        agent = subprocess.Popen([sys.executable, "-c", code, there.url], stderr=subprocess.DEVNULL)
        try:
            done = townsquare(
                "run", "news", *TOWN, "--set", "ticks=2", "--set", "users.mind=remote", "--set",
                'remote.agents=["first-ones"]', "--broker", there.url, "--out", "run", "--json", cwd=tmp_path,
            )  # fmt: skip
            answer(done)
        finally:
            agent.kill()
            agent.wait()
    events = open_run(tmp_path / "run").events()
    assert skips(tmp_path / "run").empty
    assert set(events[events["kind"] == "click"]["rank"]) == set(range(5))


@pytest.mark.slow
def test_a_recommender_elsewhere_says_what_the_one_at_home_says(tmp_path: Path) -> None:
    whole = local(tmp_path, TOWN, "--set", "recommender.name=ease")
    with bus(tmp_path) as there:
        there.start("recommender", "clerk")
        done = townsquare(
            "run", "news", *TOWN, "--set", "recommender.name=remote", "--broker", there.url, "--out", "remote",
            "--json", cwd=tmp_path,
        )  # fmt: skip
        assert answer(done)["digest"] == whole["digest"]
    assert open_run(tmp_path / "remote").replay() is None
    asks = open_run(tmp_path / "remote").asks()
    assert set(asks["purpose"]) == {"recommend"}
    assert set(asks["model"]) == {"remote:clerk"}


@pytest.mark.slow
@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_the_same_digest_with_a_broker_restarted_twice(how: signal.Signals, tmp_path: Path) -> None:
    whole = local(tmp_path, LONG)
    with bus(tmp_path, "ann", "bob", "cyd") as there:
        run = start(there, tmp_path, "run", "news", *LONG, *REMOTE, "--out", "remote")
        for ticks in (4, 10):
            wait_for(tmp_path / "remote", ticks, run)
            there.broker.restart(how, pause=1.0)
        out, err = run.communicate(timeout=120)
        assert run.returncode == 0, err
    assert RunFolder(tmp_path / "remote").info.digest == whole["digest"], out
    assert skips(tmp_path / "remote").empty


@pytest.mark.slow
def test_an_agent_that_is_killed_leaves_visible_skips_and_nothing_else(tmp_path: Path) -> None:
    with bus(tmp_path, "ann", "bob") as there:
        victim = there.start("mind", "cyd")
        run = start(
            there, tmp_path, "run", "news", *LONG, "--set", "users.mind=remote", "--set", "remote.retries=0",
            "--set", "remote.seconds=2", "--set", "chat.failures=1", "--out", "remote",
        )  # fmt: skip
        wait_for(tmp_path / "remote", 5, run)
        victim.kill()
        _, err = run.communicate(timeout=120)
        assert run.returncode == 0, err
    silent = skips(tmp_path / "remote")
    assert set(silent["agent"]) == set(range(40, 60))
    assert set(silent["why"]) == {"failed"}
    assert silent["tick"].max() == 24
    asks = open_run(tmp_path / "remote").asks()
    assert set(asks[asks["outcome"] == "failed"]["why"]) == {"cyd is away"}
    assert asks[asks["agent"] < 40]["outcome"].eq("answered").all()
    assert open_run(tmp_path / "remote").replay() is None


@pytest.mark.slow
def test_another_agent_stands_in_for_one_that_is_killed(tmp_path: Path) -> None:
    whole = local(tmp_path, LONG)
    with bus(tmp_path, "ann", "bob") as there:
        victim = there.start("mind", "cyd")
        run = start(there, tmp_path, "run", "news", *LONG, *REMOTE, "--set", "remote.seconds=2", "--out", "remote")
        wait_for(tmp_path / "remote", 5, run)
        victim.kill()
        _, err = run.communicate(timeout=120)
        assert run.returncode == 0, err
    assert RunFolder(tmp_path / "remote").info.digest == whole["digest"]


@pytest.mark.slow
def test_a_server_that_is_killed_and_comes_back_changes_nothing(tmp_path: Path) -> None:
    """The agents are there again by themselves, and what was asked is asked again."""
    whole = local(tmp_path, LONG)
    with bus(tmp_path, "ann", "bob", "cyd") as there:
        run = start(there, tmp_path, "run", "news", *LONG, *REMOTE, "--out", "remote")
        for ticks in (4, 12):
            wait_for(tmp_path / "remote", ticks, run)
            there.server.kill()
            there.server.wait()
            there.server = there.start("serve")
        _, err = run.communicate(timeout=120)
        assert run.returncode == 0, err
    assert RunFolder(tmp_path / "remote").info.digest == whole["digest"]
    assert skips(tmp_path / "remote").empty


@pytest.mark.slow
def test_a_server_that_stays_away_is_visible_in_every_tick(tmp_path: Path) -> None:
    with bus(tmp_path, "ann") as there:
        run = start(
            there, tmp_path, "run", "news", *LONG, "--set", "users.mind=remote", "--set", "remote.seconds=1",
            "--set", "chat.failures=1", "--set", "ticks=7", "--out", "remote",
        )  # fmt: skip
        wait_for(tmp_path / "remote", 4, run)
        there.server.kill()
        _, err = run.communicate(timeout=120)
        assert run.returncode == 0, err
    silent = skips(tmp_path / "remote")
    assert set(silent["why"]) == {"failed"}
    assert silent.groupby("tick")["agent"].nunique().loc[6] == 60
    asks = open_run(tmp_path / "remote").asks()
    assert asks[asks["tick"] == 6]["why"].str.contains("ann").all()


@pytest.mark.slow
def test_too_many_skips_stop_the_run_and_it_goes_on_when_the_agents_are_back(tmp_path: Path) -> None:
    whole = local(tmp_path, TOWN)
    with bus(tmp_path) as there:
        there.start("sleeper", "ann")
        done = townsquare(
            "run", "news", *TOWN, *REMOTE, "--set", "remote.seconds=0.5", "--broker", there.url, "--out", "remote",
            cwd=tmp_path,
        )  # fmt: skip
        assert done.returncode == 1
        assert "within 0.5 s" in done.stderr
        assert "townsquare resume remote" in done.stderr
        assert RunFolder(tmp_path / "remote").info.status == "stopped: model failures"
        there.start("mind", "bob")
        resumed = townsquare(
            "resume", "remote", "--set", 'remote.agents=["bob"]', "--set", "remote.seconds=60", "--json", "--broker",
            there.url, cwd=tmp_path,
        )  # fmt: skip
        assert answer(resumed)["digest"] == whole["digest"]


@pytest.mark.slow
def test_a_town_that_is_killed_or_interrupted_goes_on(tmp_path: Path) -> None:
    whole = local(tmp_path, LONG)
    with bus(tmp_path, "ann", "bob", "cyd") as there:
        words = ["run", "news", *LONG, *REMOTE, "--out", "remote"]
        for ticks, how, code in ((5, signal.SIGKILL, -9), (12, signal.SIGINT, 130)):
            run = start(there, tmp_path, *words)
            wait_for(tmp_path / "remote", ticks, run)
            run.send_signal(how)
            run.communicate(timeout=30)
            assert run.returncode == code
            words = ["resume", "remote"]
        there.broker.restart()
        done = townsquare("resume", "remote", "--json", cwd=tmp_path, TOWNSQUARE_BROKER=there.url)
        assert answer(done)["digest"] == whole["digest"]


@pytest.mark.slow
def test_a_fork_needs_a_broker_for_its_own_ticks_only(tmp_path: Path) -> None:
    with bus(tmp_path, "ann") as there:
        answer(townsquare("run", "news", *TOWN, *REMOTE, "--broker", there.url, "--out", "a", "--json", cwd=tmp_path))
        forked = townsquare("fork", "a", "--at", "3", "--set", "slate.hot=0.2", "--out", "b", "--json", cwd=tmp_path)
        answer(forked)
    assert townsquare("replay", "b", cwd=tmp_path).stdout == "identical\n"
    local(tmp_path, TOWN)
    here = townsquare("fork", "local", "--at", "3", "--set", "slate.hot=0.2", "--out", "c", "--json", cwd=tmp_path)
    assert answer(here)["digest"] == RunFolder(tmp_path / "b").info.digest


@pytest.mark.slow
def test_a_broker_that_stays_away_is_visible_and_not_fatal(tmp_path: Path) -> None:
    with bus(tmp_path, "ann") as there:
        run = start(
            there, tmp_path, "run", "news", *LONG, "--set", "users.mind=remote", "--set", "remote.seconds=1", "--set",
            "chat.failures=1", "--set", "ticks=12", "--out", "remote",
        )  # fmt: skip
        wait_for(tmp_path / "remote", 3, run)
        threading.Thread(target=there.broker.restart, kwargs={"pause": 4.0}).start()
        _, err = run.communicate(timeout=120)
        assert run.returncode == 0, err
    silent = skips(tmp_path / "remote")
    assert not silent.empty
    assert silent["tick"].nunique() < 9
