"""What a recommender, fitted on what is not held out, has for people."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from townsquare.evaluate.histories import Split
from townsquare.protocols import Catalogue, InputError, IntArray, Recommender, Streams, UnknownComponent, make
from townsquare.protocols.recommender import answerable
from townsquare.protocols.registry import find, known
from townsquare.protocols.workers import Workers


def usable(name: str) -> str:
    """``name``, where a recommender of that name can learn from interactions alone; else an InputError."""
    if name not in known("recommender"):
        raise UnknownComponent("recommender", name, known("recommender"))
    if "vectors" in getattr(find("recommender", name), "needs", ()):
        raise InputError(f"recommender {name!r} needs items with content vectors, and histories have none.")
    return name


def recommended(
    name: str, settings: Mapping[str, Any], split: Split, agents: IntArray, places: int, seed: int, workers: int = 1
) -> IntArray:
    """(agents, places) its order of all items that each of ``agents`` has not had; -1 where it has nothing to say.

    It learns from everybody in the data, whoever the agents are. Whatever the plug-in raises is a ContractError.
    """
    interactions = split.interactions()
    made: Recommender = make("recommender", name, dict(settings), Streams(seed))
    tick = int(interactions.ticks.max()) + 1
    with answerable("recommender", made, "fit", tick):
        made.fit(interactions, Catalogue.bare(interactions.n_items))
    candidates = np.arange(interactions.n_items)
    had = interactions.matrix()[agents]
    lengths = np.diff(had.indptr)

    def block(rows: slice) -> IntArray:
        width = int(lengths[rows].max())
        exclude = np.full((len(lengths[rows]), width), -1, np.int64)
        exclude[np.arange(width) < lengths[rows][:, None]] = had.indices[had.indptr[rows.start] : had.indptr[rows.stop]]
        return made.recommend(agents[rows], places, tick=tick, candidates=candidates, exclude=exclude).items

    with answerable("recommender", made, "recommend", tick):
        return np.concatenate(Workers(workers).blocks(len(agents), block))
