"""Common random numbers: two arms that differ in one setting are compared far more sharply than two unrelated runs."""

from pathlib import Path

import pytest

import townsquare as ts


def paired_to_unpaired(folder: Path, seed: int, **town: object) -> float:
    """Width of the paired interval of likes per reader over that of the unpaired one, cold start 0.2 against 0.3."""
    runs = [
        ts.run("news", seed=seed, set={**town, "slate.cold_start": share}, out=folder / f"{seed}-{share}")
        for share in (0.2, 0.3)
    ]
    row = next(row for row in ts.compare(*runs).rows() if row["measure"] == "likes_per_user")
    assert row["unit"] == "agent"
    (low, high), (wide_low, wide_high) = row["interval"], row["unpaired_interval"]
    return float((high - low) / (wide_high - wide_low))


def test_pairing_sharpens_a_small_town(tmp_path: Path) -> None:
    assert paired_to_unpaired(tmp_path, 1, ticks=25, **{"users.count": 300, "creators.count": 30}) < 0.5


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_pairing_makes_the_interval_a_third_as_wide(seed: int, tmp_path: Path) -> None:
    assert paired_to_unpaired(tmp_path, seed) <= 1 / 3
