"""A small town after some ticks, whose measures can be worked out the long way."""

import asyncio
from typing import Any

import pytest

from townsquare import build
from townsquare.protocols.scenario import load
from townsquare.sim import engine
from townsquare.sim.measures.view import TickView

TOWN = {
    "users.count": 40, "creators.count": 7, "creators.articles": 2, "slate.length": 12, "clicks": 5, "ticks": 9,
    "window": 3, "recommender.name": "item-knn", "slate.hot": 0.2,
}  # fmt: skip


def town_at(tick: int, values: dict[str, Any] | None = None) -> build.Built:
    """A town after ``tick``, measured up to the tick before it."""
    scenario: Any = load("news", TOWN | (values or {}))
    built = build.build(scenario)
    for t in range(tick + 1):
        build.retune(built, scenario, t)
        asyncio.run(engine.tick(t, built.town))
        if t < tick:
            build.measure(built, t)
    return built


@pytest.fixture(scope="session")
def town() -> build.Built:
    return town_at(6)


@pytest.fixture(scope="session")
def tick_before() -> build.Built:
    """The same town one tick earlier."""
    return town_at(5)


@pytest.fixture
def view(town: build.Built) -> TickView:
    found = town.environment.view
    assert found is not None
    return found


@pytest.fixture(scope="session", params=[0, 1, 5], ids=lambda t: f"tick {t}")
def loveless(request: pytest.FixtureRequest) -> TickView:
    """A town in which nobody likes anything."""
    found = town_at(request.param, {"users.threshold.mean": 0.99999, "users.threshold.sd": 0.0}).environment.view
    assert found is not None
    assert len(found.liked.agent) == 0
    assert len(found.clicked.agent) == 200
    return found
