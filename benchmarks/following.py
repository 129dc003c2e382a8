"""A live run that somebody looks at: how often the page moves, and how much slower the run gets.

    python -m benchmarks.following            three pairs of runs per page
    python -m benchmarks.following --quick    one

Needs playwright, Chromium and Linux. Runs of the same town take turns: one alone, one with a page of the dashboard open
in a browser on the same machine. The seconds of both are those the run itself spent ticking, so their ratio says
something on a machine that does nothing else: once over the whole run, with the opening of the page, which loads what
it needs, and once from ``OPENED`` seconds after its first sight to the end, which is following alone. What the
dashboard's server and the browser took of a core from the first sight to the end is said beside it: that holds on a
busy machine as well.
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
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from townsquare.protocols.machine import versions
from townsquare.protocols.runfolder import RunFolder

PAGES = ("overview", "square")
TOWN = {"users.count": 1_000, "creators.count": 100, "ticks": 300, "record.snapshots": 5}
OPENED = 5.0
"""Seconds from the first sight of a page after which it has opened."""
_WATCH = """
line => {
    window.moved = [[performance.now(), line.textContent]];
    new MutationObserver(() => {
        const last = window.moved[window.moved.length - 1][1];
        if (line.textContent !== last) window.moved.push([performance.now(), line.textContent]);
    }).observe(line, {childList: true, characterData: true, subtree: true});
}
"""
"""The page itself notes when its line of ticks changes: to be asked for it ten times a second would cost it time."""


@dataclass(frozen=True, slots=True)
class Watched:
    """A run that a page followed."""

    spent: dict[int, float]
    """Seconds of ticking by ticks done."""
    opened: int
    """Ticks that were done when the page had opened."""
    gaps: list[float]
    """Seconds between two changes of the page."""
    server: float
    browser: float
    """Of a core, while the page was followed."""


def begun(folder: Path) -> "subprocess.Popen[bytes]":
    """The town, in a process of its own."""
    sets = [part for key, value in TOWN.items() for part in ("--set", f"{key}={value}")]
    return subprocess.Popen(
        [sys.executable, "-m", "townsquare", "run", "news", *sets, "--out", str(folder)],
        env={**os.environ, "OPENBLAS_NUM_THREADS": "1"}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip


def ended(folder: Path, run: "subprocess.Popen[bytes]") -> dict[int, float]:
    """Wait for a run; seconds of ticking by ticks done, where run.json was seen to say so."""
    seen = {}
    while run.poll() is None:
        time.sleep(0.1)
        info = RunFolder(folder).info if (folder / "run.json").exists() else None
        if info is not None:
            seen[info.ticks_done] = info.seconds
    if run.returncode:
        sys.exit(f"the run {folder} failed")
    info = RunFolder(folder).info
    return {**seen, info.ticks_done: info.seconds}


def followed(folder: Path, page: Any, base: str, screen: str, server: int) -> Watched:
    """A run, and the page that follows it from its first tick to its end; ``server`` is the dashboard's process."""
    run = begun(folder)
    while not (folder / "run.json").exists():
        time.sleep(0.05)
    page.goto(f"{base}/{screen}?run={folder.name}")
    line = page.get_by_text(re.compile(r"\d+ of \d+ ticks")).first
    line.wait_for(timeout=60_000)
    line.evaluate(_WATCH)
    began, before = time.monotonic(), (spent(server), spent(os.getpid(), "chrom"))
    time.sleep(OPENED)
    opened = RunFolder(folder).info
    ticking = {opened.ticks_done: opened.seconds, **ended(folder, run)}
    took, after = time.monotonic() - began, (spent(server), spent(os.getpid(), "chrom"))
    moved = [at / 1e3 for at, _ in page.evaluate("window.moved")]
    gaps = [later - earlier for earlier, later in pairwise(moved[1:-1])]
    shares = [(now - then) / took for then, now in zip(before, after, strict=True)]
    return Watched(ticking, opened.ticks_done, gaps, shares[0], shares[1])


def ratios(watched: Watched, alone: dict[int, float]) -> tuple[float, float]:
    """How much slower the run was that was watched: as a whole, and once the page had opened."""
    last = max(alone)
    first = min((tick for tick in alone if tick in watched.spent and tick >= watched.opened), default=last)
    after = (watched.spent[last] - watched.spent[first]) / (alone[last] - alone[first])
    return watched.spent[last] / alone[last], after


def spent(process: int, named: str = "") -> float:
    """Seconds of a core that a process and all that it has started have taken; only those whose name begins so."""
    seconds = 0.0
    for thread in Path(f"/proc/{process}/task").glob("*/children"):
        try:
            seconds += sum(spent(int(child), named) for child in thread.read_text().split())
        except OSError:  # gone since
            continue
    try:
        called, _, numbers = Path(f"/proc/{process}/stat").read_text().partition("(")[2].rpartition(")")
    except OSError:
        return seconds
    if called.startswith(named):
        seconds += sum(map(int, numbers.split()[11:13])) / os.sysconf("SC_CLK_TCK")
    return seconds


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
        print("a live run and a page that follows it: left out, needs playwright")
        return
    if not Path(given.chromium).exists():
        print(f"a live run and a page that follows it: left out, no Chromium at {given.chromium} (--chromium)")
        return
    machine = versions()
    print(
        f"a live run and a page that follows it; {machine['cpu']}, {os.cpu_count()} cores, python {machine['python']}"
    )
    with tempfile.TemporaryDirectory(prefix="townsquare-bench-") as made, sync_playwright() as playwright:
        root = Path(made)
        server, base = served(root)
        browser = playwright.chromium.launch(executable_path=given.chromium, args=["--no-sandbox", "--disable-gpu"])
        try:
            for screen in PAGES:
                found, seen = list[tuple[float, float]](), list[Watched]()
                for turn in range(1 if given.quick else 3):
                    page = browser.new_page(viewport={"width": 1300, "height": 1000})
                    seen.append(followed(root / f"{screen}-{turn}", page, base, screen, server.pid))
                    page.close()
                    out = root / f"{screen}-{turn}-alone"
                    found.append(ratios(seen[-1], ended(out, begun(out))))
                gaps = [gap for one in seen for gap in one.gaps]
                whole, after = (statistics.mean(one) for one in zip(*found, strict=True))
                print(
                    f"{screen:<10} run {after:.3f} x its time alone once the page has opened "
                    f"({', '.join(f'{one:.3f}' for _, one in found)}), {whole:.3f} x as a whole; of a core: server "
                    f"{statistics.mean(one.server for one in seen):.1%}, browser "
                    f"{statistics.mean(one.browser for one in seen):.1%}; {len(gaps):,} changes of the page, "
                    f"{statistics.median(gaps):.2f} s apart in the middle, at most {max(gaps):.2f} s",
                    flush=True,
                )
        finally:
            browser.close()
            server.terminate()
            server.wait(timeout=30)


if __name__ == "__main__":
    main()
