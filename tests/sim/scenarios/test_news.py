"""The settings of the news town."""

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from townsquare.protocols import ScenarioError
from townsquare.protocols.scenario import load
from townsquare.sim.scenarios.news import News, Slate


def news(**values: Any) -> Any:
    return load("news", {key.replace("__", "."): value for key, value in values.items()})


def test_defaults_are_the_reference_run() -> None:
    default = news()
    assert (default.users.count, default.creators.count, default.creators.articles) == (1000, 100, 5)
    assert (default.window, default.clicks, default.slate.length, default.retrain, default.ticks) == (5, 10, 50, 1, 50)
    assert default.slate.places() == {"cold_start": 10, "hot": 0, "promoted": 0, "match": 40}
    assert default.recommender.name == "bpr"
    assert (default.users.step, default.creators.step) == (0.1, 0.1)
    assert (default.users.threshold.mean, default.users.threshold.sd) == (0.3, 0.1)
    assert default.users.quality_weight.mean == default.users.concentration.mean == 0.5
    assert default == News()


def test_the_best_quality_follows_from_the_size_of_the_town() -> None:
    assert news().quality_scale() == pytest.approx(math.log(5001)) == pytest.approx(8.517, abs=1e-3)
    assert news(users__count=10_000).quality_scale() == pytest.approx(10.82, abs=1e-2)
    assert news(best_quality=3.0).quality_scale() == 3.0


SHARES = st.lists(st.floats(0, 1), min_size=3, max_size=3).filter(lambda s: sum(s) <= 1)


@given(st.integers(1, 200), SHARES)
def test_places_sum_to_the_length_and_lie_near_their_shares(length: int, shares: list[float]) -> None:
    cold, hot, promoted = shares
    places = Slate(length=length, cold_start=cold, hot=hot, promoted=promoted).places()
    assert sum(places.values()) == length
    assert min(places.values()) >= 0
    for name, share in zip(("cold_start", "hot", "promoted"), shares, strict=True):
        assert places[name] <= share * length + 0.5
        if places["match"]:
            assert places[name] > share * length - 0.5 - 1e-9


def test_half_a_place_is_a_place() -> None:
    assert Slate(length=5, cold_start=0.1).places()["cold_start"] == 1
    assert Slate(length=4, cold_start=0.1).places()["cold_start"] == 0
    assert Slate(length=1, cold_start=0.5, hot=0.5).places() == {"cold_start": 1, "hot": 0, "promoted": 0, "match": 0}


def test_shares_that_do_not_fit_are_added_up_for_the_reader() -> None:
    with pytest.raises(ScenarioError) as caught:
        news(slate__cold_start=0.5, slate__hot=0.4, slate__promoted=0.2)
    assert str(caught.value) == (
        "slate: the shares of the list may sum to 1 at most: cold_start 0.5 + hot 0.4 + promoted 0.2 = 1.1."
    )
    assert news(slate__cold_start=0.7, slate__hot=0.2, slate__promoted=0.1).slate.places()["match"] == 0


def test_clicks_fit_into_the_list() -> None:
    with pytest.raises(ScenarioError, match=r"^clicks \(11\) may not be more than .* slate\.length \(10\)\.$"):
        news(clicks=11, slate__length=10)
    assert news(clicks=10, slate__length=10).clicks == 10


def test_clicks_fit_after_every_change() -> None:
    with pytest.raises(ScenarioError, match=r"clicks \(51\) may not be more"):
        news(changes=[{"tick": 3, "set": {"clicks": 51}}])


def test_breaking_news_lies_within_the_run() -> None:
    with pytest.raises(ScenarioError, match=r"interruptions: tick 50 lies after the last tick, 49\.$"):
        news(interruptions=[{"tick": 50, "topic": 1, "quality": 2.0}])
    assert news(interruptions=[{"tick": 49, "topic": 1, "quality": 2.0}]).interruptions[0].count == 1


def test_a_slip_in_breaking_news_names_its_keys() -> None:
    with pytest.raises(
        ScenarioError,
        match=r"'interruptions\.0\.cuont'\. Did you mean 'count'\? Allowed here: count, quality, tick, topic\.$",
    ):
        news(interruptions=[{"tick": 4, "topic": 1, "quality": 2.0, "cuont": 2}])


@pytest.mark.parametrize("topic", [1.5, True, None])
def test_a_topic_is_a_number_or_a_name(topic: object) -> None:
    assert news(interruptions=[{"tick": 4, "topic": "sport", "quality": 2.0}]).interruptions[0].topic == "sport"
    with pytest.raises(
        ScenarioError, match=r"interruptions\.0\.topic: must be the number or the name of a category \(got"
    ):
        news(interruptions=[{"tick": 4, "topic": topic, "quality": 2.0}])


def test_files_make_the_data_ones_own() -> None:
    scenario = news(data__articles="mine.csv")
    assert scenario.data.name == "own"
    assert str(scenario.data.articles) == "mine.csv"
    with pytest.raises(ScenarioError, match=r"data: name 'own' needs .*articles, interactions, or both"):
        news(data__name="own")


def test_the_control_is_matching_at_random() -> None:
    assert {name: load("news", values).recommender.name for name, values in News.control.items()} == {
        "random": "random"
    }  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "wrong",
    [{"users": {"count": 0}}, {"users": {"centring": 1.0}}, {"users": {"step": -0.1}}, {"creators": {"articles": 4001}},
     {"window": 0}, {"clicks": 0}, {"slate": {"length": 0}}, {"slate": {"hot": 1.1}}, {"slate": {"promote_every": 0}},
     {"retrain": 0}, {"best_quality": 0}, {"users": {"threshold": {"mean": 0.3, "sd": -1}}}],
    ids=str,
)  # fmt: skip
def test_bounds(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        News.model_validate(wrong)
