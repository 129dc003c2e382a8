"""Columns of a run's segments: read once, and again only when the file has changed."""

from functools import lru_cache
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from townsquare.protocols.errors import RunFolderError
from townsquare.protocols.events import KIND

Stamp = tuple[int, int, int]
"""When a file was last written, its size, and which file it is."""


def rows(path: Path, *columns: str, kind: str | tuple[str, ...] = ()) -> pa.Table:
    """Some columns of a segment, of one kind of event, of some, or of all.

    Raises RunFolderError where it is missing or torn.
    """
    return _rows(path, stamp(path), columns, (kind,) if isinstance(kind, str) else kind)


def stamp(path: Path) -> Stamp:
    """What changes when a file is written again. Raises RunFolderError where it is missing."""
    try:
        held = path.stat()
    except OSError:
        raise RunFolderError(f"{path} is missing: the run folder is torn.") from None
    return held.st_mtime_ns, held.st_size, held.st_ino


@lru_cache(maxsize=1_024)
def _rows(path: Path, written: Stamp, columns: tuple[str, ...], kinds: tuple[str, ...]) -> pa.Table:
    try:
        filters = [("kind", "in", [KIND[kind] for kind in kinds])] if kinds else None
        return pq.read_table(path, columns=list(columns), filters=filters, partitioning=None)
    except (pa.ArrowException, OSError) as error:
        raise RunFolderError(f"{path} cannot be read, the run folder is torn: {str(error).splitlines()[0]}") from error
