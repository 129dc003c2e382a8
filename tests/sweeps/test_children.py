"""The runs of a sweep do not outlive it."""

import os
import subprocess
import sys
import time
from pathlib import Path

from tests.commands import small_town
from townsquare.protocols.runfolder import RunFolder

PARENT = """
import sys
from pathlib import Path
from townsquare.sweeps.children import Child, endings
list(endings([Child(("arm", 0), tuple(sys.argv[1:]), Path("run.log"))], 1, lambda: None))
"""
TICKS = 400
"""More than are done before the kill, and few enough that a run nobody stops ends by itself."""


def test_children_end_when_their_parent_is_killed(tmp_path: Path) -> None:
    words = ["run", "news", *small_town(f"ticks={TICKS}"), "--out", "run"]
    parent = subprocess.Popen([sys.executable, "-c", PARENT, *words], cwd=tmp_path, env={**os.environ})
    while not (tmp_path / "run" / "events" / "000001.parquet").exists():
        assert parent.poll() is None
        time.sleep(0.02)
    parent.kill()
    parent.wait()
    deadline = time.monotonic() + 60
    log = tmp_path / "run.log"
    # the child notes its status first, and says so last
    while "interrupted" not in log.read_text("utf-8") and time.monotonic() < deadline:
        time.sleep(0.05)
    assert "interrupted" in log.read_text("utf-8")
    info = RunFolder(tmp_path / "run").info
    assert info.status == "interrupted"
    assert info.ticks_done < TICKS
