"""A run that goes on while somebody looks."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.view.visiting import Visitor, serving

pytestmark = pytest.mark.browser


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
