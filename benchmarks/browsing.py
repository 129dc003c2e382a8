"""Agents that browse: seconds and memory of `evaluate recommenders` with 1,000 agents and six recommenders.

By default on made-up data of the size of MovieLens-1M; ``--data`` takes what `townsquare evaluate recommenders` takes.
"""

import argparse
import resource
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from townsquare.evaluate.recommenders import evaluate_recommenders
from townsquare.evaluate.recommenders_settings import RecommendersSettings
from townsquare.protocols import Streams

MODELS = ("popular", "item-knn", "ease", "gf-cf", "bpr")
PEOPLE, ITEMS, LENGTH, KINDS = 6040, 3600, 138, 20


def write(folder: Path, people: int) -> Path:
    """interactions.parquet: lengths and popularity with long tails, and a kind that each person keeps to mostly."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    rng = Streams(0).get("bench browsing")
    lengths = np.clip(rng.lognormal(np.log(LENGTH) - 0.5, 1.0, people), 20, ITEMS // 3).astype(int)
    popularity = 1.0 / np.arange(1, ITEMS + 1) ** 0.7
    kind = rng.integers(0, KINDS, ITEMS)
    taken = []
    for length in lengths:
        weights = popularity * np.where(kind == rng.integers(KINDS), 8.0, 1.0)
        taken.append(rng.choice(ITEMS, length, replace=False, p=weights / weights.sum()))
    users, items = np.repeat(np.arange(people), lengths), np.concatenate(taken)
    path = folder / "interactions.parquet"
    pq.write_table(pa.table({"user_id": users.astype(str), "item_id": items.astype(str)}), path)
    return path


def main() -> None:
    """One line per measurement."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.browsing", description=__doc__)
    parser.add_argument("--data", help="instead of made-up data")
    parser.add_argument("--quick", action="store_true", help="a tenth of the people, 100 agents")
    asked = parser.parse_args()
    settings = RecommendersSettings(agents=100 if asked.quick else 1000)
    with tempfile.TemporaryDirectory() as folder:
        data = asked.data or str(write(Path(folder), PEOPLE // 10 if asked.quick else PEOPLE))
        times, began = dict[str, float](), time.perf_counter()

        def clock(what: str, done: int, of: int) -> None:
            times.setdefault(what, time.perf_counter() - began)

        found = evaluate_recommenders(data, MODELS, settings=settings, workers=2, progress=clock)
        seconds = time.perf_counter() - began
    size = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1e6 if sys.platform == "darwin" else 1e3)
    print(
        f"evaluate recommenders, {len(found.agents):,} agents, {len(found.verdicts)} recommenders: "
        f"{seconds:6.1f} s, {size:5.0f} MB at most (the goal: 120 s on two cores)",
        flush=True,
    )
    for name in (one.recommender for one in found.verdicts):
        fitted = times[f"browse {name}-0"] - times[f"fit {name}-0"]
        print(f"  {name:<10} {fitted:6.2f} s to fit, recommend and turn the first page")


if __name__ == "__main__":
    main()
