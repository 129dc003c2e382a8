"""Items that are withheld: from one reader or from all, in every town that has lists; nothing else changes."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import townsquare as ts
from tests.commands import answer, townsquare
from townsquare.protocols.errors import ScenarioError
from townsquare.runs import afork, open_run, resolve

TOWNS: dict[str, dict[str, Any]] = {
    "news": {"users.count": 60, "creators.count": 8, "slate.length": 16, "slate.hot": 0.1, "slate.promoted": 0.2,
             "slate.promoted_authors": 2, "clicks": 4},
    "team": {"users.count": 60, "creators.count": 8, "slate.length": 10, "team.posts": 2, "recommender.name": "random"},
    "campaign": {"members.count": 60, "persuaders.start": 1, "persuaders.followers": 0.2, "members.hostile": 0.3,
                 "members.posts": 0.2, "bots.count": 1, "recommender.name": "random", "timeline.length": 8},
    "moderation": {"members.count": 60, "members.posts": 0.4, "members.replies": 0.5, "recommender.name": "popular",
                   "timeline.length": 8},
    "shilling": {"customers.count": 40, "customers.visits": 0.8, "shop.items": 60, "shills.count": 4,
                 "shills.start": 1, "shills.fillers": 10, "shop.slate": 8, "watch": []},
}  # fmt: skip
SLOW = dict.fromkeys(("team", "moderation"), pytest.mark.slow)  # their lists are those of news and campaign
TICKS, AT = 5, 2


@pytest.fixture(scope="module", params=[pytest.param(name, marks=SLOW.get(name, ())) for name in TOWNS])
def parent(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> ts.Run:
    town = TOWNS[request.param] | {"ticks": TICKS}
    return ts.run(request.param, seed=2, set=town, out=tmp_path_factory.mktemp("withheld") / request.param)


def lists(run: ts.Run, tick: int) -> "dict[int, list[int]]":
    shown = run.events(ticks=range(tick, tick + 1), kinds=["shown"]).sort_values(["agent", "rank"])
    return {int(agent): rows["item"].tolist() for agent, rows in shown.groupby("agent")}


def later(run: ts.Run) -> pd.DataFrame:
    return run.events(ticks=range(AT, TICKS), kinds=["shown"])


def much_shown(run: ts.Run) -> int:
    """The item that lies in most lists from the fork on, of those that lie in some at once."""
    shown = later(run)
    at_once = shown.loc[shown["tick"] == AT, "item"]
    return int(shown.loc[shown["item"].isin(at_once), "item"].mode()[0])


def test_what_one_reader_is_not_shown_the_others_are(parent: ts.Run, tmp_path: Path) -> None:
    before, item = lists(parent, AT), much_shown(parent)
    agent = next(one for one, shown in before.items() if item in shown)
    fork = parent.fork(AT, {"withheld": [{"item": item, "agent": agent}]}, out=tmp_path / "fork")
    after = lists(fork, AT)
    assert {one: shown for one, shown in after.items() if one != agent} == {
        one: shown for one, shown in before.items() if one != agent
    }
    assert set(before[agent]) - set(after[agent]) == {item}
    assert len(after[agent]) == len(before[agent])  # another has its place
    shown = later(fork)
    mine = shown["agent"] == agent
    assert not (shown.loc[mine, "item"] == item).any()
    assert (shown.loc[~mine, "item"] == item).any()
    assert fork.tick_events(AT - 1).digest() == parent.tick_events(AT - 1).digest()


def test_what_nobody_is_shown_leaves_the_other_lists_alone(parent: ts.Run, tmp_path: Path) -> None:
    before, item = lists(parent, AT), much_shown(parent)
    fork = parent.fork(AT, {"withheld": [{"item": item}]}, out=tmp_path / "fork")
    after = lists(fork, AT)
    assert not (later(fork)["item"] == item).any()
    touched = {one for one, shown in before.items() if item in shown}
    assert touched
    assert {one: after[one] for one in before if one not in touched} == {
        one: before[one] for one in before if one not in touched
    }
    for one in touched:
        assert set(before[one]) - set(after[one]) == {item}
        assert len(after[one]) == len(before[one])
    assert (
        fork.items().query("item == @item")["born"].tolist() == parent.items().query("item == @item")["born"].tolist()
    )


def test_what_would_not_have_been_shown_makes_no_difference(parent: ts.Run, tmp_path: Path) -> None:
    shown = later(parent)
    agent = int(shown["agent"].iloc[0])
    mine = set(shown.loc[shown["agent"] == agent, "item"])
    item = next(one for one in shown["item"].tolist() if one not in mine)
    withheld = [{"item": item, "agent": agent}, {"item": 2_000_000_000}, {"item": 1_000_000, "agent": agent}]
    fork = parent.fork(AT, {"withheld": withheld}, out=tmp_path / "fork")
    assert fork.digest() == parent.digest()
    assert fork.measures().equals(parent.measures())


@pytest.mark.slow
def test_from_the_first_tick_on_and_for_a_while(parent: ts.Run, tmp_path: Path) -> None:
    """A change takes it back; an item that is not there yet is withheld once it is."""
    name = parent.info.scenario["scenario"]
    born = parent.items().set_index("item")["born"]
    shown = later(parent)
    item = int(shown.loc[(shown["tick"] == AT), "item"].iloc[0])
    town = TOWNS[name] | {
        "ticks": TICKS,
        "withheld": [{"item": item}],
        "changes": [{"tick": AT + 1, "set": {"withheld": []}}],
    }
    run = ts.run(name, seed=2, set=town, out=tmp_path / "run")
    found = run.events(kinds=["shown"]).query("item == @item")
    assert run.items().set_index("item")["born"][item] == born[item]
    assert (found["tick"] > AT).all()
    if name == "shilling":  # goods never leave the shop
        assert len(found)


def test_a_fork_is_the_run_with_the_change_and_goes_on_where_it_stopped(tmp_path: Path) -> None:
    town = TOWNS["news"] | {"ticks": TICKS}
    parent = ts.run("news", seed=2, set=town, out=tmp_path / "parent")
    item = much_shown(parent)
    withheld = [{"item": item}, {"item": item + 1, "agent": 7}]
    change = {"tick": AT, "set": {"withheld": withheld}}
    whole = ts.run("news", seed=2, set=town | {"changes": [change]}, out=tmp_path / "whole")
    assert whole.digest() != parent.digest()

    def stop(done: int, of: int) -> None:
        if done == AT + 1:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        asyncio.run(afork(parent, AT, {"withheld": withheld}, out=tmp_path / "fork", progress=stop))
    fork = open_run(tmp_path / "fork").resume()
    assert fork.digest() == whole.digest()


@pytest.mark.slow
def test_on_the_command_line_killed_and_resumed(tmp_path: Path) -> None:
    town = TOWNS["news"] | {"ticks": 40}
    parent = ts.run("news", seed=2, set=town, out=tmp_path / "parent")
    words = [
        "fork",
        "parent",
        "--at",
        "2",
        "--set",
        f"withheld=[{{item={much_shown(parent)}}}, {{item = 60, agent=7}}]",
    ]
    whole = answer(townsquare(*words, "--out", "whole", "--json", cwd=tmp_path))["digest"]
    assert whole != parent.digest()
    command = [sys.executable, "-m", "townsquare", *words, "--out", "killed"]
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as fork:
        while not (tmp_path / "killed" / "events" / "000006.parquet").exists():
            assert fork.poll() is None
            time.sleep(0.001)
        os.kill(fork.pid, signal.SIGKILL)
    assert open_run(tmp_path / "killed").info.status == "running"
    assert answer(townsquare("resume", "killed", "--json", cwd=tmp_path))["digest"] == whole
    refused = townsquare("fork", "parent", "--at", "2", "--set", "withheld=[{item=1, agent=60}]", cwd=tmp_path)
    assert refused.returncode == 2
    assert "withheld: agent 60 is shown no list; users and panel, who are, have the numbers 0 to 59" in refused.stderr
    assert refused.stderr.strip().count("\n") == 0


@pytest.mark.parametrize("name", list(TOWNS))
def test_a_number_that_cannot_be_is_a_sentence(name: str) -> None:
    group = {"news": "users and panel", "team": "users and panel", "shilling": "customers"}.get(name, "members")
    count = TOWNS[name].get("users.count") or TOWNS[name].get("members.count") or TOWNS[name]["customers.count"]
    for given, says in (
        ([{"item": -1}], "withheld.0.item: Input should be greater than or equal to 0 (got -1)"),
        ([{"item": 2**31}], "withheld.0.item: Input should be less than or equal to 2147483647 (got 2147483648)"),
        ([{"item": 1.5}], "withheld.0.item: "),
        ([{"agent": 1}], "withheld.0.item: Field required"),
        ([{"item": 1, "reader": 3}], "unknown key 'withheld.0.reader'. Allowed here: agent, item."),
        ([{"item": 1, "agent": -2}], f"withheld: agent -2 is shown no list; {group}, who are, have the numbers 0 to"),
        ([{"item": 1, "agent": count}], f"withheld: agent {count} is shown no list; {group}, who are, have the "),
        (12, "withheld: must be a list of tables, such as [{item = 12}] or [{item = 12, agent = 7}]"),
        ([12], "withheld: must be a list of tables"),
    ):
        with pytest.raises(ScenarioError) as found:
            resolve(name, None, TOWNS[name] | {"withheld": given})
        assert str(found.value).startswith(says), str(found.value)
        assert "\n" not in str(found.value)
    later = [{"tick": 1, "set": {"withheld": [{"item": 1, "agent": count}]}}]
    with pytest.raises(ScenarioError, match="is shown no list"):
        resolve(name, None, TOWNS[name] | {"changes": later})


@pytest.mark.parametrize("name", ["network", "persuasion"])
def test_a_town_without_lists_has_no_such_key(name: str) -> None:
    with pytest.raises(ScenarioError, match="unknown key 'withheld'"):
        resolve(name, None, {"withheld": [{"item": 1}]})
