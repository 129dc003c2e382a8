"""The news town tick by tick: breaking news, drift, pairing between arms, threads, resuming."""

import asyncio
from typing import Any

import numpy as np
import pytest

from townsquare import build
from townsquare.protocols import Actions, Events, Observations
from townsquare.protocols.events import REASON
from townsquare.protocols.scenario import load
from townsquare.sim import engine
from townsquare.sim.environments.feed_rules import drift

TOWN = {
    "users.count": 30, "creators.count": 5, "creators.articles": 2, "slate.length": 8, "clicks": 3, "ticks": 10,
    "window": 3, "recommender.name": "popular",
}  # fmt: skip


def town(values: dict[str, Any] | None = None, workers: int = 1) -> tuple[Any, build.Built]:
    scenario = load("news", TOWN | (values or {}))
    return scenario, build.build(scenario, workers)  # type: ignore[arg-type]


def live(scenario: Any, built: build.Built, ticks: range) -> list[Events]:
    found = []
    for t in ticks:
        build.retune(built, scenario, t)
        found.append(asyncio.run(engine.tick(t, built.town)))
    return found


def test_breaking_news_has_the_chosen_tick_topic_quality_and_count() -> None:
    story = {"tick": 4, "topic": 2, "quality": 7.25, "count": 3}
    scenario, built = town({"interruptions": [story]})
    events = live(scenario, built, range(6))
    for t, made in enumerate(events):
        posts = made.only("post")
        broke = posts.where(posts.why == REASON["interruption"])
        assert len(broke) == (3 if t == 4 else 0)
        if t == 4:
            assert broke.value.tolist() == [7.25] * 3
            assert built.environment.articles["category"][broke.item].tolist() == [2] * 3
            assert built.environment.articles["quality"][broke.item].tolist() == [7.25] * 3
            off = built.environment.articles.content(broke.item) - built.environment.cast.topics[2]
            assert np.abs(off).max() < 0.05 * 6
    shown = events[4].only("shown")
    new = shown.item[shown.why == REASON["cold_start"]]
    assert set(new.tolist()) & set(events[4].only("post").item[-3:].tolist())


def test_a_story_moves_no_creator() -> None:
    plain, broken = (town(v) for v in ({}, {"interruptions": [{"tick": 1, "topic": 2, "quality": 7.0, "count": 5}]}))
    for made in (plain, broken):
        live(*made, range(2))
    assert (plain[1].environment.creators == broken[1].environment.creators).all()


def drawn(values: dict[str, Any], ticks: int) -> dict[tuple[int, int, int], float]:
    """(tick, reader, key) -> the click noise a reader drew for a story, as its mind sees it."""
    scenario, built = town(values)
    found = {}
    honest = built.town.minds["users"]

    class Noting:
        async def decide(self, seen: Observations) -> Actions:
            noise = built.environment.streams.gumbel("click", seen.tick, seen.agents[:, None], seen.keys)
            for i, agent in enumerate(seen.agents.tolist()):
                for key, item, g in zip(seen.keys[i].tolist(), seen.items[i].tolist(), noise[i].tolist(), strict=True):
                    if item >= 0:
                        found[seen.tick, agent, key] = g
            return await honest.decide(seen)

    built.town.minds = {**built.town.minds, "users": Noting()}
    live(scenario, built, range(ticks))
    return found


def test_a_reader_draws_the_same_for_a_story_in_every_arm() -> None:
    """Another recommender and breaking news shift ids; what hangs on a story stays."""
    arms = [
        drawn(values, 6)
        for values in (
            {}, {"recommender.name": "random"},
            {"interruptions": [{"tick": 2, "topic": 1, "quality": 5.0, "count": 4}]},
        )
    ]  # fmt: skip
    for other in arms[1:]:
        shared = arms[0].keys() & other.keys()
        assert len([k for k in shared if k[0] > 2]) > 100
        assert {k: arms[0][k] for k in shared} == {k: other[k] for k in shared}


