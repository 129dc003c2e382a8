"""AgentCF++: two layers per domain, fusion, and circles."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.agents.choosers.school import (
    GOODS,
    LESSONS,
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
from townsquare.agents.choosers.agentcf_plus import AgentCFPlus
from townsquare.agents.choosers.circles import Circle, lately
from townsquare.agents.choosers.length import count
from townsquare.agents.choosers.lessons import Goods, Lesson
from townsquare.memory.embedders.hashing import Hashing
from townsquare.memory.interest_groups import Group, InterestGroups
from townsquare.memory.layers import DualMemory
from townsquare.protocols import Streams
from townsquare.protocols.chat import Request
from townsquare.protocols.memory import Entry, MemoryStore

DOMAINS = [("Books", "Films", "Music")] * 3
ONE = [Lesson(1, 0, 4, 7)]  # items 4 and 7 are Music


def grouping(tags: Mapping[int, Sequence[str]], tick: int) -> tuple[Group, ...]:
    embedder = Hashing(Hashing.Config(dimensions=256), Streams(0))
    return InterestGroups(InterestGroups.Config(), embedder, Streams(0)).form(tags, tick).groups


def plus(at: Any, memory: MemoryStore, goods: Goods = GOODS, domains: Any = DOMAINS, **config: Any) -> AgentCFPlus:
    embedder = Hashing(Hashing.Config(), Streams(0))
    return AgentCFPlus(AgentCFPlus.Config(**config), at.asker, goods, domains, memory, embedder, grouping)


def texts(memory: MemoryStore) -> dict[Any, str]:
    return {entry.scope: entry.text for entry in memory.entries()}


async def test_a_lesson_changes_one_domain_and_two_items(tmp_path: Path) -> None:
    with school(tmp_path) as (at, _):
        memory = store()
        learner = plus(at, memory)
        memory.write(learner.start())
        before = texts(memory)
        own = [scope for scope in before if scope.kind == "agent" and scope.owner == 0]
        assert sorted((scope.layer, scope.domain) for scope in own) == [
            (layer, domain) for layer in ("fused", "separated") for domain in DOMAINS[0]
        ]
        await one_by_one(learner, memory, ONE)
        after = texts(memory)
    changed = {scope for scope in after if after[scope] != before.get(scope)}
    assert changed == {
        scopes.taste(0, "Music"),
        scopes.fused(0, "Music"),
        scopes.item(4, "Music"),
        scopes.item(7, "Music"),
        scopes.taken(0, "Music"),
    }


async def test_the_same_store_reads_as_a_dual_memory(tmp_path: Path) -> None:
    with school(tmp_path) as (at, _):
        memory = store()
        await taught(plus(at, memory, use="none"), memory, LESSONS)
    dual = DualMemory(DualMemory.Config(), memory, DOMAINS[0])
    assert dual.context(0, "Music", 99).separated == scopes.text(memory, scopes.taste(0, "Music"))
    assert dual.context(0, "Music", 99).fused == scopes.text(memory, scopes.fused(0, "Music"))
    assert dual.item(4, "Music", 99) == scopes.text(memory, scopes.item(4, "Music"))


async def test_a_word_leaves_its_domain_through_fusion_only(tmp_path: Path) -> None:
    """A word that is only in S(0, Books) comes into no prompt about another domain but the fusion's."""

    def say(request: Request) -> dict[str, Any]:
        about = json.dumps(data(request))
        mark = "zither " if "<domain-" in request.messages[1].text and "zither" in about else ""
        return {name: (f"{mark}{v}" if name == "description" else v) for name, v in plain(request).items()}

    with school(tmp_path, say) as (at, chat):
        memory = store()
        learner = plus(at, memory)
        start = [e if e.scope != scopes.taste(0, "Books") else Entry(e.scope, 0, "zither") for e in learner.start()]
        memory.write(start)
        await learner.rank(0, [4, 7], "b+r", tick=1)
        await one_by_one(learner, memory, ONE)
        rank, choose, reflect, fuse, describe = chat.asked
        assert [("zither" in r.messages[1].text) for r in (rank, choose, reflect, fuse)] == [False, False, False, True]
        # what fusion took over is known in Music from then on, as part of its fused text, and nowhere else
        assert "zither" in data(describe)["taste"]
        await learner.rank(0, [4, 7], "b", tick=2)
        assert "zither" in data(chat.asked[-1])["fused"]
        assert "zither" not in data(chat.asked[-1])["taste"]
        await learner.rank(0, [2, 5], "b", tick=2)
        assert "zither" not in chat.asked[-1].messages[1].text


