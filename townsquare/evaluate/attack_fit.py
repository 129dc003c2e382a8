"""One recommender, fitted to a log that may be poisoned, and what genuine users then see of it."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol, runtime_checkable

import numpy as np

from townsquare.evaluate.attack_split import HonestSplit
from townsquare.protocols import Catalogue, FloatArray, InputError, IntArray, Interactions, Recommender, Streams, make
from townsquare.protocols.recommender import answerable, lesson
from townsquare.protocols.registry import configure
from townsquare.sim.measures.ranking import ranking
from townsquare.sim.measures.target_effect import target_effect

_BLOCK = 256  # users whose full rankings are held at a time


@runtime_checkable
class Predicts(Protocol):
    """A recommender that says which rating it expects."""

    def predict(self, users: IntArray, items: IntArray) -> FloatArray:
        """(n,) expected ratings, by pairs."""


def checked_victim(name: str, settings: Mapping[str, Any], *, texts: bool) -> str:
    """``name``, where such a recommender can learn from the data; InputError otherwise."""
    needs = getattr(configure("recommender", name, dict(settings))[0], "needs", ())
    if "vectors" in needs:
        raise InputError(f"victim {name!r} needs items with content vectors, and ratings have none.")
    if "texts" in needs and not texts:
        raise InputError(
            f"victim {name!r} needs reviews, and the data have none: a column 'text' is where they belong."
        )
    return name


class Victim:
    """A recommender by name, the same luck in every fit of a seed."""

    def __init__(self, name: str, settings: Mapping[str, Any], seed: int) -> None:
        self.name = name
        self._settings, self._seed = dict(settings), seed
        self._blank = self._made()

    def lesson(self, log: Interactions) -> Interactions:
        """What it is given of ``log``."""
        return lesson(self._blank, log)

    def measured(
        self,
        taught: Interactions,
        catalogue: Catalogue,
        split: HonestSplit,
        targets: Sequence[int],
        k: int,
        length: int,
    ) -> list[dict[str, float]]:
        """Fit to ``taught`` and measure, a row of numbers for each target.

        ``hr@c``, ``ndcg@k`` and ``rank`` of the target (``target_effect``); ``prediction``, the mean rating expected of
        it by those who have not rated it, clipped to the scale, as Surprise's ``predict`` has it; ``recall@l`` and
        ``ndcg@l`` of genuine users' held-out positive ratings; ``rmse`` of all held-out ratings, likewise clipped. NaN
        where it predicts no ratings.
        """
        made = self._made()
        tick = int(taught.ticks.max(initial=0)) + 1
        with answerable("recommender", made, "fit", tick):
            made.fit(taught, catalogue)
        with answerable("recommender", made, "recommend", tick):
            tops, effects = _lists(made, split, targets, k, length, tick)
            predictions, rmse = _predictions(made, split, targets)
        quality = ranking(tops, split.relevant, length)
        price = {name: quality[name] for name in (f"recall@{length}", f"ndcg@{length}")} | {"rmse": rmse}
        pairs = zip(effects, predictions, strict=True)
        return [{**effect, "prediction": prediction, **price} for effect, prediction in pairs]

    def _made(self) -> Recommender:
        made: Recommender = make("recommender", self.name, self._settings, Streams(self._seed))
        return made


def _lists(
    made: Recommender, split: HonestSplit, targets: Sequence[int], k: int, length: int, tick: int
) -> tuple[IntArray, list[dict[str, float]]]:
    """(users, length) first places, and where each target stands; full rankings are held for a block of users."""
    n_users, n_items = split.whole.n_users, split.whole.n_items
    candidates = np.arange(n_items)
    tops = np.full((n_users, min(length, n_items)), -1, np.int64)
    who = [split.strangers(target) for target in targets]
    sums = [dict[str, float]() for _ in targets]
    for start in range(0, n_users, _BLOCK):
        users = np.arange(start, min(start + _BLOCK, n_users))
        lists = made.recommend(users, n_items, tick=tick, candidates=candidates, exclude=split.had(users)).items
        tops[users] = lists[:, : tops.shape[1]]
        for target, asked, total in zip(targets, who, sums, strict=True):
            if asked[users].any():
                found = target_effect(lists, target, asked[users], split.unrated[users], k=k)
                count = int(asked[users].sum())
                for name, value in found.items():
                    total[name] = total.get(name, 0.0) + value * count
    return tops, [
        {name: value / int(asked.sum()) for name, value in total.items()}
        for total, asked in zip(sums, who, strict=True)
    ]


def _predictions(made: Recommender, split: HonestSplit, targets: Sequence[int]) -> tuple[list[float], float]:
    """The mean rating expected of each target, and the root of the mean squared error on held-out ratings."""
    scale, test = split.whole.scale, split.test
    if not isinstance(made, Predicts) or scale is None:
        return [float("nan")] * len(targets), float("nan")
    means = []
    for target in targets:
        users = np.flatnonzero(split.strangers(target))
        expected = made.predict(users, np.full(len(users), target))
        means.append(float(np.clip(expected, scale.low, scale.high).mean()))
    if not len(test):
        return means, float("nan")
    errors = np.clip(made.predict(test.users, test.items), scale.low, scale.high) - test.values
    return means, float(np.sqrt((errors**2).mean()))