def test_keys_outlive_ids() -> None:
    plain, broken = (town(v)[1] for v in ({}, {"interruptions": [{"tick": 1, "topic": 1, "quality": 5.0, "count": 4}]}))
    scenario = load("news", TOWN | {"interruptions": [{"tick": 1, "topic": 1, "quality": 5.0, "count": 4}]})
    live(load("news", TOWN), plain, range(4))
    live(scenario, broken, range(4))
    a, b = plain.environment.articles, broken.environment.articles
    assert len(b) == len(a) + 4
    keys = {int(k): (int(w), int(t)) for k, w, t in zip(b["key"], b["author"], b["born"], strict=True)}
    assert len(keys) == len(b)
    for key, author, born in zip(a["key"].tolist(), a["author"].tolist(), a["born"].tolist(), strict=True):
        assert keys[key] == (author, born)
    assert (a["key"][25:40] != b["key"][25:40]).any()  # the same ids are other stories


def test_settings_may_change_at_a_tick() -> None:
    changes = [
        {"tick": 3, "set": {"recommender.name": "random", "clicks": 1}},
        {"tick": 5, "set": {"slate.cold_start": 1.0, "users.step": 0.0, "creators.articles": 1}},
    ]
    scenario, built = town({"changes": changes})
    plain, twin = town()
    names = []
    for t in range(7):
        before = built.environment.readers.copy()
        (ours,), (theirs,) = live(scenario, built, range(t, t + 1)), live(plain, twin, range(t, t + 1))
        names.append(type(built.town.recommender).__name__)
        assert (ours.digest() == theirs.digest()) == (t < 3)
        assert len(ours.only("click")) == 30 * (3 if t < 3 else 1)
        assert len(ours.only("post")) == (10 if t < 5 else 5)
        assert (built.environment.readers == before).all() == (t == 0 or t >= 5)
        cold = (ours.only("shown").why == REASON["cold_start"]).sum()
        assert cold == 30 * (0 if t == 0 else 2 if t < 5 else 5)
    assert names == ["Popular"] * 3 + ["Random"] * 4


def test_drift_is_the_sum_over_clicks() -> None:
    scenario, built = town()
    live(scenario, built, range(3))
    env = built.environment
    before = env.readers.copy()
    live(scenario, built, range(3, 4))
    view = env.view
    assert view is not None
    moved = before.copy()
    for n, (agent, item) in enumerate(zip(view.clicked.agent, view.clicked.item, strict=True)):
        target = env.articles.content(np.array([item])).astype(float)
        utility = view.quality_part[n : n + 1] + view.match_part[n : n + 1]
        kappa = env.cast.readers["concentration"][[agent]]
        moved[agent] += drift(before[[agent]], target, view.is_liked[n : n + 1], utility, kappa, 0.1)[0]
    assert env.readers == pytest.approx(moved, abs=1e-8)
    assert (env.readers != before).any(axis=1).sum() > 20


def test_nobody_drifts_in_the_first_tick() -> None:
    scenario, built = town()
    before = built.environment.readers.copy()
    (events,) = live(scenario, built, range(1))
    assert (built.environment.readers == before).all()
    assert len(events.only("like")) > 0


def test_quality_of_new_articles_counts_likes_on_own_articles_in_circulation() -> None:
    scenario, built = town()
    for t in range(6):
        env = built.environment
        likes, born, author = (np.array(env.articles[name]) for name in ("likes", "born", "author"))
        live(scenario, built, range(t, t + 1))
        for item in env.articles.new(t):
            own = (author == env.articles["author"][item]) & (born >= t - 3)
            assert env.articles["quality"][item] == pytest.approx(np.log(1 + likes[own].sum()), abs=1e-9)


def test_creators_move_to_the_mean_of_what_they_wrote() -> None:
    scenario, built = town()
    live(scenario, built, range(3))
    env = built.environment
    content = env.articles.content(env.articles.new(2)).astype(float).reshape(5, 2, -1)
    assert env.creators == pytest.approx(content.mean(axis=1), abs=1e-5)


def test_article_zero_can_be_liked() -> None:
    scenario, built = town({"users.threshold.mean": 0.0, "users.threshold.sd": 0.0, "ticks": 2})
    (events,) = live(scenario, built, range(1))
    assert 0 in events.only("like").item
    users, items, _ = built.environment.memory.likes_between(0, 1)
    assert (items == 0).sum() == built.environment.articles["likes"][0] > 0
    live(scenario, built, range(1, 2))
    interactions, _ = built.environment.history(1)
    assert interactions.matrix().toarray()[:, 0].sum() == (items == 0).sum()
    assert len(users) == len(items)


