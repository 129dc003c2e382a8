"""Commands that stay: started, watched line by line, interrupted."""

import os
import pty
import queue
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO


class Staying:
    """A command of ours that runs until it is told to end; its lines are kept as they come."""

    def __init__(self, *words: str, cwd: Path, **environment: str) -> None:
        self.words = words
        self.process = subprocess.Popen(
            [sys.executable, "-m", "townsquare", *words],
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "OPENBLAS_NUM_THREADS": "1", **environment},
            start_new_session=True,
        )
        self.out: list[str] = []
        self.err: list[str] = []
        self._news: queue.Queue[None] = queue.Queue()
        self._readers: list[threading.Thread] = []
        for stream, lines in ((self.process.stdout, self.out), (self.process.stderr, self.err)):
            assert stream is not None
            self._readers.append(threading.Thread(target=self._read, args=(stream, lines), daemon=True))
            self._readers[-1].start()

    def _read(self, stream: IO[str], lines: list[str]) -> None:
        with stream:
            for line in stream:
                lines.append(line.rstrip("\n"))
                self._news.put(None)

    def says(self, text: str, *, since: int = 0, within: float = 30.0) -> str:
        """The first line, from the ``since``-th on, that holds ``text``, as soon as there is one."""
        until = time.monotonic() + within
        while True:
            ended = self.process.poll() is not None
            if ended:
                self.wait()
            for line in [*self.err[since:], *self.out]:
                if text in line:
                    return line
            assert not ended, f"{self.words} ended without {text!r}: {self.err}"
            left = until - time.monotonic()
            assert left > 0, f"{self.words} did not say {text!r}: {self.err} {self.out}"
            try:
                self._news.get(timeout=min(left, 0.5))
            except queue.Empty:
                continue

    def end(self, number: int = signal.SIGINT) -> int:
        """Its exit code after a signal; Ctrl-C by default."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        return self.wait()

    def wait(self) -> int:
        """Its exit code, once it has ended and everything it said is there."""
        code = self.process.wait(timeout=30)
        for reader in self._readers:
            reader.join(timeout=30)
        return code

    def kill(self) -> None:
        """End it as if the machine had been switched off; nothing when it has ended."""
        if self.process.poll() is None:
            self.process.kill()
        self.wait()


def alive(pid: int) -> bool:
    """Whether a process runs, as /proc tells; one that has ended and that nobody has asked about does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


@contextmanager
def staying(*words: str, cwd: Path, **environment: str) -> Iterator[Staying]:
    """A command that is killed at the end, if nobody has ended it."""
    command = Staying(*words, cwd=cwd, **environment)
    try:
        yield command
    finally:
        command.kill()


class Seat:
    """A terminal with a command in it, and somebody in front of it."""

    def __init__(self, *words: str, cwd: Path) -> None:
        self.pid, self.fd = pty.fork()
        if self.pid == 0:  # the child
            os.chdir(cwd)
            os.environ["OPENBLAS_NUM_THREADS"] = "1"
            os.execv(sys.executable, [sys.executable, "-m", "townsquare", *words])
        self.seen = ""

    def reads(self, text: str, within: float = 30.0) -> str:
        """Everything on the screen since the last time, up to ``text``."""
        until = time.monotonic() + within
        while text not in self.seen:
            ready, _, _ = select.select([self.fd], [], [], max(0.0, until - time.monotonic()))
            assert ready, f"no {text!r} in {self.seen!r}"
            try:
                self.seen += os.read(self.fd, 4096).decode()
            except OSError as error:  # the command has ended
                raise AssertionError(f"no {text!r} in {self.seen!r}") from error
        before, _, self.seen = self.seen.partition(text)
        return before + text

    def types(self, text: str) -> None:
        os.write(self.fd, text.encode())

    def leave(self) -> None:
        """Take the terminal away, and whatever is still in it."""
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
        os.close(self.fd)

    def ended(self) -> int:
        """The exit code."""
        while True:  # the kernel keeps a terminal's last words until they are read
            try:
                if not os.read(self.fd, 4096):
                    break
            except OSError:
                break
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
