"""Attacks on recommenders: CPU seconds of the parts of `evaluate attacks`, and of its whole default grid.

By default on made-up ratings of the size of MovieLens-100K; ``--data`` takes what `townsquare evaluate attacks` takes.
"""

import argparse
import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_limits

from townsquare.evaluate.attack_bench import Bench, Trial
from townsquare.evaluate.attack_fit import Victim
from townsquare.evaluate.attack_guard import guards
from townsquare.evaluate.attack_trials import Plan
from townsquare.evaluate.attacks import ATTACKS, DEFENCES, SEEDS, VICTIMS
from townsquare.evaluate.attacks_settings import AttacksSettings
from townsquare.protocols import Catalogue, Interactions, Streams
from townsquare.protocols.interactions import Scale
from townsquare.sim.data.ratings import RatingData, load

PEOPLE, ITEMS, LENGTH, KINDS = 943, 1682, 106, 18


def made_up(people: int) -> RatingData:
    """Popularity and lengths with long tails, tastes by kind, 1 to 5 stars."""
    rng = Streams(0).get("bench attacks")
    lengths = np.clip(rng.lognormal(np.log(LENGTH) - 0.4, 0.9, people), 20, ITEMS // 3).astype(int)
    weights = 1.0 / (10 + np.arange(ITEMS))
    kind = rng.integers(0, KINDS, ITEMS).astype(np.int32)
    users = np.repeat(np.arange(people), lengths)
    items = np.concatenate([rng.choice(ITEMS, n, replace=False, p=weights / weights.sum()) for n in lengths])
    taste = rng.normal(0, 0.6, (people, KINDS))
    stars = rng.normal(3.5, 0.5, ITEMS)[items] + taste[users, kind[items]] + rng.normal(0, 0.8, len(users))
    log = Interactions(
        users, items, np.clip(np.rint(stars), 1, 5), np.zeros(len(users), np.int32), people, ITEMS, Scale(1, 5, 4)
    )
    bare = Catalogue.bare(ITEMS)
    catalogue = Catalogue(bare.authors, bare.born, kind, None, bare.keys)
    ids = tuple(f"{number:05d}" for number in range(max(people, ITEMS)))
    return RatingData("made up", log, catalogue, None, ids[:people], ids[:ITEMS], tuple(map(str, range(KINDS))))


@contextmanager
def clocked(into: dict[str, float], name: str) -> Iterator[None]:
    """CPU seconds of this process."""
    began = time.process_time()
    yield
    into[name] = time.process_time() - began


async def measure(data: RatingData) -> None:
    """A line per part; figures as multiples of one log's fit of EASE are what to compare between machines."""
    guarded = guards(DEFENCES, {}, texts=data.log.texts is not None)
    bench = Bench(data, AttacksSettings(), VICTIMS, guarded)
    plan = Plan(bench, ATTACKS, SEEDS)
    split = bench.split(SEEDS[0])
    made, crafts, weighs, fits = dict[str, Trial](), dict[str, float](), dict[str, float](), dict[str, float]()
    for name in ATTACKS:
        key = next(key for key in plan.keys if key.attack == name)
        with clocked(crafts, name):
            made[name] = await plan.trial(key, None)
    trial = made[ATTACKS[0]]
    log = trial.profiles.joining(split.train, int(split.train.ticks.max()) + 1)
    reported = np.arange(split.whole.n_users, split.whole.n_users + 5)
    for guard in guarded[1:]:
        for _ in range(2):  # the first time libraries are loaded
            with clocked(weighs, guard.name):
                await guard.weigh(log, data.catalogue, None, 0, reported)
    for name in VICTIMS:
        with clocked(fits, name):
            victim = Victim(name, {}, 0)
            victim.measured(victim.lesson(log), data.catalogue, split, trial.targets, 10, 20)
    print(f"evaluate attacks, {len(data.log):,} ratings: CPU seconds of a part for one log")
    for kind, parts in (("attack", crafts), ("defence", weighs), ("victim", fits)):
        for name, took in parts.items():
            ratio = took / fits["ease"]
            print(f"  {kind:<8}{name:<20}{took:6.2f} s {ratio:6.2f} x the fit and ranking of ease", flush=True)
    each = sum(crafts.values()) / len(crafts) + sum(weighs.values()) + sum(fits.values()) * len(guarded)
    goal = "the goal: 20, on two cores 10"
    print(f"  the default grid of {len(plan.keys)} logs: {len(plan.keys) * each / 60:.1f} CPU minutes at most ({goal})")


def main() -> None:
    """One line per measurement."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.attacks", description=__doc__)
    parser.add_argument("--data", type=Path, help="instead of made-up ratings")
    parser.add_argument("--quick", action="store_true", help="a third of the people")
    asked = parser.parse_args()
    data = load(asked.data) if asked.data else made_up(PEOPLE // 3 if asked.quick else PEOPLE)
    with threadpool_limits(1, "blas"):
        asyncio.run(measure(data))


if __name__ == "__main__":
    main()
