"""A disk that fills up during a run: exit code 2, one sentence, and the run goes on once there is room."""

import resource
import signal
import subprocess
import sys
from pathlib import Path

from tests.commands import answer, small_town, townsquare
from townsquare.protocols.runfolder import RunFolder

LIMIT = 60_000


def _small_disk() -> None:
    """Files cannot grow beyond LIMIT bytes, which is what a full disk looks like to whoever writes."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (LIMIT, LIMIT))


def test_full_disk_can_be_resumed(tmp_path: Path) -> None:
    town = small_town("ticks=12")
    whole = answer(townsquare("run", "news", *town, "--out", "whole", "--json", cwd=tmp_path))
    done = subprocess.run(
        [sys.executable, "-m", "townsquare", "run", "news", *town, "--out", "full"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        preexec_fn=_small_disk,
        check=False,
    )
    assert done.returncode == 2, done.stderr
    assert "no room left on the disk" in done.stderr
    assert done.stderr.count("\n") == 1
    run = RunFolder(tmp_path / "full")
    assert run.info.status == "stopped: disk full"
    assert run.info.ticks_done < 12
    assert not list(run.path.glob("**/*.tmp"))
    assert answer(townsquare("resume", "full", "--json", cwd=tmp_path))["digest"] == whole["digest"]
