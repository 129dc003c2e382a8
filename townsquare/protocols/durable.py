"""Files that are there whole or not at all: temporary file, fsync, rename, fsync of the folder."""

import errno
import os
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from townsquare.protocols.errors import DiskFull

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


def write(path: Path, fill: Callable[[BinaryIO], object]) -> None:
    """Let ``fill`` write into ``path``; whatever happens, ``path`` holds its old content or all of the new.

    Raises DiskFull when there is no room; a failure leaves no temporary file behind.
    """
    part = path.with_name(path.name + ".tmp")
    try:
        with part.open("wb") as stream:
            fill(stream)
            stream.flush()
            os.fsync(stream.fileno())
        part.replace(path)
        _sync_folder(path.parent)
    except BaseException as error:
        part.unlink(missing_ok=True)
        if isinstance(error, OSError) and error.errno in _FULL:
            raise DiskFull(f"no room left on the disk for {path}; free some space and resume the run.") from error
        raise


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
