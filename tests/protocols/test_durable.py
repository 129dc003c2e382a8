"""Files that are there whole or not at all."""

import errno
import os
from pathlib import Path
from typing import BinaryIO

import pytest

from townsquare.protocols import DiskFull
from townsquare.protocols.durable import write


def fails_with(number: int):
    def fill(stream: BinaryIO) -> None:
        stream.write(b"half of it")
        raise OSError(number, os.strerror(number))

    return fill


def test_writes_and_replaces(tmp_path: Path) -> None:
    path = tmp_path / "a.bin"
    write(path, lambda stream: stream.write(b"one"))
    write(path, lambda stream: stream.write(b"two"))
    assert path.read_bytes() == b"two"
    assert [p.name for p in tmp_path.iterdir()] == ["a.bin"]


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EFBIG])
def test_a_full_disk_leaves_the_old_content_and_nothing_else(number: int, tmp_path: Path) -> None:
    path = tmp_path / "a.bin"
    write(path, lambda stream: stream.write(b"old"))
    with pytest.raises(DiskFull, match=r"no room left on the disk for .*a\.bin; free some space and resume the run\.$"):
        write(path, fails_with(number))
    assert path.read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir()] == ["a.bin"]


def test_another_failure_keeps_its_name(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="Input/output error") as caught:
        write(tmp_path / "a.bin", fails_with(errno.EIO))
    assert not isinstance(caught.value, DiskFull)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_a_device_that_is_really_full(tmp_path: Path) -> None:
    (tmp_path / "a.bin.tmp").symlink_to("/dev/full")
    with pytest.raises(DiskFull):
        write(tmp_path / "a.bin", lambda stream: stream.write(b"x" * 100_000))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("error", [ValueError("not for the disk"), KeyboardInterrupt()])
def test_whatever_breaks_leaves_the_old_content_and_nothing_else(error: BaseException, tmp_path: Path) -> None:
    def fill(stream: BinaryIO) -> None:
        stream.write(b"half of it")
        raise error

    path = tmp_path / "a.bin"
    write(path, lambda stream: stream.write(b"old"))
    with pytest.raises(type(error)):
        write(path, fill)
    assert path.read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir()] == ["a.bin"]
