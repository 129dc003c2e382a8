"""What a stranger wrote into a run, and strangers at the door."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.view.visiting import Visitor, serving
from townsquare.runs import open_run

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("name", ["runs", "overview", "square", "feed", "why", "agent", "network", "moderation"])
def test_a_hostile_run_is_shown_harmlessly(browser: Any, towns_served: str, town_runs: Path, name: str) -> None:
    run = open_run(town_runs / "hostile")
    who = int(run.events(kinds=["click"])["agent"].iloc[0])
    visitor = Visitor(browser, towns_served).opens(f"/{name}?run=hostile&agent={who}&tick=2")
    if name in ("feed", "why"):
        assert "<script>document.title" in visitor.words()
        assert "\u202e" not in visitor.words()
    assert "owned" not in visitor.page.title()
    for element in ("img[src='x']", "img[src*='example.invalid']", "a[href^='javascript']", ".katex"):
        assert visitor.page.locator(element).count() == 0, element
    scripts = visitor.page.evaluate("[...document.scripts].map(one => one.textContent).join('')")
    assert "owned" not in scripts
    assert len(visitor.words()) < 200_000
    visitor.fine()


def test_a_token_is_asked_for_once(browser: Any, town_runs: Path) -> None:
    with serving(town_runs, "--token", "a-long-secret") as address:
        stranger = Visitor(browser, address).opens("/feed?run=news&agent=1&tick=2")
        assert stranger.page.locator("input[type=password]").count() == 1
        assert "reader-1" not in stranger.words()
        stranger.page.locator("input[type=password]").fill("a guess")
        stranger.page.keyboard.press("Enter")
        stranger.page.get_by_text("That is not the token.").wait_for()
        assert "reader-1" not in stranger.words()
        stranger.page.locator("input[type=password]").fill("a-long-secret")
        stranger.page.keyboard.press("Enter")
        stranger.page.get_by_text("What reader-1").wait_for()  # the page that was asked for
        stranger.fine()
        guest = Visitor(browser, address).opens("/feed?run=news&agent=1&tick=2&token=a-long-secret")
        assert "a-long-secret" not in guest.page.url
        assert "What reader-1" in guest.words()
        guest.clicks_on("Why was it here?")
        assert "reader-1 saw" in guest.words()
        guest.fine()


def test_a_way_out_of_a_table_stays_in_the_session(browser: Any, town_runs: Path) -> None:
    """A link in another tab would ask for the token again."""
    with serving(town_runs, "--token", "a-long-secret") as address:
        guest = Visitor(browser, address).opens("/runs?token=a-long-secret")
        guest.clicks_on_cell(guest.page.locator("[data-testid=stDataFrame]").first, row=0, along=60)
        assert guest.page.url.startswith(f"{address}/overview?run=")
        assert "a-long-secret" not in guest.page.url
        guest.page.goto(f"{address}/agent?run=news&agent=1&tick=2&token=a-long-secret")
        guest.rests()
        table = guest.page.locator("[data-testid=stDataFrame]").last
        guest.clicks_on_cell(table, row=0, along=40)
        assert guest.page.url.startswith(f"{address}/why?run=news&agent=1")
        assert guest.page.locator("input[type=password]").count() == 0
        assert len(guest.page.context.pages) == 1
        guest.fine()


def test_one_run_is_called_like_its_folder(browser: Any, town_runs: Path) -> None:
    with serving(town_runs / "news") as address:
        guest = Visitor(browser, address).opens("/overview")
        assert (
            guest.page.locator("[data-testid=stSidebar] [data-testid=stSelectbox] input").first.input_value() == "news"
        )
        guest.fine()


def test_an_address_that_others_reach_needs_a_token(town_runs: Path) -> None:
    words = [sys.executable, "-m", "townsquare", "view", str(town_runs), "--address", "0.0.0.0", "--no-browser"]
    ended = subprocess.run(words, capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == 2
    assert "--token" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_dashboard_that_only_looks(browser: Any, town_runs: Path) -> None:
    with serving(town_runs, "--read-only") as address:
        run = open_run(town_runs / "news")
        shown = run.events(ticks=range(3, 4), kinds=["shown"])
        row = shown[shown["why"] == "match"].iloc[0]
        visitor = Visitor(browser, address).opens(f"/why?run=news&tick=3&agent={row['agent']}&item={row['item']}")
        assert visitor.page.get_by_role("button", name="Start this fork").is_disabled()
        visitor.fine()
