"""What a run will take grows with what it does."""

from townsquare.estimate import estimate
from townsquare.sim.scenarios.news import News


def test_more_readers_and_ticks_take_more() -> None:
    small, large = estimate(News(ticks=10)), estimate(News(ticks=20, users={"count": 2000}))
    for name in ("events", "seconds", "memory_mb", "disk_mb"):
        assert 0 < small[name] < large[name]