@pytest.mark.parametrize("threshold", [0.99999, 1e-8])
def test_all_measures_are_numbers_whatever_is_liked(threshold: float) -> None:
    """Nothing warns (warnings are errors here), and only what has no meaning without likes is NaN."""
    scenario, built = town({"users.threshold.mean": threshold, "users.threshold.sd": 0.0})
    for t in range(5):
        live(scenario, built, range(t, t + 1))
        table = build.measure(built, t)
        assert not table["measure"].duplicated().any()
        values = dict(zip(table["measure"], table["value"], strict=True))
        missing = {name for name, value in values.items() if not np.isfinite(value)}
        if threshold > 0.5:
            allowed = ("like", "corr_", "topic_shift", "spread_in", "loop_distance", "quality_liked")
            allowed += ("match_mrr",) if t == 0 else ()  # the first lists have no match places
            assert {name for name in missing if not any(word in name for word in allowed)} == set()
            assert values["likes_per_user"] == 0
        elif t > 1:
            everybody = built.environment.trained[0].all()
            empty = {"spread_out_loop", "loop_distance"} if everybody else set()
            assert missing <= empty


def test_threads_change_nothing() -> None:
    ways = []
    for workers in (1, 3):
        scenario, built = town({"users.count": 150, "slate.hot": 0.2, "recommender.name": "item-knn"}, workers)
        digests = [events.digest() for events in live(scenario, built, range(4))]
        ways.append((digests, {k: np.array(v).tobytes() for k, v in built.environment.state().items()}))
    assert ways[0] == ways[1]


def test_likes_and_exposures_are_learnt_from_the_window_only() -> None:
    scenario, built = town()
    live(scenario, built, range(6))
    interactions, catalogue = built.environment.history(6)
    assert interactions.ticks.min() == 3
    assert (np.diff(interactions.ticks) >= 0).all()
    assert interactions.items.min() >= 30
    assert interactions.n_items == len(catalogue) == 60
    assert catalogue.vectors is not None
    assert not catalogue.vectors[:30].any()
    assert catalogue.vectors[30:].any(axis=1).all()


def test_an_earlier_tick_is_learnt_from_again_as_it_was() -> None:
    """What a resumed run asks for when the recommender learns every few ticks only."""
    scenario, built = town({"retrain": 3})
    live(scenario, built, range(4))
    then, shelf = built.environment.history(4)
    then_users, then_vectors = then.users.tolist(), np.array(shelf.vectors)
    live(scenario, built, range(4, 6))
    again, catalogue = built.environment.history(3)
    assert (again.n_items, len(catalogue)) == (40, 40)
    assert again.ticks.max() == 2
    again, catalogue = built.environment.history(4)
    assert again.n_items == 50
    assert again.users.tolist() == then_users
    assert np.array_equal(catalogue.vectors[:40], then_vectors)  # type: ignore[index]


@pytest.mark.parametrize("name", ["similar", "recent", "popular", "item-knn"])
def test_taken_up_from_its_state_a_town_goes_on_the_same(name: str) -> None:
    values = {"retrain": 3, "recommender.name": name, "slate.cold_start_by": "likes"}
    scenario, built = town(values)
    live(scenario, built, range(5))
    build.measure(built, 4)
    _, again = town(values)
    asyncio.run(build.restore(again, scenario, 5, {k: np.array(v) for k, v in build.state_of(built).items()}))
    assert (again.environment.trained[0] == built.environment.trained[0]).all()
    for t in range(5, 9):
        (ours,), (theirs,) = live(scenario, built, range(t, t + 1)), live(scenario, again, range(t, t + 1))
        assert ours.digest() == theirs.digest()
        a, b = build.measure(built, t), build.measure(again, t)
        assert a.equals(b)


def test_without_exposures_nothing_but_the_record_is_smaller() -> None:
    scenario, built = town({"record.exposures": False})
    plain, twin = town()
    for t in range(3):
        (ours,), (theirs,) = live(scenario, built, range(t, t + 1)), live(plain, twin, range(t, t + 1))
        assert len(ours.only("shown")) == 0
        assert ours.digest() == theirs.where(theirs.kind != 1).digest()
