"""What a run folder keeps of the files that a town was built from, so that a change is noticed."""

import hashlib
from collections.abc import Iterable
from pathlib import Path

from townsquare.sim.data import labelled


def data_hashes(sources: Iterable[str]) -> dict[str, str]:
    """sha256 of every file, by the name that the scenario gives it; of a data set of labelled texts, of its table.

    Raises DataError for what is not there.
    """
    return {source: file_hash(labelled.file_of(source)) for source in sources}


def file_hash(path: Path) -> str:
    """sha256 of a file, in hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
