"""Locks are held by one at a time and let go of when closed."""

from pathlib import Path

import pytest

from townsquare.protocols import InputError, lock


def test_held_by_one_at_a_time(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with lock.take(path, InputError("never raised")), pytest.raises(InputError, match=r"^somebody has it$"):
        lock.take(path, InputError("somebody has it"))
    lock.take(path, InputError("never raised")).close()


def test_where_nothing_can_be_written(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="nowhere"):
        lock.take(tmp_path / "nowhere" / "lock", InputError("never raised"))
