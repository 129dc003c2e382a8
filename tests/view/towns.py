"""Small runs for pages to show, made once."""

from pathlib import Path

import townsquare as ts

NEWS = {"users.count": 40, "creators.count": 5, "ticks": 4, "slate.length": 10, "clicks": 3}


def runs(root: Path) -> Path:
    """A folder with two runs, one of them a fork, and three folders that are broken in different ways."""
    first = ts.run("news", seed=3, set=NEWS, out=root / "first")
    first.fork(2, {"recommender.name": "random"}, out=root / "deep" / "fork")
    (root / "torn").mkdir()
    (root / "torn" / "run.json").write_text('{"format": 1, "na')
    (root / "newer").mkdir()
    (root / "newer" / "run.json").write_text('{"format": 99}')
    (root / "foreign").mkdir()
    (root / "foreign" / "notes.txt").write_text("nothing to see")
    return root
