"""Columns of a run's segments: read once, and again only when the file has changed."""

from functools import lru_cache
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from townsquare.protocols.errors import RunFolderError
from townsquare.protocols.events import KIND


def rows(path: Path, *columns: str, kind: str | None = None) -> pa.Table:
    """Some columns of a segment, of one kind of event or of all. Raises RunFolderError where it is missing or torn."""
    try:
        held = path.stat()
    except OSError:
        raise RunFolderError(f"{path} is missing: the run folder is torn.") from None
    return _rows(path, (held.st_mtime_ns, held.st_size, held.st_ino), columns, kind)


@lru_cache(maxsize=1_024)
def _rows(path: Path, stamp: tuple[int, int, int], columns: tuple[str, ...], kind: str | None) -> pa.Table:
    try:
        filters = None if kind is None else [("kind", "==", KIND[kind])]
        return pq.read_table(path, columns=list(columns), filters=filters, partitioning=None)
    except (pa.ArrowException, OSError) as error:
        raise RunFolderError(f"{path} cannot be read, the run folder is torn: {str(error).splitlines()[0]}") from error
