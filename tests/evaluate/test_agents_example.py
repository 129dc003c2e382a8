"""The example keeps its word."""

import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLE = Path(__file__).parents[2] / "examples" / "agentcf" / "learn.py"


@pytest.mark.slow
def test_it_learns_and_replays(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", str(EXAMPLE), str(tmp_path)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("SCRIPTED, not a language model")
    assert "without the server: identical" in done.stdout
    assert (tmp_path / "out" / "agentcf-0" / "training.npz").is_file()
