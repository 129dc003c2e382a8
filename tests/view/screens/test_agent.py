"""One agent and its decisions."""

import shutil
from pathlib import Path

import pytest

import townsquare as ts
from tests.view.towns import page, panel, told
from tests.view.two_layers import MIND
from townsquare.view import decisions, memories

READER, WRITER = 40, 47
"""Agents: readers 0 to 39, the panel, creators, the writer."""


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("runs")
    panel(root / "panel")
    return root


@pytest.fixture(scope="module")
def run(root: Path) -> ts.Run:
    return ts.open_run(root / "panel")


def test_the_chain_of_a_decision_is_on_the_page(run: ts.Run) -> None:
    opened = page("agent", run="panel", agent=READER, tick=3)
    assert not opened.exception
    shown = told(opened)
    for part in (
        "What lay before it",
        "Who it was told it is",
        "Memories recalled",
        "The prompt and the answer",
        "What it did",
    ):
        assert part in shown, part
    reply = decisions.asked(run, READER, 3)[0].turns[-1].reply
    assert reply in [one.value for one in opened.code]
    events = run.events(ticks=range(3, 4))
    mine = events[(events["agent"] == READER) & (events["kind"] == "shown")].sort_values("rank")
    assert opened.dataframe[1].value["item"].tolist() == mine["item"].tolist()
    assert (opened.query_params["agent"], opened.query_params["tick"]) == (str(READER), "3")
    done = next(one.value for one in opened.dataframe if "seq" in one.value)
    places = dict(zip(mine["item"], mine["rank"] + 1, strict=True))
    clicks = done[done["kind"] == "click"]
    assert len(clicks)
    assert clicks["place"].tolist() == [places[item] for item in clicks["item"]]
    assert done["ref"].dropna().ge(0).all()


def test_repairs_are_told_apart(run: ts.Run) -> None:
    found = [(agent, tick, one) for agent in (READER, READER + 1, WRITER) for tick in run.ticks()
             for one in decisions.asked(run, agent, tick)]  # fmt: skip
    assert len(found) == len(run.asks())
    repaired = [(agent, tick) for agent, tick, one in found if one.repaired]
    assert repaired
    agent, tick = repaired[0]
    opened = page("agent", run="panel", agent=agent, tick=tick)
    assert "The repair" in [one.value for one in opened.subheader]
    assert "I would rather not say it as JSON." in [one.value for one in opened.code]


def test_memories_are_those_of_the_prompt_with_scores(run: ts.Run) -> None:
    held = memories.held(run, READER, "panel")
    assert held is not None
    assert len(held)
    assert held["version"].tolist() == list(range(1, len(held) + 1))
    assert set(held["layer"]) == {"episode"}
    asked = decisions.asked(run, READER, 3)[0].turns[0]
    block = asked.block("memories")
    items = run.events(ticks=range(3, 4), kinds=["shown"]).query(f"agent == {READER}").sort_values("rank")["item"]
    scored = memories.recalled(run, READER, "panel", 3, memories.of_items(asked.block("items")), items.tolist())
    assert scored is not None
    assert scored["score"].is_monotonic_decreasing
    assert (scored["tick"] < 3).all()
    assert block
    for line in block:  # "2 rounds ago: I opened ..."
        assert line.partition(": ")[2] in scored["text"].tolist()


def test_layers_and_their_versions_over_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = panel(tmp_path / "layers", **{"panel.mind": MIND})
    monkeypatch.setenv("TOWNSQUARE_VIEW_ROOT", str(tmp_path))
    held = memories.held(run, READER, "panel")
    assert held is not None
    assert set(held["layer"]) == {"episode", "separated", "fused"}
    mine = held[(held["layer"] == "fused") & (held["domain"] == "liked")]
    assert mine["version"].tolist() == list(range(1, len(mine) + 1))
    force = int((mine["tick"] < 2).sum())
    opened = page("agent", run="layers", agent=READER, tick=2, layer="fused", domain="liked")
    assert not opened.exception
    assert f"At tick 2 version {force} of {len(mine)} was in force." in told(opened)
    code = [one.value for one in opened.code]
    assert mine["text"].iloc[force - 1] in code
    assert mine["text"].iloc[force - 2] in code
    kept = next(one.value for one in opened.dataframe if "importance" in one.value)
    assert kept["text"].tolist() == held[held["tick"] == 2]["text"].tolist()
    opened.slider(key=f"memory-version-2-{len(mine)}").set_value(1).run()
    assert mine["text"].iloc[0] in [one.value for one in opened.code]
    opened.selectbox(key="memory-layer").set_value("episode").run()
    assert not opened.exception
    assert opened.query_params["layer"] == "episode"
    assert "domain" not in opened.query_params
    episodes = held[held["layer"] == "episode"]["text"].tolist()
    assert episodes in [one.value["text"].tolist() for one in opened.dataframe if "importance" in one.value]


def test_nobody_asked_and_nothing_kept_are_sentences() -> None:
    opened = page("agent", run="panel", agent=3, tick=1)
    shown = told(opened)
    assert "No language model decided for it in this tick" in shown
    assert "Nothing is kept" in shown
    assert "behavioural-reader" in shown


def test_actions_by_kind_with_a_way_to_their_causes(run: ts.Run) -> None:
    opened = page("agent", run="panel", agent=3, kind="like")
    table = opened.dataframe[-1].value
    events = run.events(kinds=["like"])
    assert len(table) == (events["agent"] == 3).sum()
    leads = opened.session_state["why of everything it did and met-ways"]
    assert [one["item"] for one in leads] == table["item"].tolist()
    assert leads[0] == {"run": "panel", "agent": 3, "tick": table["tick"].iloc[0], "item": table["item"].iloc[0]}
    assert set(table["chain"]) == {"Why"}


def test_a_missing_cassette_and_a_torn_one(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOWNSQUARE_VIEW_ROOT", str(tmp_path))
    shutil.copytree(root / "panel", tmp_path / "panel")
    (tmp_path / "panel" / "cassette.sqlite").unlink()
    opened = page("agent", run="panel", agent=READER, tick=3)
    assert not opened.exception
    assert "this call is not in the cassette" in [one.value for one in opened.code]
    (tmp_path / "panel" / "cassette.sqlite").write_bytes(b"no database")
    opened = page("agent", run="panel", agent=READER, tick=3)
    assert not opened.exception
    assert opened.error


def test_checkpoints_that_are_gone_or_torn_keep_no_memories(run: ts.Run, tmp_path: Path) -> None:
    copy = tmp_path / "panel"
    shutil.copytree(run.path, copy)
    newest = max((copy / "checkpoints").glob("*.npz"))
    newest.write_bytes(newest.read_bytes()[:100])
    assert memories.held(ts.open_run(copy), READER, "panel") is not None  # an older one serves
    other = tmp_path / "other"
    shutil.copytree(run.path, other)
    shutil.rmtree(other / "checkpoints")
    assert memories.held(ts.open_run(other), READER, "panel") is None
