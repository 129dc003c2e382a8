"""A downloaded archive: what is in it, unpacked without letting it write anywhere else."""

import gzip
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import IO, cast

from townsquare.protocols import DataError

_MOST = 200  # an archive that unpacks to more than this many times its size ...
_FREE = 1 << 30  # ... and to more than this many bytes is a bomb
_BLOCK = 1 << 20


def unpack(archive: Path, target: Path) -> dict[str, int]:
    """Unpack a .zip, .tar.gz, .tgz, .tar or .gz into ``target``; anything else is left as it is.

    Returns the unpacked files, by their path below ``target``, with their sizes. Raises DataError, with nothing
    promised about ``target``, when a name leads out of it, when there is a link or a device in the archive, when it
    is damaged, or when it unpacks to an absurd size.
    """
    name = archive.name.lower()
    if name.endswith(".zip"):
        members = _zipped(archive)
    elif name.endswith((".tar.gz", ".tgz", ".tar")):
        members = _tarred(archive)
    elif name.endswith(".gz"):
        members = _gzipped(archive)
    else:
        return {}
    limit = max(_FREE, _MOST * archive.stat().st_size)
    sizes: dict[str, int] = {}
    try:
        for member, content in members:
            path = _inside(archive, target, member)
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("wb") as out:
                for block in iter(lambda: content.read(_BLOCK), b""):  # noqa: B023 - read before the next round
                    limit -= len(block)
                    if limit < 0:
                        raise DataError(f"{archive} unpacks to an absurd size; it is not what it should be.")
                    out.write(block)
            sizes[path.relative_to(target).as_posix()] = path.stat().st_size
    except (zipfile.BadZipFile, tarfile.TarError, zlib.error, EOFError, gzip.BadGzipFile, NotImplementedError) as error:
        raise DataError(f"{archive} is damaged: {error}.") from error
    return sizes


def _zipped(archive: Path) -> Iterator[tuple[str, IO[bytes]]]:
    with zipfile.ZipFile(archive) as opened:
        for info in opened.infolist():
            kind = stat.S_IFMT(info.external_attr >> 16)
            if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
                raise DataError(f"{archive}: {info.filename!r} is a link or a device, which no data set needs.")
            if not info.is_dir():
                with opened.open(info) as content:
                    yield info.filename, content
            else:
                _inside(archive, archive.parent, info.filename)


def _tarred(archive: Path) -> Iterator[tuple[str, IO[bytes]]]:
    with tarfile.open(archive) as opened:
        for info in opened:
            if not (info.isfile() or info.isdir()):
                raise DataError(f"{archive}: {info.name!r} is a link or a device, which no data set needs.")
            content = opened.extractfile(info)
            if content is not None:
                with content:
                    yield info.name, content


def _gzipped(archive: Path) -> Iterator[tuple[str, IO[bytes]]]:
    with gzip.open(archive) as content:
        yield archive.name[: -len(".gz")], cast(IO[bytes], content)


def _inside(archive: Path, target: Path, name: str) -> Path:
    """Where a member goes; DataError unless that is below ``target`` on every system."""
    posix, windows = PurePosixPath(name), PureWindowsPath(name)
    leads_out = posix.is_absolute() or windows.drive or windows.root or ".." in windows.parts
    if leads_out or not posix.name or "\0" in name:
        raise DataError(f"{archive}: {name!r} would be written outside the data folder.")
    return target / posix
