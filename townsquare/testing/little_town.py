"""A town small enough to check every promise in: its history, its catalogue, and what happens in a tick."""

import numpy as np

from townsquare.protocols import Catalogue, Events, IntArray, Interactions, Streams

N_AGENTS, N_ITEMS = 30, 300
AGENTS: IntArray = np.arange(N_AGENTS, dtype=np.int32)
CANDIDATES: IntArray = np.arange(180, 280, 2, dtype=np.int32)
"""Only these are going round: a part of all ids, with gaps."""
TICK = 7


def little_town(seed: int = 0, n_interactions: int = 240) -> tuple[Interactions, Catalogue]:
    """A history and a catalogue: 30 agents of four tastes, 300 item ids of which those from 160 to 289 occur.

    The last five agents have never done anything. Which seed makes another history of the same catalogue.
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
    return Interactions(users, items, np.ones(n_interactions), ticks, N_AGENTS, N_ITEMS), catalogue


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
