"""Readers and writers with a model, in a news town, over real HTTP. The model is scripted."""

import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

import townsquare as ts
from tests.commands import answer, townsquare
from townsquare.estimate import estimate
from townsquare.interviews import ainterview, asked
from townsquare.protocols.errors import BudgetExceeded, InputError, RunFolderError, TooManyFailures
from townsquare.runs import aresume, open_run, resolve

pytest.importorskip("openai")
from townsquare.testing.chat_server import Behaviour, ChatServer
from townsquare.testing.schema_filler import schema_of

MODEL = "openai:scripted"
FOR_USERS = {"group": "users", "questions": [{"id": "a", "text": "b"}]}
TOWN = {
    "users.count": 40,
    "creators.count": 5,
    "creators.articles": 3,
    "slate.length": 12,
    "clicks": 4,
    "ticks": 4,
    "panel.count": 4,
    "writers.count": 1,
    "record.snapshots": 2,
}


def scripted(body: dict[str, Any]) -> str:
    """Opens some of what it is shown and writes articles of a hundred words, by a hash of the prompt."""
    prompt = body["messages"][1]["content"]
    number = int(sha256(prompt.encode()).hexdigest(), 16)
    fields = (schema_of(body) or {})["properties"]
    if "choices" in fields:
        shown = len(re.findall(r"^\[\d+, ", prompt, re.MULTILINE))
        places = sorted({number >> shift & 63 for shift in range(0, 60, 6)})
        opened = [place + 1 for place in places if place < shown][:4] or [1]
        return json.dumps({"choices": [{"item": item, "like": item % 2 == 0} for item in opened]})
    if "category" in fields:
        words = [f"w{number >> n & 255}" for n in range(100)]
        return json.dumps({"title": " ".join(words[:8]), "text": " ".join(words), "category": number % 20 + 1})
    answers = {"integer": number % 5 + 1, "string": f"I was shown {number % 7} things."}
    return json.dumps({"answer": answers[fields["answer"]["type"]]})


@pytest.fixture(scope="module")
def server() -> Iterator[ChatServer]:
    with ChatServer(scripted) as serving:
        yield serving


