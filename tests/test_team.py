"""The scenario with rumours and a team: what it does to a town, what is recorded, and that it comes out again."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

import townsquare as ts
from tests.bus import bus
from tests.commands import answer, townsquare
from townsquare.estimate import estimate
from townsquare.protocols.errors import RunStopped
from townsquare.runs import open_run, resolve

TOWN = {"users.count": 80, "creators.count": 8, "slate.length": 12, "ticks": 6}
KINDS = ["opened", "say", "task", "result", "say", "task", "say", "task", "say", "result", "result", "say", "task",
         "result", "say", "say", "ended"]  # fmt: skip


@pytest.fixture(scope="module")
def checked(tmp_path_factory: pytest.TempPathFactory) -> ts.Run:
    return ts.run("team", set=TOWN, out=tmp_path_factory.mktemp("team") / "run")


def test_what_is_removed_is_false_and_less_is_shown_of_it(checked: ts.Run, tmp_path: Path) -> None:
    alone = ts.run("team", set=TOWN | {"team.posts": 0}, out=tmp_path / "alone")
    measures, before = checked.measures(), alone.measures()

    def shown(of: Any) -> float:
        return float(of[(of["measure"] == "false_shown") & (of["tick"] > 1)]["value"].mean())

    last = measures[measures["tick"] == 5].set_index("measure")["value"]
    assert last["removed_articles"] >= 5
    assert last["removal_precision"] >= 0.9
    assert shown(measures) < shown(before) - 0.02
    assert len(alone.conversations()) == 0
    assert alone.events(kinds=["verdict"]).empty


def test_every_group_is_on_record_from_its_opening_to_its_end(checked: ts.Run) -> None:
    rows, verdicts = checked.conversations(), checked.events(kinds=["verdict"])
    groups = list(rows.groupby(["tick", "group"]))
    assert len(groups) == len(verdicts) > 5
    for (tick, _), steps in groups:
        assert steps["kind"].tolist() == KINDS
        assert steps["step"].tolist() == list(range(len(KINDS)))
        assert set(steps["state"]) == {"discussion", "sync", "async", "paused", "conclusion"}
        assert set(steps["sender"]) == {"desk", "retriever", "reader-1", "reader-2", "judge", "server"}
        assert (steps[steps["kind"] == "result"]["status"] == "completed").all()
        assert steps.iloc[-1]["status"] == "concluded"
        said = json.loads(steps[steps["kind"] == "result"].iloc[-1]["text"])["verdict"]
        assert steps.iloc[-1]["text"].startswith(said)
        item = int(re.findall(r"\d+", steps.iloc[0]["text"])[0])
        (why,) = verdicts[(verdicts["tick"] == tick) & (verdicts["item"] == item)]["why"]
        assert why == {"false": "remove", "true": "show", "undecided": "abstain"}[said]


def test_it_comes_out_again(checked: ts.Run) -> None:
    assert checked.replay() is None


def test_a_fork_without_a_change_is_the_same_run(checked: ts.Run, tmp_path: Path) -> None:
    fork = checked.fork(at=3, out=tmp_path / "fork")
    assert fork.digest() == checked.digest()
    assert fork.conversations().equals(checked.conversations())


def test_the_report_draws_the_conversations(checked: ts.Run, tmp_path: Path) -> None:
    pytest.importorskip("altair")
    page = checked.report(tmp_path / "report.html").read_text("utf-8")
    assert "<h2>Conversations</h2>" in page
    assert page.count("<svg") >= 3
    assert "Rumours: false articles shown, clicked and removed" in page


@pytest.mark.slow
def test_a_killed_run_goes_on_to_the_same_digest(checked: ts.Run, tmp_path: Path) -> None:
    words = [word for key, value in TOWN.items() for word in ("--set", f"{key}={value}")]
    folder = tmp_path / "killed"
    command = [sys.executable, "-m", "townsquare", "run", "team", *words, "--out", str(folder)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as run:
        while not (folder / "conversations" / "000002.parquet").exists():
            assert run.poll() is None
            time.sleep(0.005)
        os.kill(run.pid, signal.SIGKILL)
    assert townsquare("resume", str(folder), cwd=tmp_path).returncode == 0
    assert open_run(folder).digest() == checked.digest()
    assert open_run(folder).conversations().equals(checked.conversations())


@pytest.mark.slow
def test_a_team_on_a_real_broker_comes_to_the_same_verdicts(checked: ts.Run, tmp_path: Path) -> None:
    town = {**TOWN, "team.agents": "remote"}
    with bus(tmp_path) as there:
        there.start("checkers", "team")
        run = ts.run("team", set={**town, "remote.broker": there.url}, out=tmp_path / "remote")
    assert run.digest() == checked.digest()
    assert run.conversations().equals(checked.conversations())
    assert run.replay() is None  # and the broker is gone


@pytest.mark.slow
def test_where_nobody_can_judge_the_run_stops_with_a_sentence(tmp_path: Path) -> None:
    with bus(tmp_path) as there, pytest.raises(RunStopped, match="nobody who is here can find articles"):
        ts.run("team", set={**TOWN, "team.agents": "remote", "remote.broker": there.url}, out=tmp_path / "remote")
    assert open_run(tmp_path / "remote").info.status == "stopped: no team"


def scripted(body: dict[str, Any]) -> str:
    """Reads and judges by rule, from the prompt; no language model."""
    prompt = body["messages"][1]["content"]
    if "readings" in prompt:
        lines = re.findall(r'^\[\d+, "([\d,]+) (people came [^|"]*?) \|', prompt, re.MULTILINE)
        return json.dumps({"readings": [{"figure": int(n.replace(",", "")), "about": about} for n, about in lines]})
    (own,) = re.findall(r'^"([\d,]+) (people came .*)"$', prompt, re.MULTILINE)
    others = re.findall(r'^\[\d+, "(\d+): (.*)"\]$', prompt, re.MULTILINE)
    about = [int(n) for n, what in others if what == own[1]]
    most = max(sorted(set(about)), key=about.count, default=0)
    verdict = "undecided" if about.count(most) < 2 else "true" if int(own[0].replace(",", "")) == most else "false"
    return json.dumps({"verdict": verdict, "against": 0.5, "why": "by rule"})


def test_model_driven_readers_and_judge_over_http(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    pytest.importorskip("openai")
    from townsquare.testing.chat_server import ChatServer

    llm = TOWN | {"ticks": 4, "team.mind": "llm", "team.posts": 5, "chat.model": "openai:scripted"}
    with ChatServer(scripted) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        monkeypatch.setenv("OPENAI_API_KEY", "none")
        run = ts.run("team", set=llm, out=tmp_path / "llm")
        expected = estimate(resolve("team", None, llm))["model_calls"]
    asks = run.asks()
    assert set(asks["purpose"]) == {"note", "judge"}
    assert (asks["outcome"] == "answered").all()
    groups = len(run.events(kinds=["verdict"]))
    assert asks["purpose"].value_counts().to_dict() == {"note": 2 * groups, "judge": groups}
    assert run.replay() is None
    last = run.measures().query("tick == 3").set_index("measure")["value"]
    assert last["removal_precision"] == 1.0
    assert groups * 3 <= expected <= 45


def test_a_model_that_says_nothing_useful_removes_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    pytest.importorskip("openai")
    from townsquare.testing.chat_server import ChatServer

    llm = TOWN | {"ticks": 3, "team.mind": "llm", "team.posts": 2, "chat.model": "openai:scripted", "chat.failures": 1}
    with ChatServer(lambda body: "I would rather not.") as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        monkeypatch.setenv("OPENAI_API_KEY", "none")
        run = ts.run("team", set=llm, out=tmp_path / "llm")
    assert set(run.events(kinds=["verdict"])["why"]) == {"abstain"}
    rows = run.conversations()
    failed = rows[(rows["kind"] == "result") & (rows["status"] == "failed")]
    assert len(failed) >= 2
    assert failed["text"].str.contains("no valid answer").all()


def test_check_says_what_it_would_take(tmp_path: Path) -> None:
    found = answer(townsquare("check", "team", "--json", cwd=tmp_path))
    assert found["scenario"]["team"]["posts"] == 20
