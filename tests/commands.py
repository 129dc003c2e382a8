"""The command line as a user meets it: a process of its own."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

SMALL = ("users.count=120", "creators.count=12", "slate.length=20", "clicks=5")


def townsquare(*words: str, cwd: Path, timeout: float = 120, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run one command and wait for it."""
    return subprocess.run(
        [sys.executable, "-m", "townsquare", *words],
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=timeout,
        env={**os.environ, "OPENBLAS_NUM_THREADS": "1", **environment},
        check=False,
    )


def small_town(*more: str) -> list[str]:
    """Options of a town that runs in a fraction of a second."""
    return [word for setting in (*SMALL, *more) for word in ("--set", setting)]


def answer(done: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    """The JSON object on the last line of standard output."""
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return found
