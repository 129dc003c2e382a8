"""One folder with a run of every kind of town, made once for all tests of a process."""

from pathlib import Path

import pytest

from tests.view.town_square import hostile, towns


@pytest.fixture(scope="session")
def town_runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """news, team, campaign, network, shop and hostile; what a test adds has a name of its own."""
    root = towns(tmp_path_factory.mktemp("towns"))
    hostile(root / "hostile")
    return root
