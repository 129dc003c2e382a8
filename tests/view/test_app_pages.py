"""Every page in a real browser: it opens, is clicked through, and nothing goes wrong."""

from typing import Any

import pytest

from tests.view.visiting import Visitor

pytestmark = pytest.mark.browser
PAGES = {
    "runs": "/runs",
    "overview": "/overview?run=news",
    "square": "/square?run=news&tick=2",
    "opinions": "/square?run=campaign&tick=2",
    "feed": "/feed?run=campaign&agent=3&tick=2",
    "why": "/why?run=news&agent=3&tick=3",
    "agent": "/agent?run=news&agent=3&tick=2",
    "network": "/network?run=campaign",
    "moderation": "/moderation?run=team",
    "verdicts": "/moderation?run=moderation&by=channel&action=remove",
    "conversations": "/conversations?run=team",
    "compare": "/compare?run=news&run=team",
}


@pytest.mark.parametrize("name", PAGES)
def test_a_page_opens_by_its_address(browser: Any, towns_served: str, name: str) -> None:
    visitor = Visitor(browser, towns_served).opens(PAGES[name])
    assert visitor.page.locator("h1").count() == 1
    visitor.fine()


def test_clicking_through_all_of_them(browser: Any, towns_served: str) -> None:
    visitor = Visitor(browser, towns_served).opens("/")
    links = visitor.page.get_by_test_id("stSidebarNavLink")
    names = links.all_inner_texts()
    assert len(names) == 10
    for place in range(links.count()):
        visitor.clicks_on(links.nth(place))
        assert visitor.page.locator("h1").first.inner_text() == names[place].split("\n")[-1]
        visitor.fine()


def test_an_address_is_kept_and_can_be_shared(browser: Any, towns_served: str) -> None:
    first = Visitor(browser, towns_served).opens("/feed?run=campaign&agent=3&tick=2").clicks_on("Tick before")
    assert "run=campaign" in first.page.url
    assert "tick=1" in first.page.url
    second = Visitor(browser, towns_served).opens(first.page.url.removeprefix(towns_served))
    heading = "What member-3 (members) saw at tick 1"
    assert first.page.locator("h3").first.inner_text() == heading
    assert second.page.locator("h3").first.inner_text() == heading


def test_a_run_that_was_chosen_stays_chosen(browser: Any, towns_served: str) -> None:
    visitor = Visitor(browser, towns_served).opens("/moderation?run=team")
    visitor.clicks_on(visitor.page.get_by_test_id("stSidebarNavLink").filter(has_text="Conversations"))
    assert "run=team" in visitor.page.url
    visitor.clicks_on(visitor.page.locator("[data-testid=stSidebar] [data-testid=stSelectbox] [role=combobox]"))
    visitor.clicks_on(visitor.page.get_by_role("option", name="moderation", exact=True))
    assert "run=moderation" in visitor.page.url
    visitor.clicks_on(visitor.page.get_by_test_id("stSidebarNavLink").filter(has_text="Moderation"))
    assert "run=moderation" in visitor.page.url
    visitor.fine()


def test_a_verdict_is_looked_at_and_leads_on(browser: Any, towns_served: str) -> None:
    visitor = Visitor(browser, towns_served, height=2200).opens(PAGES["verdicts"])
    before = visitor.page.url
    visitor.clicks_on_cell(visitor.page.locator("[data-testid=stDataFrame]").nth(1), row=1)
    assert visitor.page.url != before
    assert "&by=channel&action=remove" in visitor.page.url
    mark = visitor.page.locator("[data-testid=stHtml] mark").first
    assert mark.inner_text() in visitor.words()
    assert _contrast(_colour(visitor, "[data-testid=stHtml] mark", "color"), (255, 255, 255)) >= 7
    visitor.clicks_on(visitor.page.locator("[data-testid=stPageLink] a", has_text="Its author"))
    assert "/agent?" in visitor.page.url
    visitor.fine()


def test_a_link_from_why_to_another_why(browser: Any, towns_served: str) -> None:
    visitor = Visitor(browser, towns_served).opens("/network?run=campaign")
    visitor.clicks_on("What it rests on, and what came of it")
    before = visitor.page.url
    ways = visitor.page.locator("[data-testid=stPageLink] a", has_text="Item ")
    visitor.clicks_on(ways.first)
    assert visitor.page.url != before
    assert "/why?" in visitor.page.url
    visitor.fine()


def test_the_square_plays(browser: Any, towns_served: str) -> None:
    visitor = Visitor(browser, towns_served).opens("/square?run=news&tick=0")
    tick = visitor.page.locator("[data-testid=stMetricValue]").first
    assert tick.inner_text() == "0"
    visitor.page.get_by_text("Play", exact=True).first.click()
    seen = set()
    for _ in range(40):
        visitor.page.wait_for_timeout(200)
        seen.add(tick.inner_text())
    assert len(seen) >= 3, seen
    visitor.fine()


@pytest.mark.parametrize("dark", [False, True])
def test_words_can_be_read_in_either_theme(browser: Any, towns_served: str, dark: bool) -> None:
    visitor = Visitor(browser, towns_served, dark=dark).opens("/square?run=news")
    ground = _colour(visitor, "[data-testid=stApp]", "backgroundColor")
    assert (sum(ground) < 200) == dark
    for what, least in (("h1", 7.0), ("[data-testid=stMetricLabel]", 4.5), ("[data-testid=stPageLink] a", 4.5)):
        assert _contrast(_colour(visitor, what, "color"), ground) >= least, what
    visitor.fine()


def _colour(visitor: Visitor, what: str, kind: str) -> tuple[float, ...]:
    text = visitor.page.locator(what).first.evaluate(f"element => getComputedStyle(element).{kind}")
    return tuple(float(part) for part in text[text.index("(") + 1 : -1].split(",")[:3])


def _contrast(a: tuple[float, ...], b: tuple[float, ...]) -> float:
    """Of WCAG 2: 1 for the same colour, 21 for black on white."""

    def light(colour: tuple[float, ...]) -> float:
        parts = [c / 255 / 12.92 if c / 255 <= 0.04045 else ((c / 255 + 0.055) / 1.055) ** 2.4 for c in colour]
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]

    high, low = sorted((light(a), light(b)), reverse=True)
    return (high + 0.05) / (low + 0.05)
