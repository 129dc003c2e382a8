"""A program in any language as an agent: a line of JSON in, a line of JSON out."""

import asyncio
import json
import os
import shlex
import shutil
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from townsquare.agents.joining.leash import Leash
from townsquare.protocols.errors import InputError, TownsquareError
from townsquare.protocols.ioa.messages import Task

LONGEST_LINE = 16 * 2**20
"""Bytes of an answer; longer ones are none."""
_GRACE = 1.0
"""Seconds a program has to end by itself when its input is closed."""


class ProgramFailed(TownsquareError):
    """The program gave no answer to a task; the message says what it did instead."""


class Program:
    """A child process that lives as long as the agent and does one task at a time.

    A task is one line on its standard input: ``{"task_id": "...", "description": "...", "capability": "...",
    "input": ...}``. The answer is one line on its standard output: ``{"output": ...}``, or ``{"error": "why not"}``
    (with a ``task_id``, if it likes, which then has to be the task's). Its standard error is passed through. A program
    that ends, says something else or takes longer than the task allows fails that task, is stopped, and is started
    again for the next one; so is one that said more than one line. Programs that buffer their output have to flush it
    after every line. When we are killed, the program is too.
    """

    def __init__(self, command: str | Sequence[str], *, seconds: float = 60.0) -> None:
        """``command`` is split as a shell does, but no shell runs it. ``seconds`` is for tasks that name no time.

        Raises InputError when there is no such program.
        """
        try:
            self.command = shlex.split(command) if isinstance(command, str) else list(command)
        except ValueError as error:
            raise InputError(f"--program {command!r} cannot be read: {error}.") from None
        if not self.command or shutil.which(self.command[0]) is None:
            raise InputError(f"--program: there is no program {self.command[0] if self.command else ''!r} here.")
        self.seconds = seconds
        self._child: asyncio.subprocess.Process | None = None
        self._leash: Leash | None = None
        self._busy = asyncio.Lock()

    async def run(self, task: Task) -> Any:
        """What the program answers. Raises ProgramFailed, in a sentence."""
        allowed = self.seconds if task.seconds is None else task.seconds
        async with self._busy:
            try:
                async with asyncio.timeout(allowed):
                    return await self._asked(task)
            except TimeoutError:
                await self._stop()
                raise ProgramFailed(f"{self._name} gave no answer within {allowed:g} s.") from None
            except BaseException as error:
                # called off or garbled: what it may still say would pass for the answer to the next task
                if not isinstance(error, _Declined):
                    await self._stop()
                raise

    async def close(self) -> None:
        """Close its input, so that it ends; and end it."""
        child = self._child
        if child is not None and child.returncode is None and child.stdin is not None:
            child.stdin.close()
            with suppress(TimeoutError):
                await asyncio.wait_for(child.wait(), _GRACE)
        await self._stop()

    @property
    def _name(self) -> str:
        return os.path.basename(self.command[0])

    async def _asked(self, task: Task) -> Any:
        child = await self._alive()
        assert child.stdin is not None
        assert child.stdout is not None
        line = {"task_id": task.task_id, "description": task.description, "capability": task.capability}
        told = json.dumps({**line, "input": task.input}, ensure_ascii=False, separators=(",", ":"))
        with suppress(ConnectionError):  # it has ended; what it says or does not say tells more
            child.stdin.write(told.encode("utf-8", "replace") + b"\n")
            await child.stdin.drain()
        try:
            said = await child.stdout.readline()
        except ValueError:
            raise ProgramFailed(f"{self._name} answered with a line of more than {LONGEST_LINE:,} bytes.") from None
        if not said.endswith(b"\n"):
            raise ProgramFailed(f"{self._name} ended ({_end(await child.wait())}) without an answer.")
        return self._read(said, task.task_id)

    def _read(self, said: bytes, task_id: str) -> Any:
        try:
            found = json.loads(said, parse_constant=_no_number)
        except (ValueError, RecursionError):
            found = None
        if isinstance(found, dict) and found.get("task_id", task_id) != task_id:
            raise ProgramFailed(f"{self._name} answered another task than it was given.")
        if isinstance(found, dict) and found.get("error"):
            raise _Declined(str(found["error"]))
        if isinstance(found, dict) and "output" in found:
            return found["output"]
        shown = said.decode("utf-8", "replace").strip()
        shown = shown if len(shown) <= 80 else shown[:79] + "…"
        raise ProgramFailed(f"{self._name} answered {shown!r}, which is no JSON object with output or error.")

    async def _alive(self) -> asyncio.subprocess.Process:
        if self._child is not None and (self._child.returncode is not None or await _spoke(self._child)):
            await self._stop()  # what it said after its last answer would pass for the next one
        if self._child is None:
            try:
                self._child = await asyncio.create_subprocess_exec(
                    *self.command,
                    stdin=asyncio.subprocess.PIPE,
                    stdout=asyncio.subprocess.PIPE,
                    limit=LONGEST_LINE,
                    start_new_session=True,  # Ctrl-C is for us: we end it when we leave
                )
                self._leash = Leash(self._child)
            except OSError as error:
                raise ProgramFailed(f"{self._name} cannot be started: {error.strerror}.") from error
        return self._child

    async def _stop(self) -> None:
        self._child, leash, self._leash = None, self._leash, None
        if leash is not None:
            await leash.end()


async def _spoke(child: asyncio.subprocess.Process) -> bool:
    """Whether it says something although nobody asks."""
    assert child.stdout is not None
    try:
        async with asyncio.timeout(0):
            return bool(await child.stdout.read(1))
    except TimeoutError:
        return False


def _no_number(word: str) -> None:
    raise ValueError(f"{word} is no JSON")


class _Declined(ProgramFailed):
    """The program itself says that it cannot do the task; it stays as it is."""


def _end(code: int) -> str:
    return f"signal {-code}" if code < 0 else f"exit code {code}"
