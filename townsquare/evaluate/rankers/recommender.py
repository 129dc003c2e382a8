"""Any registered recommender as a ranker of candidates; popularity and item-kNN among them."""

import numpy as np

from townsquare.evaluate.candidates import Candidates
from townsquare.evaluate.lists import Lists
from townsquare.protocols import Catalogue, FloatArray, Recommender, Streams, make


def recommender(name: str, lists: Lists, candidates: Candidates, streams: Streams) -> FloatArray:
    """(users, k) scores after a fit on all histories (lessons and validation); -inf where it has nothing to say.

    Items are renumbered to those that occur, for a catalogue may hold many more. Items have no content vectors here.
    """
    known = lists.interactions()
    used = np.unique(np.concatenate([known.items, candidates.items.ravel()]))
    moved = type(known)(
        known.users, np.searchsorted(used, known.items), known.values, known.ticks, known.n_users, len(used)
    )
    made: Recommender = make("recommender", name, {}, streams)
    made.fit(moved, Catalogue.bare(len(used)))
    last, width = int(known.ticks.max()) + 1, candidates.items.shape[1]
    found = np.full(candidates.items.shape, -np.inf)
    for user, row in enumerate(np.searchsorted(used, candidates.items)):
        slates = made.recommend(np.array([user]), width, tick=last, candidates=np.sort(row))
        for item, score in zip(slates.items[0], slates.scores[0], strict=True):
            if item >= 0:
                found[user, row == item] = score
    return found
