"""AgentCF step by step: what is asked, in which order, and what stays of it."""

from pathlib import Path
from typing import Any

import pytest

from tests.agents.choosers.school import (
    GOODS,
    LESSONS,
    agentcf,
    data,
    down,
    everything,
    fields,
    one_by_one,
    plain,
    school,
    store,
    taught,
)
from townsquare.agents.choosers import scopes
from townsquare.agents.choosers.length import count
from townsquare.agents.choosers.lessons import Goods, Lesson
from townsquare.protocols.chat import Request
from townsquare.protocols.memory import Entry

ONE = [Lesson(1, 0, 5, 8)]


@pytest.mark.parametrize(("place", "accuracy"), [(1, 0.0), (2, 1.0)])
async def test_negative_is_listed_first(tmp_path: Path, place: int, accuracy: float) -> None:
    """Whoever always takes the first is never right, whoever takes the second always."""
    with school(tmp_path, lambda request: plain(request, place)) as (at, _):
        record = await taught(agentcf(at, memory := store()), memory, LESSONS)
    assert record.accuracy(turn=0) == record.accuracy(turn=1) == accuracy
    assert record.failures == 0


@pytest.mark.parametrize(
    ("places", "asked"),
    [
        ((2, 2), "choose reflect+ describe+ choose describe+"),
        ((1, 2), "choose reflect- describe- choose describe+"),
        ((1, 1), "choose reflect- describe- choose reflect- describe-"),
        ((2, 1), "choose reflect+ describe+ choose reflect- describe-"),
    ],
)
async def test_calls_of_a_lesson(tmp_path: Path, places: tuple[int, int], asked: str) -> None:
    turns = iter(places)

    def say(request: Request) -> dict[str, Any]:
        return plain(request, next(turns) if "place" in fields(request) else 0)

    with school(tmp_path, say) as (at, chat):
        record = await taught(agentcf(at, memory := store()), memory, ONE)
        ledger = at.asked.take().to_pylist()
    kinds = {"place": "choose", "description": "reflect", "first": "describe"}
    found = []
    for request in chat.asked:
        kind = next(kinds[name] for name in kinds if name in fields(request))
        task = request.messages[1].text
        wrong = "misled you" in task or "misled them" in task
        found.append(kind + ("" if kind == "choose" else "-" if wrong else "+"))
    assert " ".join(found) == asked
    assert record.calls == [len(found)]
    assert record.right == [tuple(place == 2 for place in places)]
    assert [row["purpose"] for row in sorted(ledger, key=lambda row: row["number"])] == [k.strip("+-") for k in found]


async def test_each_question_sees_what_the_last_one_changed(tmp_path: Path) -> None:
    with school(tmp_path, lambda request: plain(request, 1)) as (at, chat):
        memory = store()
        await taught(agentcf(at, memory), memory, ONE)
    choose, reflect, describe, again, *_ = chat.asked
    assert [item["title"] for item in data(choose)["items"]] == ["Album 8", "Album 5"]
    assert data(choose)["items"][1]["description"] == "This is Album 5; its category is kind 2."
    assert data(reflect)["reasons"] == data(describe)["reasons"] == f"because {choose.key[:8]}"
    assert data(describe)["taste"] == f"taste {reflect.key[:8]}"
    assert data(again)["taste"] == f"taste {reflect.key[:8]}"
    # only the positive learns, unless asked otherwise
    assert data(again)["items"][0]["description"] == "This is Album 8; its category is kind 2."
    assert data(again)["items"][1]["description"] == f"positive {describe.key[:8]}"


@pytest.mark.parametrize("both", [False, True])
async def test_whether_the_negative_learns(tmp_path: Path, both: bool) -> None:
    with school(tmp_path) as (at, chat):
        memory = store()
        await taught(agentcf(at, memory, update_negative=both), memory, ONE)
    last = chat.asked[-1].key[:8]
    assert scopes.text(memory, scopes.item(5)) == f"positive {last}"
    assert (scopes.text(memory, scopes.item(8)) == f"negative {last}") is both
    assert len(memory.log(scopes.item(8))) == 1 + both


async def test_long_term_memory_grows_by_one_version_per_lesson(tmp_path: Path) -> None:
    with school(tmp_path, lambda request: plain(request, 1)) as (at, _):
        memory = store()
        learner = agentcf(at, memory)
        await taught(learner, memory, [])
        before = {user: [learner.config.introduction] for user in range(3)}
        for lesson in LESSONS:
            memory.write((await learner.learn(lesson, 1)).entries)
            for user in range(3):
                log = [entry.text for entry in memory.log(scopes.taste(user))]
                assert log[: len(before[user])] == before[user]
                assert len(log) == len(before[user]) + (user == lesson.user)
                assert scopes.text(memory, scopes.taste(user)) == log[-1]
                before[user] = log
    assert all(len(set(log)) == len(log) == 4 for log in before.values())


