"""The tour of docs/tour.md: from the landing page to why an agent saw an article in three clicks; its pictures."""

from pathlib import Path
from typing import Any

import pytest

from tests.view.visiting import SCREENS, Visitor, serving

pytestmark = pytest.mark.browser


def test_three_clicks_from_the_landing_page_to_why(browser: Any, demo_served: str) -> None:
    visitor = Visitor(browser, demo_served).opens("/")
    assert visitor.page.locator("h1").first.inner_text() == "Town square"
    visitor.clicks_on(_reader(visitor))
    visitor.page.wait_for_selector("text=/What reader-[1-9][0-9]* saw at tick/")
    visitor.keeps("square-picked", 1150)
    visitor.clicks_on(visitor.page.get_by_text("saw at tick").first)
    assert "reader-" in visitor.page.locator("h3").first.inner_text()
    visitor.keeps("feed", 1000)
    visitor.clicks_on("Why was it here?")
    told = visitor.page.locator("h3").first.inner_text()
    assert "reader-" in told
    assert "in place 1:" in told
    assert visitor.clicks == 3
    visitor.keeps("why", 1500)
    visitor.fine()


def test_the_picture_of_the_town(browser: Any, demo_served: str) -> None:
    visitor = Visitor(browser, demo_served).opens("/square?tick=5")
    assert visitor.page.locator("[data-testid=stMetricValue]").first.inner_text() == "5"
    visitor.keeps("square", 1100)
    visitor.fine()


def _reader(visitor: Visitor) -> Any:
    """A reader on the map who stands apart from the others, to be clicked."""
    found = visitor.page.locator("[data-testid=stVegaLiteChart] path[aria-label*='is: user in the loop']")
    found.first.wait_for(timeout=30_000)
    at = found.evaluate_all("all => all.map(one => one.getBoundingClientRect()).map(box => [box.x, box.y])")
    frame = visitor.page.locator("[data-testid=stVegaLiteChart] path.background").first.bounding_box()
    assert frame is not None
    left, top, right, low = frame["x"] + 15, frame["y"] + 15, frame["x"] + frame["width"], frame["y"] + frame["height"]
    inside = [n for n, (x, y) in enumerate(at) if n and left < x < right - 25 and top < y < low - 25]
    alone = {n: min(abs(at[n][0] - x) + abs(at[n][1] - y) for m, (x, y) in enumerate(at) if m != n) for n in inside}
    return found.nth(max(alone, key=lambda n: (alone[n], -n)))


@pytest.mark.skipif(not SCREENS, reason="pictures of the documentation are wanted only where TOWNSQUARE_SCREENS says")
@pytest.mark.parametrize(
    ("name", "address", "height"),
    [
        ("runs", "/runs", 900),
        ("overview", "/overview?run=campaign", 1300),
        ("opinions", "/square?run=campaign&tick=12", 1050),
        ("agent", "/agent?run=campaign&agent=3&tick=12", 1300),
        ("network", "/network?run=campaign&tick=12&draw=agents", 1250),
        ("moderation", "/moderation?run=moderation&by=channel&action=remove", 1750),
        ("conversations", "/conversations?run=team", 1300),
        ("compare", "/compare?run=campaign&run=campaign-quiet", 1300),
    ],
)
def test_pictures(browser: Any, large_served: str, name: str, address: str, height: int) -> None:
    visitor = Visitor(browser, large_served, height=height).opens(address)
    visitor.page.wait_for_timeout(1_500)
    visitor.keeps(name)
    visitor.fine()


@pytest.fixture(scope="module")
def large_served(tmp_path_factory: pytest.TempPathFactory) -> Any:
    import townsquare as ts

    root: Path = tmp_path_factory.mktemp("large") / "runs"
    campaign = {"members.count": 500, "ticks": 20, "persuaders.followers": 0.1}
    ts.run("moderation", seed=3, set={"members.count": 300, "ticks": 10, "review.capacity": 1}, out=root / "moderation")
    ts.run("team", seed=3, set={"ticks": 6}, out=root / "team")
    ts.run("news", seed=7, set={"users.count": 300, "ticks": 6}, out=root / "news")
    ts.run("campaign", seed=3, set={**campaign, "persuaders.count": 0}, out=root / "campaign-quiet")
    ts.run("campaign", seed=3, set=campaign, out=root / "campaign")
    with serving(root) as address:
        yield address
