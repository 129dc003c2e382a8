"""Honest reviews without a language model: short, varied, true to the rating, about the item (our reconstruction)."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from townsquare.agents.reviewers.phrases import DRAWS, comparing, composed, level_of, pick, tasting
from townsquare.agents.reviewers.vocabulary import Vocabulary, named
from townsquare.agents.reviewers.words import telling
from townsquare.protocols.columns import FloatArray, IntArray
from townsquare.protocols.errors import InputError
from townsquare.protocols.interactions import Interactions, Scale
from townsquare.protocols.streams import Streams

_OF_TITLE = 2
"""Words of a title that reviews use."""
_ASIDES = 0.2
"""Share of reviews that also say what their writer is fond of, or compare with something else."""


class Reviewer:
    """Writes what people might say about what they rated.

    Behavioural: phrases of ours, filled with words about the item. What a review says is a function of seed, user, item
    and rating, and of nothing else. Some ten thousand in a second.
    """

    def __init__(
        self,
        streams: Streams,
        titles: Sequence[str] | None = None,
        categories: IntArray | None = None,
        category_names: Sequence[str] = (),
        keys: IntArray | None = None,
    ) -> None:
        """Args:
        streams: the run's.
        titles: (n_items,) what items are called, where that is known.
        categories: (n_items,) numbers, -1 for none; by default no item has one.
        category_names: by number; may be empty.
        keys: (n_items,) ``Catalogue.keys``; by default an item's key is its id.
        """
        self.titles, self.categories, self.category_names, self.keys = titles, categories, category_names, keys
        self._vocabulary, self._streams = Vocabulary(streams), streams
        self._features: dict[int, tuple[str, ...]] = {}

    def features(self, item: int) -> tuple[str, ...]:
        """What reviews say about an item: three made-up words, its category, two words of its title, where known."""
        if item not in self._features:
            self._look_up(np.array([item]))
        return self._features[item]

    def write(self, users: IntArray, items: IntArray, values: FloatArray, scale: Scale) -> NDArray[np.object_]:
        """(n,) str: a review of one to four sentences for each of n ratings."""
        users, items = np.asarray(users), np.asarray(items)
        written = np.full(len(items), "", object)
        if not len(items):
            return written
        self._look_up(np.unique(items))
        keys = self._key(items)
        draws = np.stack([self._streams.uniform("review", n, users, keys) for n in range(DRAWS)], axis=1)
        who, row_of = np.unique(users, return_inverse=True)
        fond = self._vocabulary.made_up(who, np.full(len(who), -1))
        share = (np.asarray(values, np.float64) - scale.low) / max(scale.high - scale.low, 1e-12)
        rows = zip(items.tolist(), row_of.tolist(), share.tolist(), draws.tolist(), strict=True)
        for row, (item, user, good, luck) in enumerate(rows):
            written[row] = _review(self._features[item], fond[user], level_of(good), iter(luck))
        return written

    def _look_up(self, items: IntArray) -> None:
        new = items[[int(item) not in self._features for item in items]]
        if not len(new):
            return
        kinds = np.full(len(new), -1) if self.categories is None else np.asarray(self.categories)[new]
        made_up = self._vocabulary.made_up(self._key(new), kinds)
        for item, kind, invented in zip(new.tolist(), kinds.tolist(), made_up, strict=True):
            title = () if self.titles is None else telling(self.titles[item])[:_OF_TITLE]
            self._features[item] = tuple(dict.fromkeys((*invented, *named(kind, self.category_names), *title)))

    def _key(self, items: IntArray) -> IntArray:
        return items if self.keys is None else self.keys[items]


def _review(features: Sequence[str], fond: Sequence[str], level: int, draws: Iterator[float]) -> str:
    said = composed(level, two_of(features, next(draws), next(draws)), draws)
    aside = next(draws)
    if aside < _ASIDES / 2:
        said.append(tasting(True, " and ".join(two_of(fond, next(draws), next(draws))), draws))
    elif aside < _ASIDES:
        than = level - int(5 * next(draws))
        said.append(comparing(than, pick(fond, next(draws)), draws))
    return " ".join(said)


def two_of(words: Sequence[str], one: float, other: float) -> list[str]:
    """Two different of ``words``, by two numbers in (0, 1); all, where there are fewer."""
    if len(words) < 2:
        return list(words)
    first = int(one * len(words))
    second = int(other * (len(words) - 1))
    return [words[first], words[second + (second >= first)]]


def with_reviews(
    log: Interactions,
    titles: Sequence[str] | None,
    categories: IntArray | None,
    streams: Streams,
    *,
    category_names: Sequence[str] = (),
) -> Interactions:
    """``log`` with a behavioural review beside every rating that has none.

    For data sets of bare ratings, so that what reads reviews has some to read. Nobody ever wrote them: whoever prints
    results has to say so. ``log`` needs a scale.
    """
    if log.scale is None:
        raise InputError("reviews need ratings on a scale; these interactions have none.")
    texts = np.full(len(log), "", object) if log.texts is None else log.texts.copy()
    silent = texts == ""
    reviewer = Reviewer(streams, titles, categories, category_names)
    texts[silent] = reviewer.write(log.users[silent], log.items[silent], log.values[silent], log.scale)
    return replace(log, texts=texts)
