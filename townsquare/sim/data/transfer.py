"""One file fetched over HTTP: streamed, resumed where it broke off, never seen half done."""

import errno
import http.client
import json
import os
import re
import shutil
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from townsquare.protocols import DataError, DiskFull

Progress = Callable[[int, int | None], None]
"""Called with the bytes there are and the bytes there will be (None where the server does not say)."""

_BLOCK = 1 << 18
_TRIES = 5
_TIMEOUT = 60.0  # seconds without a byte


class _Broken(Exception):
    """The connection broke; what came so far is kept."""


class _Changed(Exception):
    """What is there no longer fits what the server has; start again."""


@dataclass(slots=True)
class _Part:
    """What has arrived: the bytes, and beside them how the server called that version of the file."""

    path: Path

    @property
    def notes(self) -> Path:
        """Where the version is noted."""
        return self.path.with_name(self.path.name + ".json")

    def version(self) -> dict[str, Any]:
        """What was noted; empty when nothing usable is there."""
        try:
            noted = json.loads(self.notes.read_text("utf-8"))
        except (OSError, ValueError):
            return {}
        return noted if isinstance(noted, dict) and self.path.exists() else {}

    def size(self) -> int:
        """Bytes so far."""
        return self.path.stat().st_size if self.path.exists() else 0

    def drop(self) -> None:
        """Forget what came."""
        self.path.unlink(missing_ok=True)
        self.notes.unlink(missing_ok=True)


def offline() -> bool:
    """Whether ``TOWNSQUARE_OFFLINE`` forbids the network (anything but empty or 0)."""
    return os.environ.get("TOWNSQUARE_OFFLINE", "") not in ("", "0")


def fetch(
    url: str, target: Path, *, size: int | None = None, progress: Progress | None = None, wait: float = 1.0
) -> Path:
    """Fetch ``url`` into ``target``'s ``.part`` file and return its path; whoever checked it may rename it.

    A broken transfer is taken up where it stopped, up to five tries in one call (``wait`` seconds, doubled each time,
    between them) and in later calls, as long as the server still has the same version. A server that does not serve
    ranges sends everything again.

    Raises DataError when there is no network, the server refuses, the size is not ``size``, or it breaks every time;
    DiskFull when the disk is full.
    """
    by_hand = f"fetch {url} by other means, put it at {target}, and try again"
    if offline():
        raise DataError(f"TOWNSQUARE_OFFLINE is set, so nothing is fetched; {by_hand}.")
    part = _Part(target.with_name(target.name + ".part"))
    reason = ""
    for attempt in range(_TRIES):
        if attempt:
            time.sleep(wait * 2 ** (attempt - 1))
        try:
            _stream(url, part, size, progress)
        except _Changed as error:
            reason = str(error)
            part.drop()
        except _Broken as error:
            reason = str(error)
        except urllib.error.HTTPError as error:
            reason = f"the server answers {error.code} {error.reason}"
            error.close()
            if error.code not in (408, 425, 429) and error.code < 500:
                raise DataError(f"{url} cannot be fetched: {reason}; {by_hand}.") from error
        except urllib.error.URLError as error:
            reason = str(error.reason)
            if not attempt:
                raise DataError(f"{url} cannot be reached ({reason}): no network? Then {by_hand}.") from error
        except OSError as error:
            if error.errno in (errno.ENOSPC, errno.EDQUOT):
                raise _full(part) from error
            raise DataError(f"{part.path} cannot be written: {error.strerror or error}.") from error
        else:
            return part.path
    raise DataError(f"{url} failed {_TRIES} times ({reason}); {part.size():,} bytes are kept, try again to go on.")


def _stream(url: str, part: _Part, size: int | None, progress: Progress | None) -> None:
    noted = part.version()
    done = part.size() if noted.get("url") == url else 0
    if done and done == noted.get("total"):
        return
    with _answer(url, done, noted) as answer:
        version = {"url": url, "etag": answer.headers.get("ETag"), "modified": answer.headers.get("Last-Modified")}
        if answer.status == 206:
            total: int | None = _resumed(answer, done, noted, version)
        else:
            done, total = 0, _length(answer)
        if size is not None and total is not None and total != size:
            part.drop()
            raise DataError(f"{url} has {total:,} bytes where {size:,} are registered: it is not the file it was.")
        if total is not None and shutil.disk_usage(part.path.parent).free < total - done:
            raise _full(part)
        if not done:
            part.path.write_bytes(b"")
            part.notes.write_text(json.dumps({**version, "total": total}), "utf-8")
        with part.path.open("ab") as out:
            for block in iter(lambda: _read(answer), b""):
                out.write(block)
                done += len(block)
                if progress is not None:
                    progress(done, total)
    if total is not None and done < total:
        raise _Broken(f"the connection closed after {done:,} of {total:,} bytes")
    if size is not None and done != size:
        part.drop()
        raise DataError(f"{url} has {done:,} bytes where {size:,} are registered: it is not the file it was.")


def _answer(url: str, done: int, noted: dict[str, Any]) -> http.client.HTTPResponse:
    request = urllib.request.Request(url, headers={"User-Agent": "townsquare"})
    if done:
        request.add_header("Range", f"bytes={done}-")
        etag, modified = noted.get("etag"), noted.get("modified")
        # a weak ETag may stand for other bytes, so it says nothing about ranges
        validator = etag if etag and not etag.startswith("W/") else modified
        if validator:
            request.add_header("If-Range", validator)
    try:
        answer: http.client.HTTPResponse = urllib.request.urlopen(request, timeout=_TIMEOUT)
    except urllib.error.HTTPError as error:
        if error.code == 416 and done:
            error.close()
            raise _Changed("the server no longer has the bytes after those kept") from error
        raise
    except (http.client.HTTPException, ConnectionError, TimeoutError) as error:
        raise _Broken(f"no answer: {error}") from error
    return answer


def _resumed(answer: http.client.HTTPResponse, done: int, noted: dict[str, Any], version: dict[str, Any]) -> int:
    """Total size, from an answer that goes on at byte ``done`` of the version noted; _Changed otherwise."""
    given = re.fullmatch(r"bytes (\d+)-\d+/(\d+)", answer.headers.get("Content-Range", ""))
    start, total = (int(given[1]), int(given[2])) if given else (-1, -1)
    if start != done or total != noted.get("total") or version["etag"] != noted.get("etag"):
        raise _Changed("the file has changed on the server")
    return total


def _length(answer: http.client.HTTPResponse) -> int | None:
    text = answer.headers.get("Content-Length", "")
    return int(text) if text.isdecimal() else None


def _read(answer: http.client.HTTPResponse) -> bytes:
    # apart from the writing, so that a broken connection is not taken for a broken disk
    try:
        return answer.read(_BLOCK)
    except (http.client.HTTPException, OSError) as error:
        raise _Broken(f"the connection broke: {error or type(error).__name__}") from error


def _full(part: _Part) -> DiskFull:
    return DiskFull(f"the disk of {part.path.parent} is full; make room and try again, {part.size():,} bytes are kept.")
