"""Pages of the dashboard: seconds and memory to open each, of a run of 1,000 readers and of ten million events.

    python -m benchmarks.dashboard            both runs
    python -m benchmarks.dashboard --quick    the small one

Each page is opened once in a process of its own, as Streamlit runs it but without a browser, with everything imported
beforehand and nothing cached.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from townsquare.protocols.machine import peak_memory_mb, versions
from townsquare.protocols.runfolder import RunFolder

PAGES = {
    "runs": {},
    "overview": {},
    "feed": {"agent": "7", "tick": "{last}"},
    "agent": {"agent": "7", "tick": "{last}"},
    "why": {"agent": "7", "tick": "{last}"},
    "network": {},
    "square": {},
    "moderation": {},
    "conversations": {},
    "compare": {"run": ["run", "random"]},
}
SMALL = {"users.count": 1_000, "creators.count": 100, "ticks": 50}
LARGE = {**SMALL, "users.count": 3_000, "record.checkpoints": 50}
"""Ten million events: 50 ticks of 3,000 readers with a list of 50 and 10 clicks."""


def make(folder: Path, settings: dict[str, object]) -> None:
    """Two runs with the same seed, one of them the random control; each by a process, so that this one stays small."""
    for name, more in (("run", {}), ("random", {"recommender.name": "random"})):
        sets = [part for key, value in {**settings, **more}.items() for part in ("--set", f"{key}={value}")]
        command = [sys.executable, "-m", "townsquare", "run", "news", *sets, "--out", str(folder / name)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def opened(folder: Path, page: str) -> dict[str, float]:
    """Seconds of processor and of clock that one page takes, and the most memory, in a process of its own."""
    environment = os.environ | {"TOWNSQUARE_VIEW_ROOT": str(folder), "OPENBLAS_NUM_THREADS": "1"}
    command = [sys.executable, "-m", "benchmarks.dashboard", "--page", page, "--root", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    if done.returncode:
        sys.exit(f"{page} failed:\n{done.stdout}{done.stderr}")
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def _one(folder: Path, page: str) -> None:
    """Open one page and print what it took."""
    import altair as alt
    from streamlit.testing.v1 import AppTest

    import townsquare.runs  # noqa: F401

    __import__(f"townsquare.view.screens.{page}")
    empty = f"import streamlit as st\nst.text('warm')\nfrom townsquare.view.screens import {page}"
    AppTest.from_string(empty, default_timeout=120).run()
    alt.Chart().mark_line().to_dict(validate=False)
    before = peak_memory_mb()
    test = AppTest.from_string(f"from townsquare.view.screens import {page}\n{page}.page()", default_timeout=300)
    last = RunFolder(folder / "run").info.ticks_done - 1
    address: dict[str, str | list[str]] = {"run": "run", **PAGES[page]}
    for key, value in address.items():
        test.query_params[key] = value if isinstance(value, list) else value.format(last=last)
    began, clock = time.process_time(), time.perf_counter()
    test.run()
    cpu, wall = time.process_time() - began, time.perf_counter() - clock
    if test.exception:
        sys.exit(str(test.exception[0].message))
    print(json.dumps({"cpu": cpu, "wall": wall, "memory": peak_memory_mb(), "before": before}))


def table(title: str, folder: Path) -> None:
    """A row per page."""
    runs = [RunFolder(folder / name) for name in ("run", "random")]
    import pyarrow.parquet as pq

    events = sum(pq.read_metadata(runs[0].segment("events", tick)).num_rows for tick in runs[0].ticks())
    print(f"\n{title}: {events:,} events, {len(runs[0].agents()):,} agents, {runs[0].info.ticks} ticks")
    for page in PAGES:
        took = opened(folder, page)
        print(
            f"{page:<14} {took['cpu']:6.2f} s of processor {took['wall']:6.2f} s {took['memory']:6.0f} MB "
            f"({took['before']:.0f} MB before the page)",
            flush=True,
        )


def main() -> None:
    """Make the runs, open the pages, print the tables."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.dashboard", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="leave out the run with ten million events")
    parser.add_argument("--keep", type=Path, help="make the runs here and leave them, or use those that are here")
    parser.add_argument("--page", choices=sorted(PAGES), help=argparse.SUPPRESS)
    parser.add_argument("--root", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.page:
        _one(given.root, given.page)
        return
    found = versions()
    print("pages of the dashboard;", ", ".join(f"{name} {found[name]}" for name in ("cpu", "python")))
    home = given.keep or Path(tempfile.mkdtemp(prefix="townsquare-bench-"))
    try:
        for name, settings in (("small", SMALL), ("large", LARGE))[: 1 if given.quick else 2]:
            if not (home / name / "random" / "run.json").exists():
                make(home / name, settings)
            table(name, home / name)
    finally:
        if given.keep is None:
            shutil.rmtree(home)


if __name__ == "__main__":
    main()
