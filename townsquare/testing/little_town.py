"""A town small enough to check every promise in: its history, its catalogue, and what happens in a tick."""

from dataclasses import replace

import numpy as np

from townsquare.protocols import Catalogue, Events, IntArray, Interactions, Scale, Streams

N_AGENTS, N_ITEMS = 30, 300
AGENTS: IntArray = np.arange(N_AGENTS, dtype=np.int32)
CANDIDATES: IntArray = np.arange(180, 280, 2, dtype=np.int32)
"""Only these are going round: a part of all ids, with gaps."""
TICK = 7


WORDS = ("harbour boats storm", "garden seeds spring", "music stage drums", "bread oven flour")
"""What is written about the items of each category."""


def little_town(seed: int = 0, n_interactions: int = 240, *, rated: bool = False) -> tuple[Interactions, Catalogue]:
    """A history and a catalogue: 30 agents of four tastes, 300 item ids of which those from 160 to 289 occur.

    The last five agents have never done anything. Which seed makes another history of the same catalogue. With
    ``rated`` the same interactions come with a rating from 1 to 5, most of them a 4 or 5 where the taste is met, and
    most of them with a review.
    """
    of_items, of_history = Streams(0).get("little town"), Streams(seed).get("little town", "history")
    categories = np.arange(N_ITEMS) % 4
    vectors = np.eye(6)[categories] + 0.3 * of_items.standard_normal((N_ITEMS, 6))
    catalogue = Catalogue(
        of_items.integers(N_AGENTS, size=N_ITEMS).astype(np.int32),
        (np.arange(N_ITEMS) // 40).astype(np.int32),
        categories.astype(np.int32),
        vectors,
        np.arange(N_ITEMS, dtype=np.uint64) + np.uint64(1000),
    )
    users = of_history.integers(N_AGENTS - 5, size=n_interactions).astype(np.int32)
    tasteful = of_history.random(n_interactions) < 0.8
    category = np.where(tasteful, users % 4, of_history.integers(4, size=n_interactions))
    # squaring makes some items far more popular than others
    items = (160 + 4 * (32 * of_history.random(n_interactions) ** 2).astype(int) + category).astype(np.int32)
    ticks = np.sort(of_history.integers(TICK, size=n_interactions)).astype(np.int32)
    likes = Interactions(users, items, np.ones(n_interactions), ticks, N_AGENTS, N_ITEMS)
    return (_rated(likes, seed) if rated else likes), catalogue


def _rated(likes: Interactions, seed: int) -> Interactions:
    """The same with ratings and reviews."""
    rng = Streams(seed).get("little town", "ratings")
    stars = np.where(likes.users % 4 == likes.items % 4, rng.integers(4, 6, len(likes)), rng.integers(1, 5, len(likes)))
    texts = np.full(len(likes), "", object)
    for row in np.flatnonzero(rng.random(len(likes)) < 0.8):
        word = "good" if stars[row] >= 4 else "dull"
        texts[row] = f"{word}, number {likes.items[row]}: {WORDS[likes.items[row] % 4]}"
    return replace(likes, values=stars.astype(np.float64), scale=Scale(1, 5, liked=4), texts=texts)


def excluded(n_agents: int = N_AGENTS) -> IntArray:
    """(agents, 12) some candidates, some ids that are none, and -1 as padding, in no order."""
    rng = Streams(0).get("little town", "excluded")
    table = rng.choice(CANDIDATES, (n_agents, 12)).astype(np.int32)
    table[rng.random(table.shape) < 0.3] = -1
    table[:, 3] = 17
    return table


def little_events(seed: int = 0) -> Events:
    """A tick in which some agents clicked and liked."""
    rng = Streams(seed).get("little town", "events")
    agents, items = rng.choice(AGENTS, 20), rng.choice(CANDIDATES, 20)
    return Events.concat([Events.of("click", agents, items, value=0.5), Events.of("like", agents[:8], items[:8])])
