"""Where the data sets lie that tests compare against, and which may not be shipped."""

import os
from pathlib import Path

import pytest

_ROOT = Path(__file__).resolve().parents[1]
# read on import: inside a test the environment is swept clean
_FOLDERS = [folder for folder in (os.environ.get("TOWNSQUARE_DATA"), _ROOT.parent / "shared" / "data") if folder]


def data_file(name: str) -> Path:
    """The file ``name`` below TOWNSQUARE_DATA, or below ../shared/data; skips the test when it is in neither."""
    for folder in _FOLDERS:
        if (Path(folder) / name).exists():
            return Path(folder) / name
    pytest.skip(f"{name} is not here; set TOWNSQUARE_DATA to the folder of data sets to run this test")
