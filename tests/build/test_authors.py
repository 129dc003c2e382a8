"""Towns in which a language model writes for some members, over real HTTP. The model is scripted."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import townsquare as ts
from tests.commands import answer, townsquare
from townsquare.agents.minds.author_words import _POOLS
from townsquare.agents.personas import Persona
from townsquare.build.authors import personas_of, writers_of
from townsquare.build.moderation import groups_of
from townsquare.cli import moderation_table
from townsquare.comparison.moderation import moderation_of
from townsquare.estimate import estimate
from townsquare.protocols.chat import Request
from townsquare.protocols.errors import BudgetExceeded, ScenarioError
from townsquare.protocols.post_kinds import KINDS, WAYS
from townsquare.protocols.scenario import validate
from townsquare.protocols.streams import Streams
from townsquare.runs import open_run, resolve
from townsquare.sim.scenarios.moderation import Moderation
from townsquare.view import memories

pytest.importorskip("openai")
from townsquare.testing.chat_server import Behaviour, ChatServer
from townsquare.testing.schema_filler import schema_of

MODEL = "openai:scripted"
TOWN: dict[str, Any] = {
    "members.count": 40, "members.posts": 0.5, "ticks": 6, "recommender.name": "random", "kinds.toxic": 0.6,
    "kinds.spam": 0.1, "moderator.name": "harm-words", "authors.count": 20, "author.advice.name": "draft-advisor",
    "author.advice.parts": "model", "author.advice.audience": 1, "record.snapshots": 4, "record.checkpoints": 2,
}  # fmt: skip
"""Models write for 20 of 40 members, and look at the drafts of all; the channel goes by words."""
INSULTS = ("idiot", *(piece for pool in _POOLS["toxic"][:2] for one in pool for piece in one.split(" {place}")
                      if len(piece) > 10))  # fmt: skip
"""What the scripted model finds in drafts."""
INSULT = re.compile("|".join(map(re.escape, INSULTS)))
RUDE, OFFER, NICE = "Oh shut up, you idiot.", "A prize for you at shop.example, hurry!", "The lilac is out by the mill."


def number(body: dict[str, Any]) -> int:
    return int(sha256(body["messages"][1]["content"].encode()).hexdigest(), 16)


def scripted(body: dict[str, Any]) -> str:
    """Writes what it is asked for, and decides by a hash of the prompt."""
    return by_prompt(body["messages"][1]["content"], (schema_of(body) or {})["properties"])


def asked(request: Request) -> str:
    """The same model, as a function."""
    return by_prompt(request.messages[-1].text, json.loads(request.schema or "{}")["properties"])


def by_prompt(prompt: str, fields: Any) -> str:
    n = int(sha256(prompt.encode()).hexdigest(), 16)
    said = prompt.rpartition("Answer with JSON")[0]
    if "way" in fields:
        return json.dumps({"way": ("disguise", *WAYS)[n % 5]})
    if "choice" in fields:
        choices = fields["choice"]["enum"]
        choice = ["ignore", *choices][n % (1 + len(choices))]
        return json.dumps({"choice": choice, "text": "I do not agree with you." if choice == "edit" else ""})
    if "parts" in fields:
        found = [{"quote": one, "kind": "insult", "why": "belittles somebody"} for one in INSULTS if one in said]
        return json.dumps({"parts": found[:2]})
    if "harm" in fields:
        return json.dumps({"harm": 0.9 if any(one in said for one in INSULTS) else 0.0})
    if "emotion" in fields:
        return json.dumps({"emotion": "anger", "reply": "Must you?", "would_report": False})
    if "Say the same as the draft does" in prompt:
        (draft,) = re.findall(r"<draft-\w+>\n(.*)\n</draft-", prompt)
        return json.dumps({"text": INSULT.sub("unfair", json.loads(draft))})
    kind = RUDE if "a rude one" in prompt else OFFER if "unwanted advertisement" in prompt else NICE
    return json.dumps({"text": f"{kind} {n % 1000}"})


@pytest.fixture(scope="module")
def server() -> Iterator[ChatServer]:
    with ChatServer(scripted) as serving, pytest.MonkeyPatch.context() as patch:
        patch.setenv("OPENAI_BASE_URL", serving.url)
        patch.setenv("OPENAI_API_KEY", "none")
        yield serving


@pytest.fixture(scope="module")
def run(server: ChatServer, tmp_path_factory: pytest.TempPathFactory) -> ts.Run:
    return ts.run("moderation", seed=4, set=TOWN, model=MODEL, out=tmp_path_factory.mktemp("authors") / "run")


def posts_of(of: ts.Run) -> pd.DataFrame:
    """Posts, answers left out, of those for whom the model writes."""
    items, agents = of.items(), of.agents()
    return items[items["author"].isin(agents.loc[agents["by_model"], "agent"]) & (items["reply_to"] < 0)]


# ---- who they are ----------------------------------------------------------------------------------------------------


def scenario(values: dict[str, Any]) -> Moderation:
    made = validate({"scenario": "moderation"}, {"members.count": 300, "chat.model": MODEL} | values)
    assert isinstance(made, Moderation)
    return made


def test_a_larger_group_holds_a_smaller_one_and_all_are_of_the_kinds_that_are_named() -> None:
    few, more = (groups_of(scenario({"authors.count": n}), Streams(1)).writers for n in (10, 40))
    assert len(few) == 10
    assert set(few) < set(more)
    groups = groups_of(scenario({"authors.count": 12, "authors.kinds": ["spam", "toxic"]}), Streams(1))
    assert {KINDS[kind] for kind in groups.kinds[groups.writers]} <= {"spam", "toxic"}
    scripts = scenario({"authors.count": 12, "authors.mind": "behavioural"})
    assert len(writers_of(scripts, Streams(1), np.zeros(300, int))) == 0


def test_more_than_there_are_is_a_sentence() -> None:
    of = scenario({"authors.count": 200, "authors.kinds": ["spam", "toxic"]})
    with pytest.raises(ScenarioError, match=r"only [0-9]+ of the 300 members are of the kinds spam, toxic"):
        groups_of(of, Streams(1))


def test_personas_are_those_of_a_table_or_drawn_one_by_one(tmp_path: Path) -> None:
    who, again = (personas_of(scenario({}), Streams(0), "member-{}".format) for _ in range(2))
    assert isinstance(who(2), Persona)
    assert who(2) == again(2) != who(1)
    (tmp_path / "p.csv").write_text("name\n" + "\n".join(f"P{n}" for n in range(300)) + "\n", "utf-8")
    named = personas_of(scenario({"members.personas": str(tmp_path / "p.csv")}), Streams(0), str)(1)
    assert named is not None
    assert named.name == "P1"


# ---- what they do ----------------------------------------------------------------------------------------------------


def test_they_write_what_they_are_asked_to(run: ts.Run) -> None:
    mine = posts_of(run)
    untouched = mine[~mine["disguised"] & ~mine["advice"].isin(["edited", "accepted"])]
    assert len(untouched) > 30
    wanted = untouched["draft"].map({"toxic": RUDE, "spam": OFFER, "benign": NICE, "negative": NICE})
    assert (untouched["text"].str.rstrip(" 0123456789") == wanted).all()
    assert (untouched["kind"] == untouched["draft"]).all()
    others = run.items()
    others = others[(others["author"] >= 0) & ~others["item"].isin(mine["item"]) & (others["reply_to"] < 0)]
    assert len(others) > 30
    assert not others["text"].str.contains(f"{RUDE}|{OFFER}|{NICE}").any()
    assert set(run.asks()["outcome"]) == {"answered"}


def test_they_weigh_advice(run: ts.Run) -> None:
    mine = posts_of(run)
    assert {"ignored", "edited", "accepted"} == set(mine.loc[mine["advice"] != "", "advice"])
    assert mine.loc[mine["advice"] == "accepted", "text"].str.startswith("Oh shut up, you unfair.").all()
    assert set(mine.loc[mine["advice"] == "edited", "text"]) == {"I do not agree with you."}
    assert not (mine.loc[mine["advice"].isin(["edited", "accepted"]), "kind"] == "toxic").any()
    settled = run.asks()
    settled = settled[settled["purpose"] == "settle"]
    warned = run.verdicts()
    warned = warned[(warned["by"] == "author") & (warned["action"] == "warn") & warned["agent"].isin(mine["author"])]
    assert sorted(settled["agent"] * 100 + settled["tick"]) == sorted(warned["agent"] * 100 + warned["tick"])


def test_they_say_how_they_go_on_after_a_verdict_and_then_do(run: ts.Run) -> None:
    adapted, mine = run.events(kinds=["adapt"]), posts_of(run)
    assert len(adapted) == (run.asks()["purpose"] == "adapt").sum() > 5
    told = run.events(kinds=["verdict"]).set_index("item")["why"]
    assert (told[adapted["item"]].astype(str) == "remove").all()
    hides = adapted[adapted["value"] == WAYS.index("disguise")].groupby("agent")["tick"].min()
    hidden = mine[mine["disguised"]]
    assert len(hidden) > 0
    assert (hidden["born"].to_numpy() > hides[hidden["author"]].to_numpy()).all()
    assert not hidden["text"].str.startswith((RUDE, OFFER)).any()


def test_about_a_held_post_they_are_asked_the_tick_after_the_reviewer_removed_it(tmp_path: Path) -> None:
    held = {"moderator.name": "lexicon", "moderator.entries": ["idiot"], "moderator.action": "hold"}
    values = {key: value for key, value in TOWN.items() if not key.startswith("author.advice")} | held
    of = ts.run("moderation", seed=4, set=values, model=asked, out=tmp_path / "run")
    told = of.events(kinds=["verdict"])
    removed = told[(told["rank"] == 1) & (told["why"].astype(str) == "remove")].set_index("item")["tick"]
    adapted = of.events(kinds=["adapt"])
    assert len(adapted) > 3
    assert (adapted["tick"].to_numpy() == removed[adapted["item"]].to_numpy() + 1).all()
    assert of.replay() is None
    fork = of.fork(3, {"review.capacity": 0}, out=tmp_path / "fork")
    assert fork.events(ticks=range(3)).equals(of.events(ticks=range(3)))
    assert fork.events(kinds=["adapt"])["tick"].max() == 3  # what the reviewer decided in tick 2


def test_it_is_one_table_and_one_sentence(run: ts.Run, capsys: pytest.CaptureFixture[str]) -> None:
    found = moderation_of(run)
    assert found is not None
    assert found.writers is not None
    assert found.writers["posts"] == len(posts_of(run))
    assert sum(found.writers["adapted"].values()) == len(run.events(kinds=["adapt"]))
    assert found.writers["silent"] == {"write": 0, "settle": 0, "adapt": 0}
    assert found.unsure == 0
    assert json.loads(json.dumps(found.plain()))["writers"]["authors"] == 20
    moderation_table.show(found)
    assert "A language model wrote for 20 members: " in capsys.readouterr().out
    writes = [agent for agent in range(40) if "writes its posts" in memories.persona(run, "members", agent)]
    assert writes == run.agents().query("by_model")["agent"].tolist()


def test_prompts_hold_nobody_elses_words_but_in_blocks(run: ts.Run, server: ChatServer) -> None:
    system = {one.body["messages"][0]["content"] for one in server.requests}
    assert not any(text in one for text in (RUDE, OFFER, NICE) for one in system)
    written = [one.body["messages"][1]["content"] for one in server.requests if "a rude one" in str(one.body)]
    assert any("removed by a moderator: " in prompt for prompt in written)


# ---- runs that come out again, stop, go on ---------------------------------------------------------------------------


def test_it_comes_out_again_without_a_single_request(run: ts.Run, server: ChatServer) -> None:
    before = server.count
    assert run.replay() is None
    assert server.count == before


@pytest.mark.slow
def test_a_spent_budget_stops_and_a_larger_one_goes_on(run: ts.Run, tmp_path: Path) -> None:
    with pytest.raises(BudgetExceeded):
        ts.run("moderation", seed=4, set=TOWN | {"budget.calls": 150}, model=MODEL, out=tmp_path / "poor")
    done = open_run(tmp_path / "poor").resume({"budget.calls": 10_000})
    assert done.info.digest == run.info.digest
    pd.testing.assert_frame_equal(done.verdicts(), run.verdicts())


def test_scripted_authors_ask_nobody(server: ChatServer, tmp_path: Path) -> None:
    before, quiet = server.count, {"author.advice.parts": "words", "ticks": 2}
    with_one = ts.run("moderation", seed=4, set=TOWN | quiet | {"authors.mind": "behavioural"}, out=tmp_path / "a")
    without = ts.run("moderation", seed=4, set=TOWN | quiet | {"authors.count": 0}, out=tmp_path / "b")
    assert server.count == before
    assert with_one.info.digest == without.info.digest
    assert not with_one.agents()["by_model"].any()


@pytest.mark.slow
def test_a_killed_run_goes_on_and_makes_no_recorded_call_again(server: ChatServer, tmp_path: Path) -> None:
    few = TOWN | {"ticks": 4, "members.count": 30, "authors.count": 10}
    whole = ts.run("moderation", seed=4, set=few, model=MODEL, out=tmp_path / "whole")
    with ChatServer(scripted, latency=0.02) as slow:
        settings = [word for path, value in few.items() for word in ("--set", f"{path}={value}")]
        words = ["run", "moderation", *settings, "--seed", "4", "--model", MODEL, "--set", "chat.concurrency=2",
                 "--out", str(tmp_path / "killed")]  # fmt: skip
        environment = {**os.environ, "OPENAI_BASE_URL": slow.url, "OPENAI_API_KEY": "none", "OPENBLAS_NUM_THREADS": "1"}
        for step in (30, 60):
            reached = slow.count + step
            child = subprocess.Popen([sys.executable, "-m", "townsquare", *words], env=environment,
                                     stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)  # fmt: skip
            deadline = time.monotonic() + 60
            while slow.count < reached and child.poll() is None and time.monotonic() < deadline:
                time.sleep(0.005)
            child.send_signal(signal.SIGKILL)
            child.wait()
            words = ["resume", str(tmp_path / "killed")]
        done = townsquare(*words, "--json", cwd=tmp_path, OPENAI_BASE_URL=slow.url, OPENAI_API_KEY="none")
        assert answer(done)["digest"] == whole.info.digest
        distinct = {json.dumps(request.body, sort_keys=True) for request in slow.requests}
        assert slow.count <= len(distinct) + 4
    pd.testing.assert_frame_equal(open_run(tmp_path / "killed").verdicts(), whole.verdicts())


# ---- a server that misbehaves ----------------------------------------------------------------------------------------

FAULTY = TOWN | {"chat.failures": 1.0, "chat.retries": 0}


def faulty(body: dict[str, Any]) -> str | Behaviour:
    """Every third question to it goes wrong in one of four ways."""
    n = number(body)
    if n % 3:
        return scripted(body)
    ways = ("server error", "refusal", "broken answer", "empty")
    fault = ways[n // 3 % 4]
    return Behaviour(fault=fault, text=scripted(body) if fault == "broken answer" else "I would rather not.")


def test_what_goes_wrong_is_no_answer_and_no_verdict_and_is_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ChatServer(faulty) as bad:
        monkeypatch.setenv("OPENAI_BASE_URL", bad.url)
        monkeypatch.setenv("OPENAI_API_KEY", "none")
        of = ts.run("moderation", seed=4, set=FAULTY, model=MODEL, out=tmp_path / "run")
    asks, mine = of.asks(), posts_of(of)
    silent = asks[~asks["outcome"].isin(["answered", "repaired"])]
    own = silent[silent["purpose"].isin(["write", "settle", "adapt"])]
    assert set(own["purpose"]) == {"write", "settle", "adapt"}
    events = of.events(kinds=["no_answer"])
    assert sorted(zip(events["tick"], events["agent"], strict=True)) == sorted(
        zip(own["tick"], own["agent"], strict=True)
    )
    why = own["outcome"].map({"invalid": "invalid", "refused": "declined", "failed": "failed"})
    assert sorted(events["why"].astype(str)) == sorted(why)
    assert (mine["text"] != "").all()
    posting = silent[silent["purpose"].isin(["write", "settle"])]
    posted = set(zip(mine["born"], mine["author"], strict=True))
    assert not posted & set(zip(posting["tick"], posting["agent"], strict=True))
    assert len(mine) == (asks["purpose"] == "write").sum() - len(posting)
    assert len(of.events(kinds=["adapt"])) == (asks["purpose"] == "adapt").sum() - (own["purpose"] == "adapt").sum()
    unknown = silent[silent["purpose"].isin(["detect", "score"]) & (silent["number"] == 0)]
    drafts = set(zip(unknown["tick"], unknown["agent"], strict=True))
    advice = of.verdicts()
    advice = advice[advice["by"] == "author"]
    abstained = advice[advice["action"] == "abstain"]
    assert set(zip(abstained["tick"], abstained["agent"], strict=True)) == drafts
    assert not drafts & set(zip(*(advice.loc[advice["action"] == "warn", c] for c in ("tick", "agent")), strict=True))
    found = moderation_of(of)
    assert found is not None
    assert found.unsure == len(abstained) > 5
    assert found.writers is not None
    assert found.writers["silent"] == own["purpose"].value_counts().to_dict()
    assert of.replay() is None


# ---- estimates -------------------------------------------------------------------------------------------------------


ADVICE = ("author.advice.name", "author.advice.parts", "author.advice.audience")


@pytest.mark.parametrize(
    ("left", "more"),
    [
        ((), {}),
        pytest.param((), {"author.advice.parts": "words"}, marks=pytest.mark.slow),
        (ADVICE, {"author.advice.name": "harm-words", "moderator.name": "none"}),
        (ADVICE, {"moderator.name": "lexicon", "moderator.entries": ["idiot"], "moderator.action": "label",
                  "authors.kinds": ["benign"], "authors.count": 10}),
    ],
)  # fmt: skip
def test_the_estimate_is_right_within_a_fifth(left: Sequence[str], more: dict[str, Any], tmp_path: Path) -> None:
    """Of a town that does what estimates reckon with: authors go on as before, and post drafts as they are."""

    def stubborn(request: Request) -> str:
        fields = json.loads(request.schema or "{}")["properties"]
        if "way" in fields:
            return json.dumps({"way": "on"})
        if "choice" in fields:
            return json.dumps({"choice": "ignore", "text": ""})
        return asked(request)

    values = {key: value for key, value in TOWN.items() if key not in left} | more
    of = ts.run("moderation", seed=5, set=values, model=stubborn, out=tmp_path / "run")
    guess = estimate(resolve("moderation", 5, values | {"chat.model": MODEL}))
    asks = of.asks()
    assert 0.8 < guess["model_calls"] / len(asks) < 1.2
    assert 0.75 < guess["tokens"] / asks[["tokens_in", "tokens_out"]].to_numpy().sum() < 1.33
