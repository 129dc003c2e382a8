"""Programs end with the process that holds them, even when that is killed, and leave nobody behind."""

import asyncio
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.processes import alive
from townsquare.agents.joining.leash import Leash

pytestmark = pytest.mark.skipif(not hasattr(os, "killpg") or not shutil.which("sh"), reason="POSIX only")

DEAF = "sleep 300 & echo $! $$; wait"
"""Reads nothing, and has a child that reads nothing."""
HOLDER = f"""
import asyncio
from townsquare.agents.joining.leash import Leash

async def main():
    program = await asyncio.create_subprocess_exec("sh", "-c", {DEAF!r}, stdin=asyncio.subprocess.PIPE,
                                                   start_new_session=True)
    Leash(program)
    await asyncio.sleep(300)

asyncio.run(main())
"""


def gone(pids: list[int]) -> bool:
    until = time.monotonic() + 10
    while any(map(alive, pids)) and time.monotonic() < until:
        time.sleep(0.02)
    return not any(map(alive, pids))


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks at processes through /proc")
def test_whoever_is_killed_takes_its_program_along() -> None:
    with subprocess.Popen([sys.executable, "-c", HOLDER], stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        pids = [int(word) for word in holder.stdout.readline().split()]
        assert all(map(alive, pids))
        time.sleep(0.3)  # the shell that waits is started after the program
        holder.send_signal(signal.SIGKILL)
        assert gone(pids)


async def test_the_end_is_that_of_everything_the_program_started() -> None:
    streams = {"stdin": asyncio.subprocess.PIPE, "stdout": asyncio.subprocess.PIPE}
    program = await asyncio.create_subprocess_exec("sh", "-c", DEAF, start_new_session=True, **streams)
    leash = Leash(program)
    assert program.stdout is not None
    pids = [int(word) for word in (await program.stdout.readline()).split()]
    await leash.end()
    assert await asyncio.to_thread(gone, pids)
    assert program.returncode == -signal.SIGKILL
    await leash.end()


async def test_a_program_that_ends_by_itself_leaves_nobody_behind() -> None:
    streams = {"stdin": asyncio.subprocess.PIPE, "stdout": asyncio.subprocess.PIPE}
    words = ("sh", "-c", "sleep 300 >/dev/null & echo $!")
    program = await asyncio.create_subprocess_exec(*words, start_new_session=True, **streams)
    leash = Leash(program)
    assert program.stdout is not None
    left = int(await program.stdout.readline())
    assert await program.wait() == 0
    assert await asyncio.to_thread(gone, [left])
    await leash.end()
