"""What a run was made with."""

import platform
import subprocess
from importlib.metadata import version
from pathlib import Path

import numpy as np

from townsquare import __version__
from townsquare.protocols.machine import peak_memory_mb, versions


def test_versions_are_those_at_hand() -> None:
    found = versions()
    assert found["townsquare"] == __version__
    assert found["python"] == platform.python_version()
    assert found["numpy"] == version("numpy")
    assert found["cpu"]
    assert found["blas"]
    assert all(isinstance(text, str) and text for text in found.values())


def test_git_commit_is_named_inside_a_checkout_only() -> None:
    root = Path(__file__).parents[2]
    command = ["git", "-C", str(root), "rev-parse", "HEAD"]
    try:
        out = subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        out = ""
    import townsquare

    if Path(townsquare.__file__).is_relative_to(root):
        assert versions().get("git", "") == out


def test_peak_memory_grows_with_what_is_held() -> None:
    before = peak_memory_mb()
    assert before > 10
    held = np.ones((int(before) + 40) * 2**17)  # 8 bytes each: more than ever before
    assert peak_memory_mb() > before
    assert held[-1] == 1
