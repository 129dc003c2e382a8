"""A mind elsewhere: the same decisions, whoever makes them, and every failure a visible skip."""

import asyncio
import json
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.agents.minds.elsewhere import Elsewhere, behavioural, mind, recorded
from tests.agents.minds.test_wire_form import creators, readers
from townsquare.agents.minds.creator import Creator
from townsquare.agents.minds.reader import Reader
from townsquare.protocols import Actions, Observations, Streams
from townsquare.protocols.actions import KIND
from townsquare.protocols.errors import ReplayMiss, RunStopped
from townsquare.protocols.events import REASONS
from townsquare.protocols.ioa.cards import Limits


def local(seen: Observations) -> Actions:
    made: Any = Reader if seen.task == "read" else Creator
    return asyncio.run(made(made.Config(), Streams(9)).decide(seen))


def same(a: Actions, b: Actions) -> bool:
    names = [field.name for field in fields(Actions) if field.name != "vector"]
    posts = a.kind == KIND["post"]
    return all(np.array_equal(getattr(a, name), getattr(b, name)) for name in names) and (
        not posts.any() or np.array_equal(a.vector[posts], b.vector[posts])
    )


def silent(actions: Actions) -> dict[int, str]:
    rows = actions.where(actions.kind == KIND["no_answer"])
    return {agent: REASONS[int(why)] for agent, why in zip(rows.agent.tolist(), rows.value.tolist(), strict=True)}


@pytest.mark.parametrize("seen", [readers(), creators()], ids=["readers", "creators"])
@pytest.mark.parametrize("batch", [1, 2, 100])
@pytest.mark.parametrize("names", ["a", "abc", "abcdefgh"])
async def test_the_same_as_at_home(seen: Observations, batch: int, names: str, tmp_path: Path) -> None:
    there = Elsewhere(**dict.fromkeys(names, behavioural))
    found = await mind(recorded(tmp_path / "c"), there.pool(), batch).decide(seen)
    assert same(found, await asyncio.to_thread(local, seen))
    assert {row["agent"] for _, task in there.tasks for row in task["rows"]} == set(seen.agents.tolist())
    assert max(len(task["rows"]) for _, task in there.tasks) <= batch
    used = {to for to, _ in there.tasks}
    assert used == set(names) if len(names) <= len(seen) else len(used) == len(seen)


async def test_the_order_of_answers_does_not_matter(tmp_path: Path) -> None:
    async def late(task: dict[str, Any]) -> Any:
        await asyncio.sleep(0.05)
        return await behavioural(task)

    seen = readers()
    there = Elsewhere(a=late, b=behavioural, c=late)
    assert same(
        await mind(recorded(tmp_path / "c"), there.pool(), 1).decide(seen), await asyncio.to_thread(local, seen)
    )


async def test_each_agent_always_decides_for_the_same_part(tmp_path: Path) -> None:
    there = Elsewhere(a=behavioural, b=behavioural, c=behavioural)
    asked = mind(recorded(tmp_path / "c"), there.pool())
    who: dict[int, set[str]] = {}
    for tick in range(3):
        await asked.decide(replace(readers(), tick=tick))
    for to, task in there.tasks:
        for row in task["rows"]:
            who.setdefault(row["agent"], set()).add(to)
    assert all(len(names) == 1 for names in who.values())


async def test_one_that_is_away_is_skipped_and_the_others_are_not(tmp_path: Path) -> None:
    seen = readers()
    there = Elsewhere(a=behavioural, b=behavioural, c=behavioural)
    there.away = {"b"}
    home = recorded(tmp_path / "c")
    asked = mind(home, there.pool(seconds=0.05, retries=0))
    found = await asked.decide(seen)
    assert silent(found) == {9: "failed", 10: "failed"}
    whole = await asyncio.to_thread(local, seen)
    assert same(found.where(found.kind != KIND["no_answer"]), whole.where(~np.isin(whole.agent, [9, 10])))
    rows = home.asked.take().to_pandas()
    assert rows["outcome"].tolist() == ["answered"] * 2 + ["failed"] * 2 + ["answered"] * 2
    assert rows["why"].tolist()[2] == "b is away"
    before = len(there.tasks)
    await asked.decide(replace(seen, tick=5))
    assert [to for to, _ in there.tasks[before:]].count("b") == 0, "it is not waited for again"
    there.away = set()
    assert not silent(await asked.decide(replace(seen, tick=6)))


async def test_another_is_asked_where_the_settings_say_so(tmp_path: Path) -> None:
    there = Elsewhere(a=behavioural, b=behavioural, c=behavioural)
    there.away = {"b"}
    found = await mind(recorded(tmp_path / "c"), there.pool(seconds=0.05, retries=1)).decide(readers())
    assert same(found, await asyncio.to_thread(local, readers()))


async def test_whoever_takes_too_long_or_fails_says_why(tmp_path: Path) -> None:
    async def slow(task: dict[str, Any]) -> Any:
        await asyncio.sleep(5)

    async def broken(task: dict[str, Any]) -> Any:
        raise RuntimeError("no idea")

    home = recorded(tmp_path / "c")
    there = Elsewhere(a=behavioural, b=slow, c=broken)
    found = await mind(home, there.pool(seconds=0.05, retries=0)).decide(readers())
    assert set(silent(found)) == {9, 10, 11, 12}
    assert home.asked.take().to_pandas()["why"].tolist()[2:] == ["b: no result within 0.05 s"] * 2 + ["c: no idea"] * 2


