"""A page is opened over the runs of ``root``, which a file may make for itself."""

from pathlib import Path

import pytest


@pytest.fixture(scope="module")
def root(town_runs: Path) -> Path:
    return town_runs


@pytest.fixture(autouse=True)
def _rooted(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOWNSQUARE_VIEW_ROOT", str(root))