async def test_fusion_sees_all_domains_and_what_it_said_before(tmp_path: Path) -> None:
    def say(request: Request) -> dict[str, Any]:
        return {"description": "word " * 400} if fields(request) == {"description"} else plain(request)

    with school(tmp_path, say) as (at, chat):
        memory = store()
        record = await taught(plus(at, memory, use="dual"), memory, ONE)
    fuse = next(request for request in chat.asked if "<domain-" in request.messages[1].text)
    shown = data(fuse)
    assert list(shown["separated"]) == ["Books", "Films", "Music"]
    assert shown["domain"] == "Music"
    assert shown["fused"] == "I buy things online and enjoy Music."
    assert count(shown["separated"]["Music"]) == 150  # the new separated text, at its own limit
    assert count(scopes.text(memory, scopes.fused(0, "Music"))) == 180
    assert (record.calls, record.cut) == ([4], [2])


async def test_circles_are_few_overlapping_and_the_same_every_time(tmp_path: Path) -> None:
    def say(request: Request) -> dict[str, Any]:
        if "interest_tags" not in fields(request):
            return plain(request)
        turn = int(data(request)["separated"]["Books"].split()[-1])
        return {"interest_tags": [] if turn == 2 else [f"tag {t}" for t in range(turn, turn + 12)]}

    found = []
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        with school(tmp_path / name, say) as (at, chat):
            memory = store()
            learner = plus(at, memory, tags=12)
            start = list(learner.start())
            books = [Entry(e.scope, 0, f"user {e.scope.owner}") for e in start if e.scope.domain == "Books"]
            memory.write([e for e in start if e.scope.domain != "Books"] + books)
            await learner.between(1, over=True)
            found.append(learner.circles)
            assert await learner.rank(2, [4, 7], "b", tick=1) == (1, 0)
            assert data(chat.asked[-1])["circle"] == []
    assert found[0] == found[1]
    assert len(found[0]) == 10
    assert {circle.members for circle in found[0]} >= {(0, 1)}
    assert not any(2 in circle.members for circle in found[0])


def titles(shown: Sequence[Sequence[str]]) -> list[list[str]]:
    """Of circles as a prompt shows them, the name first."""
    return [list(circle[1:]) for circle in shown]


async def test_a_circle_shows_a_few_titles_of_one_domain_from_the_past(tmp_path: Path) -> None:
    with school(tmp_path) as (at, _):
        memory = store()
        lessons = [Lesson(t, t % 3, (1 + 3 * t) % 12 if t % 4 else 2, 10) for t in range(1, 25)]
        await taught(plus(at, memory, use="none"), memory, lessons)
    circles = [Circle("old records", ("jazz",), (0, 2))]
    for before in range(30):
        expected = [
            GOODS.titles[x.positive] for x in lessons if x.user != 1 and x.positive % 3 == 1 and x.tick < before
        ]
        shown = [taken for _, taken in lately(circles, memory, 0, "Music", before=before, most=5)]
        assert shown == ([expected[-5:]] if expected else [])
    assert lately(circles, memory, 1, "Music", before=30, most=5) == []


async def test_prompts_show_no_title_from_the_future(tmp_path: Path) -> None:
    """While learning, circles know what was taken up to the last full batch; at a test, up to its tick."""
    with school(tmp_path) as (at, chat):
        memory = store()
        learner = plus(at, memory, regroup=2)
        lessons = [Lesson(t, t % 3, (1 + 3 * t) % 12, (4 + 3 * t) % 12) for t in range(1, 13)]
        await taught(learner, memory, lessons, batch=2)
        seen = 0
        asks = [request for request in chat.asked if "place" in fields(request)]
        for lesson, request in zip(lessons, asks, strict=True):
            taken = [GOODS.titles[x.positive] for x in lessons if x.tick < lesson.tick - (lesson.tick - 1) % 2]
            for shown in titles(data(request)["circle"]):
                assert shown == taken[-5:]
                seen += 1
        assert seen > 10
        for tick in (3, 7, 13):
            await learner.rank(0, [4, 7], "b", tick=tick)
            taken = [GOODS.titles[x.positive] for x in lessons if x.tick < tick]
            assert all(shown == taken[-5:] for shown in titles(data(chat.asked[-1])["circle"]))


