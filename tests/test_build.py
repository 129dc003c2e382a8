"""From a scenario to a town."""

import asyncio
from pathlib import Path
from typing import Any, get_type_hints

import numpy as np
import pytest

from townsquare import build
from townsquare.protocols import InputError, Interactions, ScenarioError, Settings, Streams, known, registry
from townsquare.protocols.scenario import load
from townsquare.sim import engine
from townsquare.sim.measures.view import TickView

TOWN = {
    "users.count": 20, "creators.count": 4, "creators.articles": 2, "slate.length": 6, "clicks": 3, "ticks": 8,
    "recommender.name": "popular",
}  # fmt: skip


def news(values: dict[str, Any] | None = None) -> Any:
    return load("news", TOWN | (values or {}))


def digests(scenario: Any, ticks: int = 4, workers: int = 1) -> list[bytes]:
    built = build.build(scenario, workers)
    found = []
    for t in range(ticks):
        build.retune(built, scenario, t)
        found.append(asyncio.run(engine.tick(t, built.town)).digest())
    return found


def test_same_seed_same_town_other_seed_other_town() -> None:
    assert digests(news()) == digests(news(), workers=3)
    assert not set(digests(news())) & set(digests(news({"seed": 1})))


def test_traits_are_those_of_the_scenario() -> None:
    scenario = news({"users.count": 2000, "users.threshold.mean": 0.6, "users.quality_weight.sd": 0.0,
                     "creators.concentration.mean": 0.2, "creators.concentration.sd": 0.0})  # fmt: skip
    cast = build.build(scenario).environment.cast
    assert cast.readers["threshold"].mean() == pytest.approx(0.6, abs=0.01)
    assert cast.readers["threshold"].std() == pytest.approx(0.1, abs=0.01)
    assert set(cast.readers["quality_weight"].tolist()) == {0.5}
    assert set(cast.creators["concentration"].tolist()) == {0.2}
    assert cast.readers["position"].shape == (2000, 100)
    assert len(cast.creator_categories) == 4


def test_more_readers_leave_the_traits_of_the_others_alone() -> None:
    few, many = (build.build(news({"users.count": n})).environment.cast.readers for n in (20, 30))
    for name in ("threshold", "quality_weight", "concentration"):
        assert (few[name] == many[name][:20]).all()


def test_the_agents_table_names_everybody() -> None:
    built = build.build(news())
    table = built.agents.to_pandas()
    assert table["agent"].tolist() == list(range(24))
    assert table["group"].tolist() == ["users"] * 20 + ["creators"] * 4
    assert table["name"].iloc[[0, 19, 20, 23]].tolist() == ["reader-0", "reader-19", "creator-0", "creator-3"]
    assert (table["threshold"].iloc[20:] == -1).all()
    assert (table["threshold"].iloc[:20] == built.environment.cast.readers["threshold"]).all()


def test_items_are_named_after_tick_creator_and_number() -> None:
    scenario = news({"interruptions": [{"tick": 1, "topic": 0, "quality": 3.0, "count": 1}]})
    built = build.build(scenario)
    for t in range(2):
        build.retune(built, scenario, t)
        asyncio.run(engine.tick(t, built.town))
    table = built.items(1).to_pandas()
    assert table["name"].tolist()[:8] == [f"t1-c{c}-{n}" for c in range(4) for n in range(2)]
    author = int(table["author"].iloc[8]) - 20
    assert table["name"].iloc[8] == f"t1-c{author}-2"
    assert table["item"].tolist() == list(range(8, 17))
    assert np.stack(table["vector"].to_list()).shape == (9, 100)


def test_every_measure_is_asked() -> None:
    scenario = news()
    built = build.build(scenario)
    build.retune(built, scenario, 0)
    asyncio.run(engine.tick(0, built.town))
    expected: list[str] = []
    for name in known("measure"):
        of: Any = registry.find("measure", name)
        if get_type_hints(of)["view"] is TickView:  # the others look at other towns
            expected += list(of(built.environment.view))
    table = build.measure(built, 0)
    assert table["measure"].tolist() == expected
    assert len(set(expected)) == len(expected) > 30
    assert set(table["tick"]) == {0}


@pytest.mark.parametrize(
    ("values", "ticks"),
    [
        ({}, [0, 1, 2, 3, 4, 5, 6, 7]),
        ({"retrain": 3}, [0, 3, 6]),
        ({"retrain": 3, "changes": [{"tick": 4, "set": {"recommender.name": "random"}}]}, [0, 3, 4, 6]),
        ({"retrain": 3, "changes": [{"tick": 4, "set": {"recommender.half_life": 2.0}}]}, [0, 3, 4, 6]),
        ({"retrain": 3, "changes": [{"tick": 4, "set": {"clicks": 2}}]}, [0, 3, 6]),
        ({"retrain": 100}, [0]),
    ],
    ids=str,
)
def test_the_recommender_learns_on_schedule_and_when_replaced(values: dict[str, Any], ticks: list[int]) -> None:
    scenario = news(values)
    built = build.build(scenario)
    learnt = []
    for t in range(8):
        build.retune(built, scenario, t)
        assert built.town.learns == (build.fitted_at(scenario, t) == t)
        if built.town.learns:
            learnt.append(t)
        assert build.fitted_at(scenario, t) == max(x for x in ticks if x <= t)
    assert learnt == ticks


