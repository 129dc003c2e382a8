"""Files that one process at a time can hold; the operating system lets go of them when it ends, however it ends."""

import fcntl
from pathlib import Path
from typing import IO

from townsquare.protocols.errors import InputError


def take(path: Path, busy: InputError) -> IO[str]:
    """Hold ``path``, made where there is none, until what is returned is closed.

    Raises ``busy`` when another process holds it, and OSError when it cannot be written.
    """
    handle = path.open("a", encoding="utf-8")
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        handle.close()
        if isinstance(error, BlockingIOError):
            raise busy from None
        raise
    return handle
