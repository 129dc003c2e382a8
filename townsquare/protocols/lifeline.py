"""Children that end when their parent does, however it ends.

The parent holds one end of a pipe that nobody writes to, and its children have the other as standard input: when the
parent is gone, the operating system closes its end, and they read that there is no more.
"""

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

VARIABLE = "TOWNSQUARE_LIFELINE"
"""Set for a child whose standard input is one; popped by the child, so that its own children are not meant."""


@contextmanager
def held() -> Iterator[int]:
    """The standard input for children that are to end when this process does, or when the context is left."""
    theirs, ours = os.pipe()
    try:
        yield theirs
    finally:
        os.close(ours)
        os.close(theirs)


def watch() -> None:
    """SIGTERM to this process as soon as its parent is gone; does nothing in a process that was given no lifeline."""
    if os.environ.pop(VARIABLE, None) is not None:
        threading.Thread(target=_wait, name="lifeline", daemon=True).start()


def _wait() -> None:
    while os.read(0, 1):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
