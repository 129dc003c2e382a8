"""A moderator of reviews: what somebody else has said almost word by word is removed (ours)."""

import numpy as np
from pydantic import Field

from townsquare.protocols.moderator import ACTION, Posts, Verdicts
from townsquare.protocols.settings import Settings
from townsquare.protocols.streams import Streams
from townsquare.sim.word_runs import word_runs, words

_SHORT = 6
"""Shorter texts are alike by chance, and are left alone."""


class NearDuplicates:
    """Removes a text that shares most of its runs of three words with an earlier one, or with one before it today.

    Alike is the Jaccard index of the two sets of runs, letters made small and all but letters and digits left out.
    Texts of fewer than six words are shown. A rule without learning: it finds copied reviews, and nothing else.
    """

    class Config(Settings):
        """When two texts are too much alike."""

        alike: float = Field(default=0.6, gt=0, le=1)
        """Jaccard index from which a text is removed."""

    config: Config

    def __init__(self, config: Config, streams: Streams) -> None:
        self.config = config

    async def review(self, posts: Posts) -> Verdicts:
        """Show or remove; the score is the Jaccard index to the most similar text."""
        new = set(posts.items.tolist())
        holding: dict[tuple[str, ...], list[int]] = {}
        sizes: dict[int, int] = {}
        scores = np.zeros(len(posts))
        for item in posts.archive.tolist():
            if item not in new:
                _note(item, _runs(posts.text(item)), holding, sizes)
        why = [""] * len(posts)
        for row, item in enumerate(posts.items.tolist()):
            runs = _runs(posts.text(item))
            scores[row], other = _nearest(runs, holding, sizes)
            if scores[row] >= self.config.alike:
                why[row] = f"{scores[row]:.0%} of its phrases are those of {other}"
            _note(item, runs, holding, sizes)
        action = np.where(scores >= self.config.alike, ACTION["remove"], ACTION["show"]).astype(np.int8)
        return Verdicts(action, scores, why)


def _runs(text: str) -> set[tuple[str, ...]]:
    found = words(text)
    return set() if len(found) < _SHORT else word_runs(found)


def _note(
    item: int, runs: set[tuple[str, ...]], holding: dict[tuple[str, ...], list[int]], sizes: dict[int, int]
) -> None:
    sizes[item] = len(runs)
    for run in runs:
        holding.setdefault(run, []).append(item)


def _nearest(
    runs: set[tuple[str, ...]], holding: dict[tuple[str, ...], list[int]], sizes: dict[int, int]
) -> tuple[float, int]:
    """The largest Jaccard index to a text noted before, and whose it is; ties to the smaller id, 0 and -1 for none."""
    shared: dict[int, int] = {}
    for run in runs:
        for other in holding.get(run, ()):
            shared[other] = shared.get(other, 0) + 1
    best = max(
        shared.items(), key=lambda pair: (pair[1] / (len(runs) + sizes[pair[0]] - pair[1]), -pair[0]), default=None
    )
    if best is None:
        return 0.0, -1
    return best[1] / (len(runs) + sizes[best[0]] - best[1]), best[0]
