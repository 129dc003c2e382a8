"""A program that ends when we do, however we end: a shell waits for that, and does nothing else."""

import asyncio
import os
import shutil
import signal
from asyncio.subprocess import DEVNULL, PIPE, Process
from contextlib import suppress

_WAIT = "read _; kill -s KILL -- -$0"
"""Its input is a pipe that only we hold, and that nobody writes to: it ends when we have ended."""


class Leash:
    """Holds a program that leads a session of its own, and all that it started there, until it ends.

    POSIX; elsewhere a program that does not read its input may outlive a process of ours that is killed.
    """

    def __init__(self, program: Process) -> None:
        self.program = program
        self._held = asyncio.get_running_loop().create_task(self._hold())

    async def end(self) -> None:
        """End the program and what it started. Twice is fine."""
        self._kill()
        await self._held

    async def _hold(self) -> None:
        shell: Process | None = None
        if hasattr(os, "killpg") and shutil.which("sh"):
            words = ("sh", "-c", _WAIT, str(self.program.pid))
            with suppress(OSError):
                shell = await asyncio.create_subprocess_exec(
                    *words, stdin=PIPE, stdout=DEVNULL, stderr=DEVNULL, start_new_session=True
                )
        await self.program.wait()
        self._kill()  # what it left behind
        if shell is not None:  # at once: the number of a program that has ended may be another's one day
            with suppress(ProcessLookupError):
                shell.kill()
            await shell.wait()

    def _kill(self) -> None:
        with suppress(ProcessLookupError, PermissionError):
            if hasattr(os, "killpg"):
                os.killpg(self.program.pid, signal.SIGKILL)
            elif self.program.returncode is None:
                self.program.kill()
