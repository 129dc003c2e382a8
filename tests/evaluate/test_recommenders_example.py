"""The example keeps its word."""

import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLE = Path(__file__).parents[2] / "examples" / "browse" / "compare.py"


@pytest.mark.slow
def test_it_compares() -> None:
    command = [sys.executable, "-W", "error", str(EXAMPLE)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("300 behavioural agents on shop")
    rows = {line.split()[0]: line.split() for line in done.stdout.splitlines()[2:7]}
    assert list(rows) == ["random", "popular", "item-knn", "ease", "bpr"]
    assert float(rows["ease"][4]) > float(rows["random"][4])  # likes
    assert "pairing removed" in done.stdout
