"""The scenario of opinions on a network, from a run to its report."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import townsquare as ts
from tests.commands import answer, townsquare
from townsquare.estimate import estimate
from townsquare.protocols.errors import InputError
from townsquare.runs import open_run, resolve
from townsquare.testing.chat_server import ChatServer

TOWN = {"graph.kind": "blocks", "graph.nodes": 60, "graph.degree": 6, "opinions.start": "sides", "ticks": 8,
        "schedule": "matching", "model.epsilon": 0.5}  # fmt: skip
PANEL = {"panel.count": 12, "chat.model": "openai:scripted"}


def series(run: ts.Run, name: str) -> "pd.Series[Any]":
    measures = run.measures()
    return measures[measures["measure"] == name].set_index("tick")["value"]


def stubborn(body: dict[str, Any]) -> str:
    """Goes a tenth of the way to 100, and says so; agent by agent the same, as a script must be."""
    prompt = body["messages"][1]["content"]
    (place,) = re.findall(r"what the topic says: (\d+) on a scale", prompt)
    return json.dumps({"agreement": int(place) + (100 - int(place)) // 10, "says": f"I go on from {place}."})


@pytest.fixture(scope="module")
def server() -> Iterator[ChatServer]:
    pytest.importorskip("openai")
    with ChatServer(stubborn) as serving:
        yield serving


@pytest.fixture
def _reached(server: ChatServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", server.url)
    monkeypatch.setenv("OPENAI_API_KEY", "scripted")


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> ts.Run:
    return ts.run("network", set=TOWN, out=tmp_path_factory.mktemp("net") / "plain")


@pytest.fixture(scope="module")
def asked(server: ChatServer, tmp_path_factory: pytest.TempPathFactory) -> ts.Run:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OPENAI_BASE_URL", server.url)
        patch.setenv("OPENAI_API_KEY", "scripted")
        return ts.run("network", set=TOWN | PANEL, out=tmp_path_factory.mktemp("net") / "asked")


def opinions_after(run: ts.Run, tick: int) -> "pd.Series[Any]":
    """What everybody thinks after a tick, from the folder alone."""
    agents, events = run.agents(), run.events(kinds=["opinion"])
    now = agents.set_index("agent")["opinion"].copy()
    for row in events[events["tick"] <= tick].itertuples():
        now[row.agent] = row.value
    return now


def test_the_folder_tells_who_thinks_what(plain: ts.Run) -> None:
    agents = plain.agents()
    assert agents["name"].is_unique
    assert set(agents["side"]) == {"0", "1"}
    assert agents.groupby("side")["opinion"].mean().to_list() == pytest.approx([0.2, 0.8], abs=0.1)
    end = opinions_after(plain, 7)
    assert end.mean() == pytest.approx(series(plain, "opinion_mean")[7], abs=1e-5)
    assert end.var(ddof=0) == pytest.approx(series(plain, "opinion_variance")[7], abs=1e-4)
    assert plain.items()["text"].to_list() == ["The centre of town should be closed to cars."]


def test_it_comes_out_again(plain: ts.Run) -> None:
    assert plain.replay() is None


@pytest.mark.parametrize("at", [1, 4])
def test_a_run_that_is_taken_up_ends_like_one_that_was_not_stopped(plain: ts.Run, tmp_path: Path, at: int) -> None:
    def stop(done: int, of: int) -> None:
        if done == at:
            raise KeyboardInterrupt

    out = tmp_path / "run"
    with pytest.raises(KeyboardInterrupt):
        ts.run("network", set=TOWN | {"record.checkpoints": 3}, out=out, progress=stop)
    whole = open_run(out).resume()
    assert whole.info.status == "finished"
    assert whole.info.digest == plain.info.digest


def test_a_fork_takes_another_model_from_its_tick_on(plain: ts.Run, tmp_path: Path) -> None:
    fork = plain.fork(4, {"model.epsilon": 0.01}, out=tmp_path / "fork")
    assert fork.tick_events(3).digest() == plain.tick_events(3).digest()
    assert fork.tick_events(5).digest() != plain.tick_events(5).digest()
    assert series(fork, "nodes_moved")[7] < series(plain, "nodes_moved")[7]


def test_a_panel_decides_for_itself_and_says_so(asked: ts.Run) -> None:
    agents, events = asked.agents(), asked.events()
    panel = set(agents[agents["group"] == "panel"]["agent"])
    assert len(panel) == 12
    decided = events[(events["kind"] == "opinion") & (events["why"] == "after")]
    assert set(decided["agent"]) <= panel
    assert not set(events[(events["kind"] == "opinion") & (events["why"] == "")]["agent"]) & panel
    assert len(asked.asks()) == len(decided) > 40
    said, items = events[events["kind"] == "say"], asked.items()
    assert sorted(said["item"]) == sorted(items[items["author"] >= 0]["item"])
    assert items[items["author"] >= 0]["text"].str.startswith("I go on from").all()
    assert series(asked, "panel_mean")[7] > series(asked, "panel_mean")[0]
    assert asked.replay() is None


def test_what_the_panel_says_is_read_by_its_neighbours(asked: ts.Run, server: ChatServer) -> None:
    shown = [request["messages"][1]["content"] for request in map(_body, server.requests)]
    assert any(re.search(r'\[\d, "I go on from \d+\."\]', prompt) for prompt in shown)
    assert any('"I am ' in prompt for prompt in shown)
    assert all("closed to cars" in prompt for prompt in shown)


def _body(request: Any) -> dict[str, Any]:
    found = request if isinstance(request, dict) else request.body
    return dict(json.loads(found) if isinstance(found, str | bytes) else found)


def test_both_arms_share_everything_that_no_answer_has_touched(plain: ts.Run, asked: ts.Run) -> None:
    mine, theirs = asked.agents(), plain.agents()
    assert mine.drop(columns="group").equals(theirs.drop(columns="group"))
    panel = set(mine[mine["group"] == "panel"]["agent"])
    first, other = asked.events(kinds=["opinion"]), plain.events(kinds=["opinion"])
    touched = set(panel)
    for tick in range(3):
        a, b = first[first["tick"] == tick], other[other["tick"] == tick]
        touched |= {int(row.agent) for t in (a, b) for row in t.itertuples() if row.ref in touched}
        rest = [set(t[~t["agent"].isin(touched)][["agent", "value", "ref"]].itertuples(index=False)) for t in (a, b)]
        assert rest[0] == rest[1]
    assert len(touched) < 60


def test_arms_are_paired_and_the_report_shows_both_curves(plain: ts.Run, asked: ts.Run, tmp_path: Path) -> None:
    rows = {row["measure"]: row for row in ts.compare(plain, asked).rows()}
    assert rows["opinion_at_end"]["n"] == 60
    assert rows["opinion_at_end"]["difference"] > 0.02
    assert rows["opinion_variance"]["unit"] == "tick"
    page = asked.report(tmp_path / "page.html", control=plain).read_text("utf-8")
    assert "Opinions: where they stand, and how they move" in page
    assert "This run and the control, tick by tick" in page
    assert "Mean opinion, panel" in page


@pytest.mark.usefixtures("_reached")
def test_a_bad_answer_is_on_record_and_moves_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with ChatServer(lambda body: json.dumps({"agreement": 140, "says": ""})) as wrong:
        monkeypatch.setenv("OPENAI_BASE_URL", wrong.url)
        run = ts.run("network", set=TOWN | PANEL | {"ticks": 2, "chat.failures": 1.0}, out=tmp_path / "run")
    events = run.events(kinds=["no_answer"])
    assert len(events) > 10
    assert set(events["why"]) == {"invalid"}
    panel = run.agents().set_index("agent").query("group == 'panel'")
    assert np.array_equal(opinions_after(run, 1)[panel.index], panel["opinion"])


@pytest.mark.slow
def test_on_the_command_line(tmp_path: Path) -> None:
    (tmp_path / "edges.csv").write_text("from,to\nann,bob\nbob,cid\ncid,ann\ncid,ann\n")
    words = ["--set", "graph.kind=file", "--set", "graph.path=edges.csv", "--set", "ticks=3"]
    done = townsquare("run", "network", *words, "--out", "run", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    for line in ("Mean opinion", "Variance of opinions", "Groups of opinion"):
        assert line in done.stdout
    assert "edges.csv: 1 row repeats an edge; it counts once." in done.stderr
    told = answer(townsquare("run", "network", *words, "--out", "other", "--json", cwd=tmp_path))
    assert {row["measure"] for row in told["summary"]} >= {"opinion_mean", "opinion_groups", "opinion_no_change"}
    assert townsquare("check", "network", cwd=tmp_path).returncode == 0
    assert open_run(tmp_path / "run").agents()["name"].to_list() == ["ann", "bob", "cid"]


@pytest.mark.parametrize(
    ("table", "says"),
    [
        (
            "id,opinion\na,.5\nb,1.7\n",
            "column 'opinion' gives node 'b' the opinion '1.7', and opinions lie from 0 to 1",
        ),
        ("id,opinion\na,.5\nc,1\n", "line 3: the edge dangles, for node 'b' is not in"),
        ("id,view\na,.5\nb,1\n", "the graph has no column 'opinion'"),
    ],
)
def test_a_bad_graph_is_one_sentence(table: str, says: str, tmp_path: Path) -> None:
    (tmp_path / "edges.csv").write_text("source,target\na,a\na,b\n")
    (tmp_path / "nodes.csv").write_text(table)
    graph = {"kind": "file", "path": str(tmp_path / "edges.csv"), "table": str(tmp_path / "nodes.csv")}
    values = {f"graph.{key}": value for key, value in graph.items()} | {"opinions.start": "column"}
    with pytest.raises(InputError) as caught:
        ts.run("network", set=values, out=tmp_path / "run")
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)
    assert not (tmp_path / "run").exists()


@pytest.mark.usefixtures("_reached")
@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"panel.count": 61}, "is more than the 60 nodes"),
        ({"panel.mind": "llm-reader"}, "cannot decide for a neighbour"),
        ({"panel.mind": "remote"}, "cannot decide for a neighbour"),
        ({"panel.mind": "llm-neighbor"}, "Did you mean 'llm-neighbour'"),
        ({"stubborn.nodes": ["x"]}, "no node 'x'"),
        ({"model.name": "friedkin-johnsen", "model.stubbornness": 2, "schedule": "sweep"}, "from 0 to 1"),
    ],
)
def test_what_cannot_be_built_is_a_sentence(values: dict[str, Any], says: str, tmp_path: Path) -> None:
    base = {key: value for key, value in (TOWN | PANEL).items() if "model.name" not in values or key != "model.epsilon"}
    with pytest.raises(InputError) as caught:
        ts.run("network", set=base | values, out=tmp_path / "run")
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.usefixtures("_reached")
def test_the_estimate_is_about_right(plain: ts.Run, asked: ts.Run) -> None:
    guess = estimate(resolve("network", None, TOWN))
    assert guess["model_calls"] == 0
    assert 0.5 < guess["events"] / len(plain.events()) < 2
    guess = estimate(resolve("network", None, TOWN | PANEL))
    assert 0.7 < guess["model_calls"] / len(asked.asks()) < 1.4
    assert 0.5 < guess["tokens"] / asked.ledger()["tokens_in"] < 2


@pytest.mark.slow
def test_a_million_nodes_and_ten_million_edges(tmp_path: Path) -> None:
    graph = {"graph.kind": "erdos-renyi", "graph.nodes": 1_000_000, "graph.degree": 20}
    run = ts.run("network", set=graph | {"ticks": 3}, out=tmp_path / "run")
    assert run.info.status == "finished"
    assert len(run.events()) < 2.1e6
    guess = estimate(resolve("network", None, graph | {"ticks": 3}))
    assert 0.3 < guess["memory_mb"] / run.info.peak_memory_mb < 3
    assert series(run, "opinion_variance")[2] < series(run, "opinion_variance")[0]
