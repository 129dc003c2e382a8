"""A run that goes on while somebody looks."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.view.visiting import SCREENS, Visitor, at_work, serving

pytestmark = pytest.mark.browser
TICKS = 30 if SCREENS else 6
"""Of the run ``demo``."""


def test_the_landing_page_of_a_live_run_follows_it(browser: Any, tmp_path: Path) -> None:
    root = tmp_path / "runs"
    root.mkdir()
    words = ["run", "news", "--set", "users.count=2000", "--set", "ticks=200", "--set", "record.snapshots=1"]
    run = subprocess.Popen(
        [sys.executable, "-m", "townsquare", *words, "--out", str(root / "live")],
        env={**os.environ, "OPENBLAS_NUM_THREADS": "1"}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        with serving(root) as address:
            visitor = Visitor(browser, address)
            visitor.page.goto(address)
            ticks = visitor.page.get_by_text("of 200 ticks").first
            ticks.wait_for(timeout=60_000)
            assert visitor.page.locator("h1").first.inner_text() == "Town square"
            seen = []
            for _ in range(40):
                visitor.page.wait_for_timeout(250)
                seen.append(ticks.inner_text())
            assert run.poll() is None
            assert len(set(seen)) >= 4, seen
            visitor.fine()
    finally:
        run.terminate()
        run.wait(timeout=60)


CHANGES = """
window.changes = 0;
new MutationObserver(seen => { window.changes += seen.length; }).observe(
    document.querySelector("[data-testid=stMain]"), {childList: true, characterData: true, subtree: true});
"""


@pytest.mark.parametrize("screen", ["overview", "square", "runs"])
def test_a_page_rests_while_nothing_happens_and_goes_on_when_something_does(
    browser: Any, demo: Path, tmp_path: Path, screen: str
) -> None:
    root = tmp_path / "runs"
    root.mkdir()
    with at_work(demo, root / "live") as write, serving(root) as address:
        write(2)
        visitor = Visitor(browser, address).opens(f"/{screen}?run=live")
        visitor.page.get_by_text(f"2 of {TICKS} ticks").first.wait_for(timeout=60_000)
        visitor.page.wait_for_timeout(2_500)
        visitor.page.evaluate(CHANGES)
        visitor.page.wait_for_timeout(3_500)
        assert visitor.page.evaluate("window.changes") == 0
        write(4)
        visitor.page.get_by_text(f"4 of {TICKS} ticks").first.wait_for(timeout=5_000)
        if screen == "square":  # the picture follows: the tick is the last of four
            visitor.page.locator("[data-testid=stMetricValue]").first.get_by_text("3").wait_for(timeout=15_000)
        write(TICKS, "finished")
        if screen == "runs":
            visitor.page.get_by_text("live: 4 of").wait_for(state="detached", timeout=15_000)
        else:
            visitor.page.get_by_text(f"{TICKS} of {TICKS} ticks, finished").first.wait_for(timeout=15_000)
        if screen == "square":
            visitor.page.locator("[data-testid=stMetricValue]").first.get_by_text(f"{TICKS - 1}").wait_for()
        visitor.fine()