@pytest.mark.parametrize("failing", range(1, 5))
async def test_four_calls_or_nothing(tmp_path: Path, failing: int) -> None:
    turns = iter(range(1, 100))

    def say(request: Request) -> Any:
        return down() if next(turns) == failing else plain(request)

    with school(tmp_path, say) as (at, chat):
        memory = store()
        learner = plus(at, memory)
        memory.write(learner.start())
        before = everything(memory)
        record = await one_by_one(learner, memory, ONE)
        assert everything(memory) == before
        assert (record.failures, len(chat.asked)) == (1, failing)
        record = await one_by_one(learner, memory, [Lesson(2, 0, 4, 7)])
        assert (record.failures, record.calls, len(everything(memory)) - len(before)) == (0, [4], 5)


async def test_switches_change_only_what_they_name(tmp_path: Path) -> None:
    found: dict[str, list[dict[str, Any]]] = {}
    tasks: dict[str, list[str]] = {}
    for use in ("both", "dual", "shared", "none"):
        (tmp_path / use).mkdir()
        with school(tmp_path / use) as (at, chat):
            memory = store()
            learner = plus(at, memory, use=use)
            memory.write(learner.start())
            learner.circles = (Circle("old records", ("jazz",), (0, 1)),)
            memory.write([Entry(scopes.taken(1, "Music"), 0, "Album 10")])
            await learner.rank(0, [4, 7], "b+h", tick=1, history=[1])
            await learner.learn(ONE[0], 1)
            found[use], tasks[use] = [data(r) for r in chat.asked], [r.messages[0].text for r in chat.asked]
            assert len(chat.asked) == 5
    parts = {"both": {"fused", "circle"}, "dual": {"fused"}}
    parts |= {"shared": {"circle"}, "none": set()}
    for use, named in parts.items():
        assert tasks[use] == tasks["both"]
        for place in (0, 1):  # the ranking and the choice
            left = {"fused", "circle"} - named
            assert found[use][place] == {k: v for k, v in found["both"][place].items() if k not in left} | {
                k: [] for k in left
            }
        assert found[use][3].keys() == found["both"][3].keys()
    assert found["both"][0]["circle"] == [["old records", "Album 10"]]


def followers(request: Request) -> dict[str, Any]:
    """Take what one's circles took lately; else go by the alphabet."""
    found, shown = plain(request), data(request)
    if "order" in found:
        news = json.dumps(shown["circle"])
        listed = sorted(shown["items"], key=lambda c: (-news.count(json.dumps(c["title"])), c["title"]))
        return {"order": [c["place"] for c in listed]}
    if "interest_tags" in found:
        return {"interest_tags": ["jazz"] if "jazz" in json.dumps(shown) else ["rock"]}
    if "description" in found and shown["taste"]:
        return {"description": shown["taste"]}
    return found


@pytest.mark.parametrize(("use", "reacts"), [("both", True), ("shared", True), ("dual", False), ("none", False)])
async def test_a_hit_spreads_inside_its_circle(tmp_path: Path, use: str, reacts: bool) -> None:
    """A popularity shock: jazz lovers take Z, one after the other; others of the circle, who have not, hear of it."""
    goods = Goods(tuple("ABCDEFGHIZ"), ("",) * 10, ("Music",) * 10)
    with school(tmp_path, followers) as (at, _):
        memory = store()
        learner = plus(at, memory, goods, [("Music",)] * 8, use=use)
        start = list(learner.start())
        memory.write(
            [
                Entry(e.scope, 0, "I love " + ("jazz" if e.scope.owner < 4 else "rock"))
                if e.scope.kind == "agent"
                else e
                for e in start
            ]
        )
        before = [Lesson(1, 5, 1, 2), Lesson(2, 6, 3, 2)]
        await one_by_one(learner, memory, [*before, *(Lesson(t, t - 3, 9, 0) for t in (3, 4, 5))])
        await learner.between(6, over=True)
        jazz, rock = [await learner.rank(user, list(range(10)), "b", tick=6) for user in (3, 7)]
        early = await learner.rank(3, list(range(10)), "b", tick=3)
    assert jazz is not None
    assert rock is not None
    assert (jazz[0] == 9) is reacts
    assert rock.index(9) == 9  # another circle hears nothing of it
    assert early == tuple(range(10))  # nobody does before it happened


async def test_circles_come_back_with_a_snapshot(tmp_path: Path) -> None:
    with school(tmp_path) as (at, _):
        learner, other = plus(at, memory := store()), plus(at, store())
        memory.write(learner.start())
        await learner.between(5, over=True)
        other.load(learner.state())
    assert learner.circles[0].name == "old records"
    assert (other.circles, other.state()) == (learner.circles, learner.state())
