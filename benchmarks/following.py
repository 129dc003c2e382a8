"""A live run that somebody looks at: how often the page moves, and how much slower the run gets.

    python -m benchmarks.following            three pairs of runs per page
    python -m benchmarks.following --quick    one

Needs playwright and Chromium. Runs of the same town take turns: one alone, one with a page of the dashboard open in a
browser on the same machine. The seconds of both are those the run itself spent ticking.
"""

import argparse
import os
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from itertools import pairwise
from pathlib import Path
from typing import Any

from townsquare.protocols.machine import versions
from townsquare.protocols.runfolder import RunFolder

PAGES = ("overview", "square")
TOWN = {"users.count": 1_000, "creators.count": 100, "ticks": 200, "record.snapshots": 5}
_STEP = 0.1
"""Seconds between two looks at the page."""


def begun(folder: Path) -> "subprocess.Popen[bytes]":
    """The town, in a process of its own."""
    sets = [part for key, value in TOWN.items() for part in ("--set", f"{key}={value}")]
    return subprocess.Popen(
        [sys.executable, "-m", "townsquare", "run", "news", *sets, "--out", str(folder)],
        env={**os.environ, "OPENBLAS_NUM_THREADS": "1"}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip


def alone(folder: Path) -> float:
    """Seconds of ticking of a run at which nobody looks."""
    if begun(folder).wait():
        sys.exit(f"the run {folder} failed")
    return RunFolder(folder).info.seconds


def followed(folder: Path, page: Any, base: str, screen: str) -> tuple[float, list[float]]:
    """Seconds of ticking of a run that a page follows, and the seconds between two changes of that page."""
    run = begun(folder)
    while not (folder / "run.json").exists():
        time.sleep(0.05)
    page.goto(f"{base}/{screen}?run={folder.name}")
    line = page.get_by_text(re.compile(r"\d+ of \d+ ticks")).first
    line.wait_for(timeout=60_000)
    moved, before = [], ""
    while run.poll() is None:
        now = line.inner_text()
        if now != before:
            moved.append(time.monotonic())
            before = now
        time.sleep(_STEP)
    if run.returncode:
        sys.exit(f"the run {folder} failed")
    gaps = [later - earlier for earlier, later in pairwise(moved[1:-1])]
    return RunFolder(folder).info.seconds, gaps


def served(root: Path) -> tuple["subprocess.Popen[bytes]", str]:
    """The dashboard over ``root``, once it answers, and its address."""
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        port = int(door.getsockname()[1])
    words = [sys.executable, "-m", "townsquare", "view", str(root), "--port", str(port), "--no-browser"]
    process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    while True:
        try:
            urllib.request.urlopen(f"{address}/_stcore/health", timeout=2).close()
            return process, address
        except OSError:
            if process.poll() is not None:
                sys.exit("the dashboard did not start")
            time.sleep(0.2)


def main() -> None:
    """Print a row per page."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.following", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one pair of runs per page")
    parser.add_argument("--chromium", default="/usr/bin/chromium", help="the browser (default /usr/bin/chromium)")
    given = parser.parse_args()
    try:
        from playwright.sync_api import sync_playwright
    except ModuleNotFoundError:
        sys.exit("needs playwright: pip install playwright")
    if not Path(given.chromium).exists():
        sys.exit(f"there is no Chromium at {given.chromium}; --chromium says where it is")
    found = versions()
    print(f"a live run and a page that follows it; {found['cpu']}, {os.cpu_count()} cores, python {found['python']}")
    with tempfile.TemporaryDirectory(prefix="townsquare-bench-") as made, sync_playwright() as playwright:
        root = Path(made)
        server, base = served(root)
        browser = playwright.chromium.launch(executable_path=given.chromium, args=["--no-sandbox", "--disable-gpu"])
        try:
            for screen in PAGES:
                ratios, gaps = [], []
                for turn in range(1 if given.quick else 3):
                    page = browser.new_page(viewport={"width": 1300, "height": 1000})
                    watched, waits = followed(root / f"{screen}-{turn}", page, base, screen)
                    page.close()
                    ratios.append(watched / alone(root / f"{screen}-{turn}-alone"))
                    gaps += waits
                print(
                    f"{screen:<10} run {statistics.mean(ratios):.3f} x its time alone "
                    f"({', '.join(f'{one:.3f}' for one in ratios)}); {len(gaps):,} changes of the page, "
                    f"{statistics.median(gaps):.2f} s apart in the middle, at most {max(gaps):.2f} s",
                    flush=True,
                )
        finally:
            browser.close()
            server.terminate()
            server.wait(timeout=30)


if __name__ == "__main__":
    main()
