"""One tick: the barrier, the order, and what becomes of nonsense."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from townsquare import build
from townsquare.protocols import Actions, ContractError, Events, Observations, Streams
from townsquare.protocols.actions import KIND
from townsquare.protocols.events import REASONS
from townsquare.protocols.scenario import load
from townsquare.protocols.town import Mind
from townsquare.sim import engine

TOWN = {
    "users.count": 30, "creators.count": 5, "creators.articles": 2, "slate.length": 8, "clicks": 3, "ticks": 10,
    "window": 3, "recommender.name": "popular",
}  # fmt: skip


class Told:
    """Does as a function says; ``before`` is the mind that would have answered."""

    def __init__(self, before: Mind, answer: Callable[[Observations, Actions], Actions]) -> None:
        self.before, self.answer = before, answer

    async def decide(self, seen: Observations) -> Actions:
        return self.answer(seen, await self.before.decide(seen))


class Slow:
    """The same answer, after a delay that differs each time."""

    def __init__(self, before: Mind, delays: np.random.Generator) -> None:
        self.before, self.delays = before, delays

    async def decide(self, seen: Observations) -> Actions:
        await asyncio.sleep(float(self.delays.uniform(0, 0.004)))
        answer = await self.before.decide(seen)
        await asyncio.sleep(float(self.delays.uniform(0, 0.004)))
        return answer


def town(values: dict[str, Any] | None = None) -> tuple[Any, build.Built]:
    scenario = load("news", TOWN | (values or {}))
    return scenario, build.build(scenario, 1)  # type: ignore[arg-type]


def live(scenario: Any, built: build.Built, ticks: range) -> list[Events]:
    found = []
    for t in ticks:
        build.retune(built, scenario, t)
        found.append(asyncio.run(engine.tick(t, built.town)))
    return found


def replace(built: build.Built, group: str, make: Callable[[Mind], Mind]) -> None:
    built.town.minds = {**built.town.minds, group: make(built.town.minds[group])}


def reasons(events: Events) -> list[str]:
    return [REASONS[code] for code in events.only("refused").why]


class Split:
    """Readers in three cohorts, whose minds answer in any order."""

    def __init__(self, environment: Any) -> None:
        self.environment = environment

    def __getattr__(self, name: str) -> Any:
        return getattr(self.environment, name)

    def observe(self, tick: int, slates: Any) -> list[Observations]:
        (whole,) = self.environment.observe(tick, slates)
        parts = []
        for rows in np.array_split(np.arange(len(whole)), 3):
            columns = {n: getattr(whole, n)[rows] for n in ("agents", "items", "keys")}
            traits, features = ({n: a[rows] for n, a in d.items()} for d in (whole.traits, whole.features))
            parts.append(Observations(whole.tick, "users", "read", limit=whole.limit, traits=traits, features=features,
                                      **columns))  # fmt: skip
        return parts


def test_delays_change_nothing() -> None:
    ways = []
    for seed in (None, 1, 2):
        scenario, built = town()
        built.town.environment = Split(built.environment)
        for group in ("users", "creators") if seed is not None else ():
            delays = Streams(seed or 0).get("delays", group)
            replace(built, group, lambda mind, delays=delays: Slow(mind, delays))  # type: ignore[misc]
        ways.append([events.digest() for events in live(scenario, built, range(4))])
    assert ways[0] == ways[1] == ways[2]


def test_answers_come_in_the_order_asked() -> None:
    class Echo:
        async def decide(self, seen: Observations) -> Actions:
            await asyncio.sleep(0.003 * (3 - int(seen.agents[0])))
            return Actions.of("click", seen.agents, seen.agents)

    def cohort(agent: int) -> Observations:
        return Observations(0, "g", "read", np.array([agent]), 1, np.zeros((1, 0), int))

    answers = asyncio.run(engine.decide([cohort(a) for a in (2, 0, 3, 1)], {"g": Echo()}))
    assert [int(a.agent[0]) for a in answers] == [2, 0, 3, 1]


def test_nothing_changes_before_all_have_decided() -> None:
    scenario, built = town()
    live(scenario, built, range(2))
    seen_state = []

    def look(seen: Observations, answer: Actions) -> Actions:
        seen_state.append({k: np.array(v) for k, v in built.environment.state().items()})
        return answer

    built.town.environment = Split(built.environment)
    replace(built, "users", lambda mind: Told(mind, look))
    live(scenario, built, range(2, 3))
    assert len(seen_state) == 3
    assert same(seen_state[0], seen_state[1]) and same(seen_state[1], seen_state[2])  # noqa: PT018
    assert not same(seen_state[2], dict(built.environment.state()))


def same(a: Mapping[str, Any], b: Mapping[str, Any]) -> bool:
    return a.keys() == b.keys() and all(
        np.array_equal(a[k], b[k], equal_nan=np.asarray(a[k]).dtype.kind == "f") for k in a
    )


# ---- nonsense ------------------------------------------------------------------------------------------------------


def reading(answer: Callable[[Observations, Actions], Actions], start: int = 2) -> tuple[Events, build.Built, Any]:
    """Tick ``start`` with readers that answer like that; the town, and its scenario."""
    scenario, built = town()
    live(scenario, built, range(start))
    honest = built.town.minds["users"]
    replace(built, "users", lambda mind: Told(mind, answer))
    (events,) = live(scenario, built, range(start, start + 1))
    built.town.minds = {**built.town.minds, "users": honest}
    return events, built, scenario


def clicks(agent: list[int], item: Any, kind: str = "click", **rest: Any) -> Actions:
    return Actions.of(kind, np.array(agent), np.broadcast_to(item, len(agent)), **rest)


NONSENSE: dict[str, tuple[Callable[[Observations, Actions], Actions], list[str]]] = {
    "not shown": (lambda seen, _: clicks([0, 1, 2], [999, -1, 10**6]), ["not shown"] * 3),
    "another reader's": (
        lambda seen, _: clicks([0], next(i for i in seen.items.ravel().tolist() if i >= 0 and i not in seen.items[0])),
        ["not shown"],
    ),
    "too old": (lambda seen, _: clicks([0], -2), ["not shown"]),
    "nobody": (lambda seen, _: clicks([-1, 30, 34, 10**6], seen.items[0, 0]), ["not allowed"] * 4),
    "likes without clicks": (lambda seen, _: clicks([0, 1], seen.items[:2, 0], "like"), ["not allowed"] * 2),
    "posts": (lambda seen, _: clicks([0, 1], -1, "post", vector=np.zeros((2, 100))), ["not allowed"] * 2),
    "posts by creators": (lambda seen, _: clicks([30, 31], -1, "post", vector=np.zeros((2, 100))), ["not allowed"] * 2),
    "an unknown kind": (
        lambda seen, _: Actions(*(np.array([x]) for x in (0, 77, seen.items[0, 0], 0.5)), np.zeros((1, 0))),  # type: ignore[arg-type]
        ["not allowed"],
    ),
    "nothing": (lambda seen, _: Actions.concat([]), []),
}


@pytest.mark.parametrize("name", list(NONSENSE))
def test_a_tick_of_nonsense_moves_nobody(name: str) -> None:
    answer, wanted = NONSENSE[name]
    events, built, scenario = reading(answer)
    assert reasons(events) == wanted
    assert len(events.only("click")) == len(events.only("like")) == 0
    quiet, twin, _ = reading(lambda seen, _: Actions.concat([]))
    assert same(dict(built.environment.state()), dict(twin.environment.state()))
    assert events.where(events.kind != 4).digest() == quiet.digest()
    build.measure(built, 2)
    ours, theirs = (live(scenario, b, range(3, 5)) for b in (built, twin))
    assert [e.digest() for e in ours] == [e.digest() for e in theirs]


def test_nonsense_leaves_the_state_as_it_was_before_the_tick() -> None:
    """Counts of clicks and likes, positions of readers, what is remembered of tastes: nothing has moved."""
    scenario, built = town()
    live(scenario, built, range(2))
    before = {k: np.array(v) for k, v in built.environment.state().items()}
    replace(built, "users", lambda mind: Told(mind, lambda seen, _: clicks([0, 99, 1], 12345)))
    replace(
        built, "creators", lambda mind: Told(mind, lambda seen, _: clicks([0, 1], -1, "post", vector=np.ones((2, 3))))
    )
    (events,) = live(scenario, built, range(2, 3))
    assert reasons(events) == ["not allowed"] * 2 + ["not shown", "not allowed", "not shown"]
    after = built.environment.state()
    kept = [k for k in before if k not in {"articles.shown", "articles.starts", "articles.vectors", "articles.first"}]
    kept = [k for k in kept if not k.startswith(("shown.", "likes.0", "mean."))]
    assert {"readers", "creators", "articles.likes", "articles.clicks", "by_author.likes"} <= set(kept)
    assert same({k: before[k] for k in kept}, {k: after[k] for k in kept})
    assert after["likes.2"].shape == (2, 0)


def test_more_clicks_than_the_limit_are_refused_and_the_first_count() -> None:
    def greedy(seen: Observations, _: Actions) -> Actions:
        return clicks([4] * 5, seen.items[4, :5])

    events, built, _ = reading(greedy)
    assert reasons(events) == ["over the limit"] * 2
    kept = events.only("click")
    shown = events.only("shown")
    assert kept.item.tolist() == shown.item[shown.agent == 4][:3].tolist()
    assert kept.rank.tolist() == [0, 1, 2]
    assert built.environment.view is not None
    assert built.environment.view.clicked.agent.tolist() == [4, 4, 4]


def test_duplicates_are_refused_once_each() -> None:
    def twice(seen: Observations, _: Actions) -> Actions:
        a, b = seen.items[7, :2]
        both = [clicks([7, 7, 7], [a, a, b]), clicks([7, 7], [b, b], "like"), clicks([7], a)]
        return Actions.concat(both)

    events, built, _ = reading(twice)
    assert reasons(events) == ["twice"] * 3
    assert len(events.only("click")) == 2
    assert len(events.only("like")) == 1
    assert int(built.environment.memory.by_author["clicks"][7].sum()) == 3 * 2 + 2


def test_a_like_of_a_refused_click_is_refused() -> None:
    def greedy(seen: Observations, _: Actions) -> Actions:
        return Actions.concat([clicks([4] * 4, seen.items[4, :4]), clicks([4], seen.items[4, 3], "like")])

    assert reasons(reading(greedy)[0]) == ["over the limit", "not allowed"]


def test_a_like_may_come_before_its_click() -> None:
    def hasty(seen: Observations, _: Actions) -> Actions:
        return Actions.concat([clicks([4], seen.items[4, 1], "like"), clicks([4], seen.items[4, 1])])

    events = reading(hasty)[0]
    assert reasons(events) == []
    assert events.only("like").rank.tolist() == events.only("click").rank.tolist() == [1]


def creating(answer: Callable[[Observations, Actions], Actions]) -> tuple[Events, build.Built]:
    scenario, built = town()
    live(scenario, built, range(2))
    replace(built, "creators", lambda mind: Told(mind, answer))
    (events,) = live(scenario, built, range(2, 3))
    return events, built


def posts(agent: list[int], item: int = -1, vector: Any = None) -> Actions:
    return clicks(agent, item, "post", vector=np.zeros((len(agent), 100)) if vector is None else vector)


BAD_POSTS: dict[str, tuple[Actions, list[str]]] = {
    "of the wrong width": (posts([30, 31], vector=np.zeros((2, 99))), ["not allowed"] * 2),
    "without content": (posts([30, 31], vector=np.zeros((2, 0))), ["not allowed"] * 2),
    "not a number": (posts([30], vector=np.full((1, 100), np.nan)), ["not allowed"]),
    "infinite": (posts([30], vector=np.full((1, 100), np.inf)), ["not allowed"]),
    "beyond all measure": (posts([30], vector=np.full((1, 100), 1e30)), ["not allowed"]),
    "by a reader or nobody": (posts([0, 29, -1, 35]), ["not allowed"] * 4),
    "inspired by nothing known": (posts([30, 31], item=20), ["unknown item"] * 2),
    "inspired by less than nothing": (posts([30], item=-2), ["unknown item"]),
    "clicks": (clicks([30, 0], 1), ["not allowed"] * 2),
    "none": (Actions.concat([]), []),
}


@pytest.mark.parametrize("name", list(BAD_POSTS))
def test_bad_posts_are_refused_and_readers_go_on(name: str) -> None:
    actions, wanted = BAD_POSTS[name]
    events, built = creating(lambda seen, _: actions)
    assert reasons(events) == wanted
    assert len(events.only("post")) == 0
    assert len(built.environment.articles) == 20
    shown = events.only("shown")
    assert len(shown) == 30 * 8
    assert shown.item.max() < 20
    assert len(events.only("click")) == 30 * 3


def test_posts_over_the_limit_are_refused() -> None:
    events, built = creating(lambda seen, _: posts([30, 31, 30, 30, 30]))
    assert reasons(events) == ["over the limit"] * 2
    assert events.only("post").agent.tolist() == [30, 31, 30]
    assert len(built.environment.articles) == 23


def test_a_town_where_nobody_ever_posts() -> None:
    scenario, built = town()
    replace(built, "creators", lambda mind: Told(mind, lambda seen, _: Actions.concat([])))
    for t in range(6):
        (events,) = live(scenario, built, range(t, t + 1))
        assert len(events) == 0
        assert len(built.items(t)) == 0
        build.measure(built, t)
    silent_click = Told(built.town.minds["users"], lambda seen, _: clicks([0], 0))
    built.town.minds = {**built.town.minds, "users": silent_click}
    assert reasons(live(scenario, built, range(6, 7))[0]) == ["not shown"]


def test_a_pause_longer_than_the_window() -> None:
    scenario, built = town({"ticks": 12})
    replace(
        built, "creators", lambda mind: Told(mind, lambda seen, a: a if not 3 <= seen.tick < 8 else Actions.concat([]))
    )
    counts = []
    for t in range(12):
        (events,) = live(scenario, built, range(t, t + 1))
        build.measure(built, t)
        counts.append((len(events.only("post")), len(events.only("shown")) > 0))
    assert counts == [(10, True)] * 3 + [(0, True)] * 3 + [(0, False)] * 2 + [(10, True)] * 4


@settings(max_examples=8, suppress_health_check=[HealthCheck.too_slow])
@given(arrays(np.int64, (12, 3), elements=st.integers(-2, 40)))
def test_whatever_minds_say_the_books_balance(rows: np.ndarray) -> None:
    """Random actions of random agents on random items: each becomes one event, and counts follow the allowed ones."""

    def anything(seen: Observations, _: Actions) -> Actions:
        kind = np.array([KIND["click"], KIND["like"]])[rows[:, 2] % 2].astype(np.int8)
        return Actions(rows[:, 0].astype(np.int32), kind, rows[:, 1].astype(np.int32), np.zeros(12), np.zeros((12, 0)))

    events, built, _ = reading(anything, start=1)
    acted = events.where(np.isin(events.kind, [2, 3, 4]))
    assert acted.agent.tolist() == rows[:, 0].tolist()
    assert acted.item.tolist() == rows[:, 1].tolist()
    view = built.environment.view
    assert view is not None
    clicked = list(zip(events.only("click").agent.tolist(), events.only("click").item.tolist(), strict=True))
    liked = set(zip(events.only("like").agent.tolist(), events.only("like").item.tolist(), strict=True))
    shown = {(a, i) for a, row in enumerate(view.shown.tolist()) for i in row if i >= 0}
    assert len(set(clicked)) == len(clicked)
    assert liked <= set(clicked) <= shown
    assert len(view.clicked.agent) == len(clicked)
    assert len(view.liked.agent) == len(liked)


def test_a_mind_that_writes_into_what_it_sees_is_named_and_changes_nothing() -> None:
    scenario, built = town()

    def scribble(seen: Observations, answer: Actions) -> Actions:
        seen.traits["position"][:] = 0
        return answer

    built.town.minds["users"] = Told(built.town.minds["users"], scribble)  # type: ignore[index]
    before = built.environment.readers.copy()
    with pytest.raises(ContractError, match=r"^mind .*\.Told failed in decide at tick 0: ValueError: .*read-only\.$"):
        live(scenario, built, range(1))
    assert (built.environment.readers == before).all()


def test_a_mind_that_gives_no_actions_is_named() -> None:
    scenario, built = town()
    built.town.minds["users"] = Told(built.town.minds["users"], lambda seen, answer: None)  # type: ignore[index, arg-type, return-value]
    with pytest.raises(ContractError, match=r"^mind .*\.Told gave NoneType, not Actions\.$"):
        live(scenario, built, range(1))


@pytest.mark.parametrize("verb", ["fit", "update"])
def test_a_recommender_cannot_write_into_the_record(verb: str, monkeypatch: pytest.MonkeyPatch) -> None:
    scenario, built = town()

    def scribble(given: Any, *rest: Any) -> None:
        column = given.agent if verb == "update" else rest[0].authors
        column[:] = 0

    monkeypatch.setattr(built.town.recommender, verb, scribble)
    with pytest.raises(ContractError, match=rf"Popular failed in {verb} at tick 0: ValueError: .*read-only"):
        live(scenario, built, range(1))
