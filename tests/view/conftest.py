"""One folder with a run of every kind of town, made once for all tests of a process; a browser, and dashboards."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import townsquare as ts
from tests.view.town_square import hostile, towns
from tests.view.visiting import CHROMIUM, SCREENS, serving


@pytest.fixture(scope="session")
def town_runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """moderation, news, team, campaign, network, shop and hostile; what a test adds has a name of its own."""
    root = towns(tmp_path_factory.mktemp("towns"))
    hostile(root / "hostile")
    return root


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    import shutil

    playwright = pytest.importorskip("playwright.sync_api")
    found = [path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))]
    if not found:
        pytest.skip("no Chromium on the PATH; make test-browser says how to get one")
    with playwright.sync_playwright() as play:
        opened = play.chromium.launch(executable_path=found[0], headless=True, args=CHROMIUM)
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The town of docs/tour.md, with places and scores on record; as large as there only where pictures are wanted."""
    size = {"users.count": 600, "creators.count": 60, "ticks": 30} if SCREENS else {"users.count": 80, "ticks": 6}
    small = {} if SCREENS else {"creators.count": 10, "slate.length": 10, "clicks": 4}
    out = tmp_path_factory.mktemp("demo") / "news"
    ts.run("news", seed=7, set={**size, **small, "record.snapshots": 1, "record.scores": True}, out=out)
    return out


@pytest.fixture(scope="module")
def towns_served(town_runs: Path) -> Iterator[str]:
    with serving(town_runs) as address:
        yield address


@pytest.fixture(scope="module")
def demo_served(demo: Path) -> Iterator[str]:
    with serving(demo) as address:
        yield address
