"""How many short posts the offline moderators review: ``python -m benchmarks.moderators`` (``--data FILE`` for yours).

Posts are made up: 6 to 24 words drawn by Zipf's law out of 20,000, some of them numbers, in capitals, with accents or
drawn out; no two are equal, since of equal posts one is looked at. Every moderator learns from 4,000 of them and
reviews the rest in one batch. Seconds are CPU seconds of one thread (``time.process_time``), the best of five reviews;
the first one meets words that it has never seen, and is told apart.
"""

import argparse
import asyncio
import os
from time import process_time
from typing import Any

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np

from townsquare.protocols import Streams
from townsquare.protocols.machine import peak_memory_mb
from townsquare.protocols.moderator import Labelled, Learner, Posts
from townsquare.protocols.registry import make
from townsquare.sim.data.labelled import load

MODERATORS: dict[str, dict[str, Any]] = {
    "linear": {},
    "retrieval": {},
    "lexicon": {"entries": ["word17", "prize", "call now"]},
    "harm-words": {},
}
EXAMPLES = 4_000
REPEATS = 5


def made(n: int) -> Labelled:
    """``n`` distinct posts, of which about one in seven is harmful: those hold more of some words."""
    rng = np.random.default_rng(7)
    letters = np.array(list("etaoinshrdlucmfwyp"))
    held = {"".join(rng.choice(letters, size=size)) for size in rng.integers(2, 9, size=30_000)}
    words = np.array(sorted(held, key=lambda word: (len(word), word))[:20_000], dtype=object)
    words[50::97] = [f"{n:05d}" for n in range(len(words[50::97]))]
    words[30::89] = [f"{word}é" for word in words[30::89]]
    words[70::101] = [f"{word}!!!" for word in words[70::101]]
    texts: dict[str, int] = {}
    while len(texts) < n:
        harmful = rng.random() < 0.14
        ranks = rng.zipf(1.25, size=rng.integers(6, 25)) % (len(words) - 200) + (100 if harmful else 0)
        chosen = [str(word) for word in words[ranks]]
        if rng.random() < 0.2:
            chosen[0] = chosen[0].upper()
        texts.setdefault(f"{' '.join(chosen).capitalize()}.", int(harmful))
    return Labelled(list(texts), np.array(list(texts.values())), ["ham", "spam"], [False, True])


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.moderators", description=__doc__)
    parser.add_argument("--data", help="labelled texts instead of made ones: FILE, or the name of a data set")
    parser.add_argument("--quick", action="store_true", help="fewer posts")
    given = parser.parse_args()
    posts = load(given.data).examples if given.data else made(EXAMPLES + (10_000 if given.quick else 50_000))
    order = np.random.default_rng(0).permutation(len(posts))
    learnt, rest = posts.where(order[:EXAMPLES]), posts.where(order[EXAMPLES:])
    letters = np.mean([len(text) for text in rest.texts])
    print(f"{len(rest):,} distinct posts of {letters:.0f} letters in the mean, {len(learnt):,} examples; one thread")
    print(f"{'moderator':<12} {'posts per CPU second':>20} {'the first time':>16} {'learning, s':>12}")
    for name, settings in MODERATORS.items():
        moderator: Any = make("moderator", name, settings, Streams(0))
        began = process_time()
        if isinstance(moderator, Learner):
            moderator.learn(learnt)
        learning = process_time() - began
        seconds = []
        for _ in range(REPEATS):
            batch = Posts.of_texts(rest.texts)
            began = process_time()
            asyncio.run(moderator.review(batch))
            seconds.append(process_time() - began)
        speed, first = len(rest) / min(seconds), len(rest) / seconds[0]
        print(f"{name:<12} {speed:>20,.0f} {first:>16,.0f} {learning:>12.2f}", flush=True)
    print(f"peak memory {peak_memory_mb():.0f} MB")


if __name__ == "__main__":
    main()