def test_a_topic_that_does_not_exist_is_refused_before_anything_is_written() -> None:
    for topic in (23, -1):
        with pytest.raises(
            ScenarioError, match=rf"topic {topic} does not exist\. Categories go from 0 to 22: category 0, "
        ):
            build.build(news({"interruptions": [{"tick": 1, "topic": topic, "quality": 1.0}]}))
    with pytest.raises(ScenarioError, match=r"topic 'categori 3' does not exist\. Did you mean 'category 3'\?"):
        build.build(news({"interruptions": [{"tick": 1, "topic": "categori 3", "quality": 1.0}]}))


def test_a_topic_by_name_is_the_topic_by_number() -> None:
    named, counted = (
        digests(news({"interruptions": [{"tick": 1, "topic": topic, "quality": 1.0}]})) for topic in ("category 3", 3)
    )
    assert named == counted


def test_an_unknown_mind_is_refused() -> None:
    with pytest.raises(InputError, match=r"no mind named 'behavioral-reader'\. Did you mean 'behavioural-reader'\?"):
        build.build(news({"users.mind": "behavioral-reader"}))


def test_a_recommender_without_the_methods_of_one_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    class Half:
        def __init__(self, config: Settings, streams: Streams) -> None:
            pass

        def fit(self, interactions: Interactions, catalogue: object) -> None:
            pass

    monkeypatch.setattr(registry, "_REGISTERED", {("recommender", "half"): Half})
    with pytest.raises(
        ScenarioError, match=r"recommender 'half' \(.*Half\) does not have the methods of a recommender"
    ):
        build.build(news({"recommender.name": "half"}))


def test_a_recommender_that_remembers_is_taken_up_where_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    from townsquare.sim.recommenders.random import Random

    class Counting(Random):
        ticks = 0

        def update(self, events: Any) -> None:
            self.ticks += 1

        def state(self) -> dict[str, Any]:
            return {"ticks": np.array(self.ticks)}

        def load(self, state: Any) -> None:
            self.ticks = int(state["ticks"])

    monkeypatch.setattr(registry, "_REGISTERED", {("recommender", "counting"): Counting})
    scenario = news({"recommender.name": "counting"})
    built, again = build.build(scenario), build.build(scenario)
    for t in range(3):
        build.retune(built, scenario, t)
        asyncio.run(engine.tick(t, built.town))
    state = build.state_of(built)
    assert int(state["recommender.ticks"]) == 3
    asyncio.run(build.restore(again, scenario, 3, state))
    assert again.town.recommender.ticks == 3  # type: ignore[attr-defined]
    assert (again.environment.trained[0] == built.environment.trained[0]).all()


def test_data_of_ones_own_is_named_by_its_content(tmp_path: Path) -> None:
    path = tmp_path / "articles.csv"
    words = ["sea wind boat", "sea fish boat", "goal ball team", "goal ball match", "vote law seat", "vote law court"]
    rows = [f"a{n},{text},w{n % 3},c{n % 6 // 2}" for n, text in enumerate(words * 5)]
    path.write_text("item_id,text,author,category\n" + "\n".join(rows) + "\n", "utf-8")
    built = build.build(news({"data.articles": str(path)}))
    from hashlib import sha256

    assert list(built.data.values()) == [sha256(path.read_bytes()).hexdigest()]
    assert len(built.environment.cast.topics) == 3
    assert build.build(news()).data == {}


def test_readers_of_ones_own_keep_their_ids(tmp_path: Path) -> None:
    rows = [f"u{user},i{item}" for user in range(12) for item in range(9) if (user + item) % 3]
    (tmp_path / "interactions.csv").write_text("user_id,item_id\n" + "\n".join(rows), "utf-8")
    data = {"data.interactions": str(tmp_path / "interactions.csv")}
    whole = build.build(news(data)).agents.to_pandas()
    readers = whole[whole["group"] == "users"]
    assert set(readers["user_id"][:12]) == {f"u{user}" for user in range(12)}
    assert set(readers["user_id"][12:]) <= {f"u{user}" for user in range(12)}
    assert set(whole["user_id"][whole["group"] == "creators"]) == {""}
    few = build.build(news(data | {"users.count": 5})).agents.to_pandas()
    assert few["user_id"][:5].nunique() == 5
    assert set(build.build(news()).agents["user_id"].to_pylist()) == {""}
