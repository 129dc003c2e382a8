"""Where the data sets lie that tests compare against, and which may not be shipped."""

import os
from pathlib import Path

import pytest

_ROOT = Path(__file__).resolve().parents[1]


def data_file(name: str) -> Path:
    """The file ``name`` below TOWNSQUARE_DATA, or below ../shared/data; skips the test when it is in neither."""
    folders = [os.environ.get("TOWNSQUARE_DATA"), _ROOT.parent / "shared" / "data"]
    for folder in folders:
        if folder and (Path(folder) / name).exists():
            return Path(folder) / name
    pytest.skip(f"{name} is not here; set TOWNSQUARE_DATA to the folder of data sets to run this test")