async def test_limits_of_words_hold(tmp_path: Path) -> None:
    def talkative(request: Request) -> dict[str, Any]:
        found = plain(request)
        return {k: v if k in ("place", "explanation") else "word " * 300 for k, v in found.items()}

    with school(tmp_path, talkative) as (at, chat):
        memory = store()
        record = await taught(agentcf(at, memory), memory, ONE)
        outcomes = {row["outcome"] for row in at.asked.take().to_pylist() if row["purpose"] != "choose"}
    assert count(scopes.text(memory, scopes.taste(0))) == 180
    assert count(scopes.text(memory, scopes.item(5))) == 50
    assert (record.failures, record.cut, outcomes) == (0, [5], {"repaired"})
    said = [request.messages[3].text for request in chat.asked if len(request.messages) == 4]
    assert len(said) == 3  # one repair per text, and no more
    assert "300 words, and at most 180 are allowed" in said[0]


@pytest.mark.parametrize("failing", range(1, 7))
async def test_a_lesson_counts_whole_or_not_at_all(tmp_path: Path, failing: int) -> None:
    turns = iter(range(1, 100))

    def say(request: Request) -> Any:
        return down() if next(turns) == failing else plain(request, 1)

    with school(tmp_path, say) as (at, _):
        memory = store()
        learner = agentcf(at, memory)
        await taught(learner, memory, [])
        before = everything(memory)
        record = await one_by_one(learner, memory, ONE)
    assert everything(memory) == before
    assert (record.calls, record.failures) == ([failing], 1)
    assert "the endpoint is down" in record.failed[0]


@pytest.mark.parametrize("bad", [{"first": "a", "second": " "}, {"first": "", "second": "b"}, {"second": "b"}])
async def test_both_descriptions_are_needed(tmp_path: Path, bad: dict[str, str]) -> None:
    with school(tmp_path, lambda request: bad if "first" in fields(request) else plain(request)) as (at, _):
        memory = store()
        record = await taught(agentcf(at, memory), memory, ONE)
    assert record.failures == 1
    assert record.failed[0].startswith("describe: invalid")
    assert len(memory) == 3 + len(GOODS)


async def test_a_word_travels_from_user_to_item_to_user(tmp_path: Path) -> None:
    """Preference propagation: what A is told comes up in the item A takes, and in B, who takes it afterwards."""

    def copying(request: Request) -> dict[str, Any]:
        found, shown = plain(request), data(request)
        if "first" in found:
            word = " ".join(w for w in shown["taste"].split() if w == "shakuhachi")
            return {"first": "as it was", "second": f"for people of {word or 'no word'}"}
        if "description" in found:
            return {"description": f"I took what is {shown['items'][1]['description']} {shown['taste']}"}
        return found

    with school(tmp_path, copying) as (at, _):
        memory = store()
        learner = agentcf(at, memory, users=2)
        start = list(learner.start())
        start[0] = Entry(start[0].scope, 0, "I love shakuhachi")
        memory.write(start)
        record = await one_by_one(learner, memory, [Lesson(1, 0, 4, 7)])
        assert "shakuhachi" in scopes.text(memory, scopes.item(4))
        assert "shakuhachi" not in scopes.text(memory, scopes.taste(1))
        record = await one_by_one(learner, memory, [Lesson(2, 1, 4, 7)])
    assert record.failures == 0
    assert "shakuhachi" in scopes.text(memory, scopes.taste(1))


async def test_retrieval_looks_at_the_middle_of_the_log_only(tmp_path: Path) -> None:
    """The first version and the current one are never retrieved, however near they are."""
    with school(tmp_path) as (at, chat):
        memory = store()
        learner = agentcf(at, memory)
        memory.write(learner.start())
        for tick, words in enumerate(["Album 3 its category", "flutes and drums", "Album 3 kind 0 exactly"], start=1):
            memory.write([Entry(scopes.taste(0), tick, words)])
        for end, expected in ((4, "Album 3 its category"), (3, "Album 3 its category"), (2, ""), (1, "")):
            await learner.rank(0, [3, 6], "b+r", tick=end)
            assert data(chat.asked[-1])["earlier"] == expected
        await learner.rank(0, [3, 6], "b", tick=4)
    assert data(chat.asked[-1])["earlier"] == []


async def test_history_shows_the_last_titles_and_never_the_candidate(tmp_path: Path) -> None:
    goods = Goods(tuple(f"Record <{i}>" for i in range(40)), ("",) * 40, ("",) * 40)
    with school(tmp_path) as (at, chat):
        memory = store()
        learner = agentcf(at, memory, goods, users=1)
        memory.write(learner.start())
        order = await learner.rank(0, [39, 30], "b+h", tick=1, history=list(range(25)))
    shown = data(chat.asked[-1])
    assert shown["history"] == [f"Record <{i}>" for i in range(5, 25)]
    assert [item["title"] for item in shown["items"]] == ["Record <39>", "Record <30>"]
    assert order == (1, 0)


async def test_the_test_sees_nothing_that_was_written_later(tmp_path: Path) -> None:
    with school(tmp_path) as (at, chat):
        memory = store()
        learner = agentcf(at, memory)
        await taught(learner, memory, LESSONS)
        await learner.rank(0, [5, 8], "b", tick=1)
    shown = data(chat.asked[-1])
    assert shown["taste"] == learner.config.introduction
    assert shown["items"][0]["description"] == "This is Album 5; its category is kind 2."
