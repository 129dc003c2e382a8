"""One run in a process of its own: prints ticks per second, peak memory and seconds per stage as JSON."""

import json
import sys
import tempfile
from pathlib import Path

import townsquare as ts
from benchmarks.stages import Clock
from townsquare.protocols.scenario import parse_override


def main() -> None:
    """``python -m benchmarks.case path=value ...``."""
    clock = Clock()
    clock.watch()
    with tempfile.TemporaryDirectory() as folder:
        run = ts.run("news", set=dict(parse_override(text) for text in sys.argv[1:]), out=Path(folder) / "run")
        disk = sum(path.stat().st_size for path in run.path.rglob("*") if path.is_file())
        info = run.info
    print(
        json.dumps(
            {
                "ticks": info.ticks,
                "seconds": info.seconds,
                "memory_mb": info.peak_memory_mb,
                "disk_mb": disk / 1e6,
                "stages": dict(clock.seconds),
                "digest": info.digest,
            }
        )
    )


if __name__ == "__main__":
    main()
