"""``make bench``: speed, memory and where the time goes, on this machine.

Every case runs in a process of its own. Absolute figures belong to the machine; the ratios are what to compare.
"""

import argparse
import json
import subprocess
import sys
from typing import Any

from benchmarks import chat
from benchmarks.stages import STAGES
from townsquare.protocols.machine import versions

READERS = (1_000, 3_000, 10_000, 30_000)
SWEEP = ("ticks=10", "creators.count=100", "slate.length=50")
OTHERS = (
    "asking", "panel", "memory", "browsing", "messages", "discovery", "attacks", "opinions", "moderators", "dashboard",
    "following",
)  # fmt: skip
"""Benchmarks that are modules of their own."""
SHORTER = ("memory", "browsing", "messages", "attacks", "opinions", "moderators", "dashboard", "following")
"""Those that know --quick."""
FULL = ("users.count=10000", "creators.count=1000", "slate.length=100", "ticks=50")


def measure(*settings: str) -> dict[str, Any]:
    """One case; a failed one stops the benchmark with what it said."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.case", *settings], capture_output=True, text=True, check=False
    )
    if done.returncode:
        sys.exit(f"{' '.join(settings)} failed:\n{done.stderr}")
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def show(name: str, case: dict[str, Any]) -> None:
    """One line: ticks/s, memory, disk, and the share of each stage."""
    whole = sum(case["stages"].values())
    shares = "  ".join(f"{stage} {case['stages'].get(stage, 0) / whole:3.0%}" for stage in STAGES)
    print(
        f"{name:<34} {case['ticks'] / case['seconds']:7.2f} ticks/s {case['seconds']:7.1f} s "
        f"{case['memory_mb']:6.0f} MB {case['disk_mb']:6.0f} MB disk   {shares}",
        flush=True,
    )


def linear(recommender: str) -> None:
    """Seconds per tick and reader for a growing town; equal figures mean linear growth."""
    print(f"\ngrowth in readers, recommender {recommender} (100 creators, list of 50, 10 ticks)")
    first = 0.0
    for readers in READERS:
        case = measure(f"users.count={readers}", f"recommender.name={recommender}", *SWEEP)
        per = case["seconds"] / case["ticks"] / readers * 1e6
        first = first or per
        show(f"{readers:,} readers", case)
        print(f"{'':<34} {per:7.1f} us per reader and tick, {per / first:.2f} x that of {READERS[0]:,} readers")


def _quick(module: str, quick: bool) -> list[str]:
    return ["--quick"] if quick and module in SHORTER else []


def main() -> None:
    """Run all cases, or with --quick the small ones."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="leave out the original size and the largest towns")
    quick = parser.parse_args().quick
    found = versions()
    print(", ".join(f"{name} {found[name]}" for name in ("cpu", "python", "numpy", "blas")))
    print("\n1,000 readers x 100 creators x 50 ticks, list of 50")
    learned, control = measure(), measure("recommender.name=random")
    show("bpr", learned)
    show("random", control)
    print(f"{'':<34} a learned recommender costs {learned['seconds'] / control['seconds']:.2f} x the random control")
    chat.table(repeats=1 if quick else 3)
    for module in OTHERS:
        print(flush=True)
        subprocess.run([sys.executable, "-m", f"benchmarks.{module}", *_quick(module, quick)], check=True)
    if quick:
        return
    linear("bpr")
    print("\nthe published size: 10,000 readers x 1,000 creators x 50 ticks, list of 100")
    show("bpr", measure(*FULL))
    show("random", measure(*FULL, "recommender.name=random"))


if __name__ == "__main__":
    main()