async def test_nonsense_is_its_own_agents_problem(tmp_path: Path) -> None:
    async def nonsense(task: dict[str, Any]) -> Any:
        mine = task["rows"][0]
        good = {"agent": mine["agent"], "kind": "click", "item": mine["items"][-1]["item"]}
        return {
            "actions": [good, {**good, "agent": 7}, {"agent": task["rows"][1]["agent"], "kind": "click", "item": 5}]
        }

    seen = readers()
    home = recorded(tmp_path / "c")
    there = Elsewhere(a=behavioural, b=nonsense, c=behavioural)
    rows = {9: 2, 10: 3}
    seen.items[3] = seen.items[0]
    found = await mind(home, there.pool()).decide(seen)
    assert silent(found) == {10: "invalid"}
    whole = await asyncio.to_thread(local, seen)
    others = ~np.isin(whole.agent, list(rows))
    kept = found.where((found.kind != KIND["no_answer"]) & ~np.isin(found.agent, list(rows)))
    assert same(kept, whole.where(others))
    outcome = home.asked.take().to_pandas().set_index("agent")
    assert outcome.loc[10, "why"] == "item 5, which it was not shown"


async def test_as_many_tasks_at_a_time_as_the_card_allows(tmp_path: Path) -> None:
    async def slow(task: dict[str, Any]) -> Any:
        await asyncio.sleep(0.01)
        return {"actions": []}

    for parallel, most in ((1, 1), (3, 3)):
        there = Elsewhere(Limits(parallel=parallel), a=slow)
        await mind(recorded(tmp_path / f"c{parallel}"), there.pool(), batch=1).decide(readers())
        assert there.most_at_once == most


async def test_tasks_fit_the_agents_messages(tmp_path: Path) -> None:
    small = Elsewhere(Limits(bytes=3_900), a=behavioural)
    await mind(recorded(tmp_path / "c"), small.pool(), batch=100).decide(readers())
    assert len(small.tasks) > 1
    tiny = Elsewhere(Limits(bytes=2_100), a=behavioural)
    with pytest.raises(
        RunStopped, match=r"a takes messages of 2,100 bytes, and what one agent of the town is shown has"
    ):
        await mind(recorded(tmp_path / "d"), tiny.pool()).decide(readers())
    tiny = Elsewhere(a=behavioural)
    tiny.max_bytes = 2_100
    with pytest.raises(RunStopped, match=r"the server takes messages of 2,100 bytes, .* raise the limit of the server"):
        await mind(recorded(tmp_path / "e"), tiny.pool()).decide(readers())


async def test_everything_is_on_record(tmp_path: Path) -> None:
    seen = readers()
    there = Elsewhere(a=behavioural, b=behavioural)
    there.away = {"b"}
    first = recorded(tmp_path / "c")
    found = await mind(first, there.pool(seconds=0.05, retries=0), batch=1).decide(seen)
    first.cassette.close()
    again = await mind(recorded(tmp_path / "c", "replay"), None).decide(seen)
    assert same(found, again)
    assert silent(again)
    with pytest.raises(ReplayMiss, match=r"no reply for purpose read, agent 7, tick 8 of remote"):
        await mind(recorded(tmp_path / "c", "replay"), None).decide(replace(seen, tick=8))
    with pytest.raises(ReplayMiss, match=r"tick 8 is finished"):
        await mind(recorded(tmp_path / "c", settled=9), None).decide(replace(seen, tick=8))
    past = await mind(recorded(tmp_path / "c", settled=5), None).decide(seen)
    assert same(found, past), "failures of the past are repeated"


class Killed(Exception):
    """The town is gone."""


async def test_nobody_is_asked_twice_for_the_same_tick(tmp_path: Path) -> None:
    asked = []

    async def person(task: dict[str, Any]) -> Any:
        if len(asked) == 3:
            asked.append(-1)
            raise Killed
        asked.extend(row["agent"] for row in task["rows"])
        return await behavioural(task)

    there = Elsewhere(a=person)
    home = recorded(tmp_path / "c")
    with pytest.raises(Killed):
        await mind(home, there.pool(), batch=1).decide(readers())
    home.cassette.close()
    found = await mind(recorded(tmp_path / "c"), there.pool(), batch=1).decide(readers())
    assert same(found, await asyncio.to_thread(local, readers()))
    assert [asked.count(agent) for agent in (7, 8, 9)] == [1, 1, 1]


async def test_the_record_is_small(tmp_path: Path) -> None:
    there = Elsewhere(a=behavioural)
    home = recorded(tmp_path / "c")
    await mind(home, there.pool()).decide(readers())
    sent = sum(len(json.dumps(row)) for _, task in there.tasks for row in task["rows"])
    row = home.asked.take().to_pandas().iloc[0]
    request, record = home.cassette.look_up(row["key"]) or (None, None)
    assert request is not None
    assert record is not None
    assert row["model"] == "remote:a"
    assert record.reply.served_by == "a"  # type: ignore[union-attr]
    assert json.loads(request.messages[0].text)["agent"] == 7
    assert len(request.messages[0].text) < 160 < sent / 6
    assert home.cassette.spent().calls == 0, "no model was called"
