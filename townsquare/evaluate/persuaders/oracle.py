"""A judge that has learnt from pairs which of two wordings is liked more."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from pydantic import Field

from townsquare.evaluate.persuaders.accuracy import proportion
from townsquare.evaluate.persuaders.families import lots, wording
from townsquare.evaluate.persuaders.features import features
from townsquare.protocols import FloatArray, InputError, IntArray, Settings, Streams, steady
from townsquare.protocols.persuader import Brief, Pair, Side, Version

FEWEST = 40
"""Pairs below which there is nothing to learn from."""
_FOLDS = 5


@dataclass(frozen=True, slots=True)
class HeldOut:
    """How often the better text of pairs that were not learnt from is found; chance is 0.5."""

    pairs: int
    """Learnt from in the end."""
    tested: int
    """Held out once."""
    accuracy: float
    low: float
    """Of the 95 % interval, a bootstrap over weak wordings."""
    high: float


class Oracle:
    """Logistic regression on the difference of two texts: hashed words and pairs of words, and a dozen plain counts.

    The paper's oracle (PersuasionBench, arXiv 2410.02653) is a language model trained on the full data; ours is small
    and trained on the user's own pairs. Each pair is learnt both ways round without an intercept, so that
    swapping two texts swaps the verdict: it has no position bias. Whether the better post had an image or a link the
    other had not is learnt beside, and is the same on both sides of an arena's match. An oracle is only as good as
    ``held_out`` says; one whose interval holds 0.5 tells nobody apart.
    """

    class Config(Settings):
        """What it learns with."""

        dimensions: int = Field(default=2**14, ge=2**6, le=2**20)
        "Places for words and pairs of words."
        penalty: float = Field(default=1.0, gt=0)
        "Strength of the pull of all weights towards 0."

    needs: ClassVar[tuple[str, ...]] = ("pairs",)
    config: Config

    def __init__(self, config: Config, streams: Streams) -> None:
        self.config, self.streams = config, streams
        self.held_out: HeldOut | None = None
        self._weights: FloatArray | None = None
        self._known: dict[str, float] = {}

    def learn(self, pairs: Sequence[Pair]) -> None:
        """Fit all ``pairs``, after taking the accuracy in five parts, of which each is held out once.

        No wording is on both sides of a split (``families.lots``). Raises InputError where there are too few pairs.
        """
        if len(pairs) < FEWEST:
            raise InputError(
                f"the oracle needs {FEWEST} pairs to learn from besides those of the arena, there are {len(pairs)}: "
                "give more posts, a larger share (held), or judge with llm."
            )
        better, worse = self._sides(pairs)
        difference = (better - worse).tocsr()
        part = np.floor(lots(pairs, self.streams.get("oracle", "folds")) * _FOLDS)
        right, where = list[float](), list[int]()
        for fold in range(_FOLDS):
            tested, learnt = (part == fold).all(axis=1), (part != fold).all(axis=1)
            if not tested.any() or not learnt.any():
                continue
            ahead = steady(difference[tested] @ self._fit(difference[learnt]), 6)
            right += np.where(ahead == 0, 0.5, ahead > 0).tolist()
            where += np.flatnonzero(tested).tolist()
        names: dict[str, int] = {}
        clusters = [names.setdefault(wording(pairs[row].weak), len(names)) for row in where]
        share = proportion(right, clusters, self.streams.get("oracle", "interval"))
        self.held_out = HeldOut(len(pairs), len(right), *share)
        self._weights = self._fit(difference)
        self._known = {}

    async def choose(self, brief: Brief, left: Version, right: Version, *, number: int) -> Side | None:
        """The one with the higher score; a tie where they are equal to six decimals."""
        a, b = self.score(left.text), self.score(right.text)
        return "tie" if a == b else "left" if a > b else "right"

    def score(self, text: str) -> float:
        """How well a text does as far as its words go; differences are logarithmic odds. Six decimals."""
        if self._weights is None:
            raise InputError("the oracle has not learnt from any pairs yet.")
        if text not in self._known:
            row = features([text], self.config.dimensions)
            self._known[text] = float(steady(row @ self._weights[: row.shape[1]], 6)[0])
        return self._known[text]

    def _sides(self, pairs: Sequence[Pair]) -> tuple[Any, Any]:
        """(pairs, d + 2) features of the better and of the worse posts; image and link are the last two columns."""
        from scipy.sparse import csr_array, hstack

        sides = []
        for posts in ([pair.strong for pair in pairs], [pair.weak for pair in pairs]):
            beside = np.array([[float(bool(post.media)), float(bool(post.link))] for post in posts])
            texts = features([post.text for post in posts], self.config.dimensions)
            sides.append(hstack([texts, csr_array(beside)]))
        return sides[0], sides[1]

    def _fit(self, difference: Any) -> FloatArray:
        from scipy.sparse import csr_array, vstack
        from sklearn.linear_model import LogisticRegression

        both = csr_array(vstack([difference, -difference]))
        outcome: IntArray = np.repeat([1, 0], difference.shape[0])
        model = LogisticRegression(C=1 / self.config.penalty, fit_intercept=False, solver="liblinear", random_state=0)
        weights: FloatArray = model.fit(both, outcome).coef_[0]
        return weights