@pytest.fixture(autouse=True)
def _reached(server: ChatServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", server.url)
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret-0123456789")


@pytest.fixture(scope="module")
def run(server: ChatServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ts.Run]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OPENAI_BASE_URL", server.url)
        patch.setenv("OPENAI_API_KEY", "sk-secret-0123456789")
        yield ts.run("news", seed=1, set=TOWN, model=MODEL, out=tmp_path_factory.mktemp("panel") / "run")


# ---- one town, one log ---------------------------------------------------------------------------------------------


def test_all_groups_act_in_one_log(run: ts.Run) -> None:
    groups = run.agents().set_index("agent")["group"]
    events = run.events(kinds=["click", "like", "post"])
    acts = events.assign(group=events["agent"].map(groups)).groupby(["group", "kind"], observed=True).size()
    assert {("users", "click"), ("panel", "click"), ("panel", "like")} <= set(acts.index)
    assert acts["writers", "post"] == 4
    assert set(run.asks()["outcome"]) == {"answered"}
    assert run.info.tokens == run.asks()[["tokens_in", "tokens_out"]].to_numpy().sum() > 0


def test_written_articles_are_on_record_and_are_read(run: ts.Run) -> None:
    items = run.items()
    written = items[items["text"] != ""]
    assert len(written) == 4
    title = written["text"].iloc[0].partition("\n")[0]
    prompts = [
        call["messages"][1]["text"] for agent in range(40, 44) for one in asked(run, agent, 1) for call in one["calls"]
    ]
    assert any(title in prompt for prompt in prompts)


def test_a_panel_moves_nobody_elses_draws(run: ts.Run, tmp_path: Path) -> None:
    """Behavioural creators publish the same articles in tick 0, and readers click the same of what both lists hold."""
    alone = ts.run(
        "news", seed=1, set=TOWN | {"panel.count": 0, "writers.count": 0, "ticks": 1}, out=tmp_path / "alone"
    )
    posts = [one.vectors(0)[:15].tolist() for one in (run, alone)]
    assert posts[0] == posts[1]


def test_a_behavioural_panel_asks_nobody(tmp_path: Path, server: ChatServer) -> None:
    before = server.count
    control = ts.run(
        "news", set=TOWN | {"panel.mind": "behavioural", "writers.mind": "behavioural", "ticks": 2}, out=tmp_path / "c"
    )
    assert server.count == before
    assert not (control.path / "cassette.sqlite").exists()
    assert control.agents()["group"].value_counts()["panel"] == 4


def test_the_ledger_adds_up_by_purpose_and_by_agent(run: ts.Run) -> None:
    whole, agents = run.ledger(), run.ledger_by("agent")
    assert whole["asks"] == agents["asks"].sum() == 20
    assert whole["purposes"]["read"]["asks"] == 16
    assert (agents["valid"] == 1).all()
    assert agents["tokens_in"].sum() == whole["tokens_in"]


# ---- replay, resume, fork ------------------------------------------------------------------------------------------


def test_replay_needs_neither_server_nor_key(run: ts.Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    monkeypatch.delenv("OPENAI_API_KEY")
    assert run.replay() is None


def test_a_shared_tape_answers_another_run(run: ts.Run, tmp_path: Path, server: ChatServer) -> None:
    before = server.count
    tape = {"chat.tape": str(run.path / "cassette.sqlite"), "chat.cassette": "replay"}
    again = ts.run("news", seed=1, set=TOWN | tape, model=MODEL, out=tmp_path / "again")
    assert server.count == before
    assert again.info.digest == run.info.digest


def test_how_many_are_asked_at_a_time_changes_nothing(run: ts.Run, tmp_path: Path) -> None:
    one = ts.run("news", seed=1, set=TOWN | {"chat.concurrency": 1}, model=MODEL, out=tmp_path / "one", workers=1)
    assert one.info.digest == run.info.digest


def test_a_fork_pays_for_its_own_ticks_only(run: ts.Run, server: ChatServer) -> None:
    before = server.count
    same = run.fork(2, out=run.path.parent / "same")
    assert same.info.digest == run.info.digest
    assert server.count == before  # its own ticks are asked as the parent asked them
    other = run.fork(2, {"recommender.name": "random"}, out=run.path.parent / "other")
    assert server.count > before
    assert other.events(ticks=range(2)).equals(run.events(ticks=range(2)))
    assert other.replay() is None


def test_a_fork_may_change_the_model(run: ts.Run) -> None:
    other = run.fork(3, {"panel.model": "openai:another"}, out=run.path.parent / "another")
    asks = other.asks()
    assert set(asks[asks["tick"] < 3]["model"]) == {MODEL}
    assert set(asks[(asks["tick"] == 3) & (asks["purpose"] == "read")]["model"]) == {"openai:another"}


@pytest.mark.parametrize("kills", [2, pytest.param(6, marks=pytest.mark.slow)])
def test_a_killed_run_makes_no_recorded_call_again(kills: int, run: ts.Run, tmp_path: Path) -> None:
    with ChatServer(scripted, latency=0.03) as slow:
        target = tmp_path / "killed"
        settings = [word for path, value in TOWN.items() for word in ("--set", f"{path}={value}")]
        command = ["run", "news", *settings, "--seed", "1", "--model", MODEL, "--set", "chat.concurrency=2"]
        environment = {**os.environ, "OPENAI_BASE_URL": slow.url, "OPENBLAS_NUM_THREADS": "1"}
        words = [*command, "--out", str(target)]
        for kill in range(kills):
            reached = slow.count + 3
            child = subprocess.Popen(
                [sys.executable, "-m", "townsquare", *words],
                env=environment,
                stderr=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
            )
            deadline = time.monotonic() + 60
            while slow.count < reached and child.poll() is None and time.monotonic() < deadline:
                time.sleep(0.005)
            child.send_signal(signal.SIGKILL)
            child.wait()
            assert target.exists(), f"kill {kill} came before the run folder was made"
            words = ["resume", str(target)]
        done = townsquare("resume", str(target), "--json", cwd=tmp_path, OPENAI_BASE_URL=slow.url)
        assert answer(done)["digest"] == run.info.digest
        distinct = {json.dumps(request.body, sort_keys=True) for request in slow.requests}
        # what was in flight at a kill had not been recorded, and is asked again: two calls each at most
        assert slow.count <= len(distinct) + 2 * kills


# ---- budgets and failures ------------------------------------------------------------------------------------------


def test_a_spent_budget_stops_and_a_larger_one_goes_on(run: ts.Run, tmp_path: Path) -> None:
    target = tmp_path / "poor"
    with pytest.raises(BudgetExceeded, match="budget of 7 calls is spent"):
        ts.run("news", seed=1, set=TOWN | {"budget.calls": 7}, model=MODEL, out=target)
    stopped = open_run(target)
    assert stopped.info.status == "stopped: budget"
    assert stopped.info.ticks_done == 1
    done = stopped.resume({"budget.calls": 100})
    assert done.info.digest == run.info.digest
    assert done.ledger()["calls"] == run.ledger()["calls"]


@pytest.mark.slow
def test_the_command_line_says_how_to_go_on(tmp_path: Path) -> None:
    settings = [word for path, value in TOWN.items() for word in ("--set", f"{path}={value}")]
    done = townsquare(
        "run", "news", *settings, "--model", MODEL, "--set", "budget.tokens=3000", "--out", "r", cwd=tmp_path
    )
    assert done.returncode == 130
    assert "the budget of 3,000 tokens is spent" in done.stderr
    assert "`townsquare resume r` with a larger --set budget.tokens goes on" in done.stderr
    done = townsquare("run", "news", *settings, "--model", MODEL, "--budget", "1", "--out", "s", cwd=tmp_path)
    assert done.returncode == 2
    assert "there is no price for openai:scripted" in done.stderr
    assert not (tmp_path / "s").exists()


@pytest.mark.slow
def test_a_sweep_counts_an_arm_that_was_resumed_with_more(tmp_path: Path) -> None:
    small = TOWN | {"ticks": 2, "chat.model": MODEL}
    settings = "\n".join(f"{json.dumps(path)} = {json.dumps(value)}" for path, value in small.items())
    file = tmp_path / "sweep.toml"
    file.write_text(f'scenario = "news"\nseeds = [0]\n[set]\n{settings}\n[arms.a]\n[arms.poor]\n"budget.calls" = 7\n')
    first = ts.sweep(file, out=tmp_path / "s", jobs=1)
    (failed,) = [failure for failure in first.failures if failure["arm"] == "poor"]
    assert "with a larger --set budget.calls goes on" in failed["message"]
    open_run(tmp_path / "s" / "poor" / "seed-0").resume({"budget.calls": 99})
    second = ts.sweep(file, out=tmp_path / "s", jobs=1)
    assert not second.failures
    assert {run["arm"] for run in second.runs} >= {"a", "poor"}


def test_only_reach_and_budget_may_change_on_resume(run: ts.Run, tmp_path: Path) -> None:
    with pytest.raises(BudgetExceeded):
        ts.run("news", seed=1, set=TOWN | {"budget.calls": 7}, model=MODEL, out=tmp_path / "poor")
    for key in ("panel.count", "chat.model", "slate.hot"):
        with pytest.raises(InputError, match="fork it instead"):
            open_run(tmp_path / "poor").resume({key: 1})


def test_one_agents_fault_changes_nobody_elses_decision(run: ts.Run, tmp_path: Path) -> None:
    def faulty(body: dict[str, Any]) -> str | Behaviour:
        mine = '"Your name is panel-1."' in body["messages"][1]["content"]
        return Behaviour(fault="refusal") if mine else scripted(body)

    with ChatServer(faulty) as bad:
        other = ts.run(
            "news",
            seed=1,
            set=TOWN | {"ticks": 1, "chat.base_url": bad.url, "chat.failures": 0.5},
            model=MODEL,
            out=tmp_path / "bad",
        )
    silent = other.events(kinds=["no_answer"])
    assert silent[["agent", "why"]].to_numpy().tolist() == [[41, "declined"]]
    columns = ["agent", "kind", "item", "value"]
    mine = run.events(ticks=range(1), kinds=["click", "like", "post"])
    theirs = other.events(kinds=["click", "like", "post"])
    kept = mine[mine["agent"] != 41][columns].astype(str).to_numpy().tolist()
    assert theirs[columns].astype(str).to_numpy().tolist() == kept
    assert other.replay() is None


def test_too_many_failures_stop_the_run_until_the_cause_is_mended(run: ts.Run, tmp_path: Path) -> None:
    broken = True

    def sometimes(body: dict[str, Any]) -> str | Behaviour:
        return Behaviour(fault="server error") if broken else scripted(body)

    with ChatServer(sometimes) as bad:
        settings = TOWN | {"chat.base_url": bad.url, "chat.retries": 0}
        with pytest.raises(TooManyFailures, match=r"tick 0: \d of 5 asks .* scripted fault: server error"):
            ts.run("news", seed=1, set=settings, model=MODEL, out=tmp_path / "broken")
        stopped = open_run(tmp_path / "broken")
        assert stopped.info.status == "stopped: model failures"
        assert stopped.info.ticks_done == 0
        broken = False
        assert stopped.resume().info.digest == run.info.digest


def test_bad_answers_are_asked_again_once_the_cause_is_mended(run: ts.Run, tmp_path: Path) -> None:
    broken = True

    def sometimes(body: dict[str, Any]) -> str | Behaviour:
        return Behaviour(fault="empty") if broken else scripted(body)

    with ChatServer(sometimes) as bad:
        with pytest.raises(TooManyFailures, match=r"invalid\): the answer is empty\.$"):
            ts.run("news", seed=1, set=TOWN | {"chat.base_url": bad.url}, model=MODEL, out=tmp_path / "broken")
        broken = False
        mended = open_run(tmp_path / "broken").resume()
        assert mended.info.digest == run.info.digest
        assert mended.replay() is None


# ---- files that are not where they were ----------------------------------------------------------------------------


def test_a_tape_that_cannot_be_used_leaves_no_folder(tmp_path: Path) -> None:
    gone = {"chat.tape": str(tmp_path / "gone.sqlite"), "chat.cassette": "replay"}
    with pytest.raises(RunFolderError, match="there is no cassette"):
        ts.run("news", set=TOWN | gone, model=MODEL, out=tmp_path / "r")
    assert not (tmp_path / "r").exists()


def test_a_run_goes_on_with_its_own_tape_only(tmp_path: Path) -> None:
    tape = tmp_path / "tape.sqlite"
    with pytest.raises(BudgetExceeded):
        ts.run("news", set=TOWN | {"budget.calls": 7, "chat.tape": str(tape)}, model=MODEL, out=tmp_path / "r")
    stopped = open_run(tmp_path / "r")
    with pytest.raises(InputError, match=r"chat\.tape cannot change when a run is resumed"):
        stopped.resume({"budget.calls": 99, "chat.tape": str(tmp_path / "other.sqlite")})
    tape.rename(tmp_path / "elsewhere.sqlite")
    with pytest.raises(RunFolderError, match=r"tape\.sqlite, where its calls are recorded"):
        stopped.resume({"budget.calls": 99})
    assert not tape.exists()
    (tmp_path / "elsewhere.sqlite").rename(tape)
    assert stopped.resume({"budget.calls": 99}).replay() is None


def test_a_replay_of_a_fork_names_the_cassette_it_misses(tmp_path: Path) -> None:
    first = ts.run("news", set=TOWN | {"ticks": 2}, model=MODEL, out=tmp_path / "first")
    second = first.fork(1, {"recommender.name": "random"}, out=tmp_path / "second")
    cassette = first.path / "cassette.sqlite"
    cassette.rename(tmp_path / "hidden")
    with pytest.raises(RunFolderError, match=r"before 1 were asked by the run it was forked from, whose cassette"):
        second.replay()
    (tmp_path / "hidden").rename(cassette)
    assert second.replay() is None


def test_memories_in_a_file_are_those_of_one_run(run: ts.Run, tmp_path: Path) -> None:
    kept = {"panel.memory.name": "sqlite", "panel.memory.path": str(tmp_path / "memories.sqlite")}
    durable = ts.run("news", seed=1, set=TOWN | kept, model=MODEL, out=tmp_path / "r")
    assert durable.info.digest == run.info.digest
    with pytest.raises(InputError, match=r"panel\.memory\) holds 16 memories already"):
        ts.run("news", seed=1, set=TOWN | kept, model=MODEL, out=tmp_path / "other")
    assert durable.replay() is None
    assert ts.runs._wait(ainterview(durable, 40, 2, "And?"))["answer"] is not None
    with sqlite3.connect(tmp_path / "memories.sqlite") as file:
        assert file.execute("SELECT count(*) FROM entries").fetchone() == (16,)
    file.close()
    assert durable.fork(0, out=tmp_path / "again").info.digest == run.info.digest


# ---- what it will take ---------------------------------------------------------------------------------------------


def test_the_estimate_is_near_what_is_spent(run: ts.Run) -> None:
    guess = estimate(resolve("news", 1, TOWN | {"chat.model": MODEL}))
    ledger = run.ledger()
    assert guess["model_calls"] == ledger["calls"]
    assert guess["tokens"] == pytest.approx(ledger["tokens_in"] + ledger["tokens_out"], rel=0.2)
    assert guess["usd"] is None


@pytest.mark.slow
def test_prompts_do_not_grow(tmp_path: Path) -> None:
    long = ts.run("news", set=TOWN | {"ticks": 41, "writers.count": 0}, model=MODEL, out=tmp_path / "long")
    by_tick = long.asks().groupby("tick")["tokens_in"].mean()
    assert by_tick[40] <= 1.1 * by_tick[1]


# ---- looking closer, changing nothing --------------------------------------------------------------------------------


def test_an_interview_knows_the_past_and_changes_nothing(run: ts.Run, server: ChatServer) -> None:
    before = {path: path.read_bytes() for path in run.path.rglob("*.parquet")}
    said = ts.runs._wait(ainterview(run, 40, 3, "What did you read?"))
    assert said["answer"].startswith("I was shown")
    (prompt,) = [r.body["messages"][1]["content"] for r in server.requests[-1:]]
    assert "What did you read?" in prompt
    assert "memories" in prompt
    count = server.count
    assert ts.runs._wait(ainterview(run, 40, 3, "What did you read?"))["answer"] == said["answer"]
    assert server.count == count  # the second time it comes from the interviews' own cassette
    assert before == {path: path.read_bytes() for path in run.path.rglob("*.parquet")}
    assert run.replay() is None
    with pytest.raises(InputError, match="an interview needs a question"):
        ts.runs._wait(ainterview(run, 40, 3, " "))
    with pytest.raises(InputError, match=r"no language model stands for agent 3; it does for 40 to 43 \(panel\)"):
        ts.runs._wait(ainterview(run, 3, 3, "And you?"))


def test_an_interview_says_who_answered(tmp_path: Path) -> None:
    few = TOWN | {"users.count": 5, "users.mind": "llm", "ticks": 2, "clicks": 4}
    later = {"changes": [{"tick": 1, "set": {"panel.model": "openai:later"}}]}
    run = ts.run("news", set=few | later, model=MODEL, out=tmp_path / "r")
    for agent, tick, model, who in (
        (0, 1, None, MODEL),
        (0, 1, "openai:guest", "openai:guest"),
        (5, 0, None, MODEL),
        (5, 1, None, "openai:later"),
        (5, 1, "openai:guest", "openai:guest"),
    ):
        said = ts.runs._wait(ainterview(run, agent, tick, "Who?", model=model))
        assert (said["outcome"], said["model"]) == ("answered", who)


def test_questionnaires_change_nothing(run: ts.Run, tmp_path: Path) -> None:
    questions = [
        {"id": "informed", "text": "I feel well informed."},
        {"id": "why", "text": "Why do you read news?", "scale": "text"},
    ]
    other = ts.run(
        "news",
        seed=1,
        set=TOWN | {"questionnaires": [{"questions": questions, "ticks": [0, 3]}]},
        model=MODEL,
        out=tmp_path / "asked",
    )
    assert other.info.digest == run.info.digest
    answers = other.answers()
    assert len(answers) == 2 * 4 * 2
    assert answers[answers["question"] == "informed"]["value"].between(1, 5).all()
    assert other.replay() is None


def test_ask_prints_prompt_and_answer(run: ts.Run, tmp_path: Path) -> None:
    done = townsquare("ask", str(run.path), "--agent", "panel-1", "--tick", "2", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "Your name is panel-1." in done.stdout
    assert '"choices"' in done.stdout
    done = townsquare("ask", str(run.path), "--agent", "reader-1", "--tick", "2", cwd=tmp_path)
    assert done.returncode == 2
    assert "agents with asks are panel-0, panel-1" in done.stderr


@pytest.mark.slow
def test_report_and_export_tell_of_the_models(run: ts.Run, tmp_path: Path) -> None:
    pytest.importorskip("altair")
    for words in (["report", str(run.path), "-o", "page.html"], ["export", str(run.path), "-o", "tables"]):
        done = townsquare(*words, cwd=tmp_path)
        assert done.returncode == 0, done.stderr
    assert "0 of 20 asks brought no valid answer" in (tmp_path / "page.html").read_text("utf-8")
    assert len((tmp_path / "tables" / "asks.csv").read_text("utf-8").splitlines()) == 21


def test_no_key_in_any_file(run: ts.Run) -> None:
    for path in run.path.rglob("*"):
        assert not path.is_file() or b"sk-secret" not in path.read_bytes(), path


@pytest.mark.parametrize("url", ["http://me:sk-secret@127.0.0.1:9/v1", "http://127.0.0.1:9/v1?key=sk-secret"])
def test_a_base_url_with_a_key_in_it_is_refused(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", url)
    with pytest.raises(InputError, match="a key goes into OPENAI_API_KEY") as refused:
        ts.run("news", set=TOWN, model=MODEL, out=tmp_path / "r")
    assert "sk-secret" not in str(refused.value)
    assert not (tmp_path / "r").exists()


# ---- models and people of one's own ----------------------------------------------------------------------------------


def test_a_function_is_a_scripted_model_and_is_called_so(tmp_path: Path, server: ChatServer) -> None:
    before = server.count
    one = ts.run("news", set=TOWN | {"writers.count": 0, "ticks": 2}, model=first_item, out=tmp_path / "f")
    assert server.count == before
    assert set(one.asks()["model"]) == {"scripted:test_panel:first_item"} or "first_item" in one.asks()["model"].iloc[0]
    clicks = one.events(kinds=["click"])
    assert (clicks[clicks["agent"] >= 40]["rank"] == 0).all()
    assert one.replay() is None


def first_item(request: object) -> str:
    return '{"choices": [{"item": 1, "like": false}]}'


def test_personas_from_a_table(tmp_path: Path, server: ChatServer) -> None:
    table = tmp_path / "people.csv"
    table.write_text(
        "name,openness,reflection_1\n" + "".join(f"Person{n},0.9,I walk home the long way.\n" for n in range(4))
    )
    ts.run(
        "news",
        set=TOWN | {"panel.personas": str(table), "ticks": 1, "writers.count": 0},
        model=MODEL,
        out=tmp_path / "p",
    )
    assert any("Person3" in r.body["messages"][1]["content"] for r in server.requests[-4:])
    with pytest.raises(InputError, match="holds 4 personas, and 9 are needed"):
        ts.run("news", set=TOWN | {"panel.personas": str(table), "panel.count": 9}, model=MODEL, out=tmp_path / "q")


@pytest.mark.parametrize(
    ("settings", "wrong"),
    [
        ({"panel.count": 3}, "panel.mind is 'llm', which needs a model"),
        ({"writers.count": 1, "writers.mind": "llm-reader", "chat.model": MODEL}, "cannot decide for a creator"),
        ({"panel.count": 3, "panel.mind": "behavioural-creator"}, r"panel\.mind: 'behavioural-creator' cannot decide"),
        ({"writers.count": 1, "writers.mind": "behavioral"}, r"writers\.mind: no mind .* mean 'behavioural-"),
        ({"panel.count": 3, "chat.model": "openai:"}, r"\(got 'openai:'\); neither part may be empty\.$"),
        ({"panel.count": 3, "chat.model": "gpt-4o"}, "did you mean 'openai:gpt-4o'"),
        ({"panel.count": 3, "chat.model": MODEL, "questionnaires": [FOR_USERS]}, "no language model stands for"),
    ],
)  # fmt: skip
def test_bad_settings(settings: dict[str, Any], wrong: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=wrong):
        ts.run("news", set=settings, out=tmp_path / "r")
    assert not (tmp_path / "r").exists()


async def test_a_model_object_has_to_come_back_for_a_resume(tmp_path: Path) -> None:
    with pytest.raises(BudgetExceeded):
        await ts.arun("news", set=TOWN | {"writers.count": 0, "budget.calls": 5}, model=first_item, out=tmp_path / "f")
    done = await aresume(tmp_path / "f", set={"budget.calls": 99}, model=first_item)
    assert done.info.status == "finished"
