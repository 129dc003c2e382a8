"""What anybody can read in a shop, made ready for a shill: texts, words and vectors of items, means and counts."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from math import log

import numpy as np

from townsquare.agents.reviewers.vocabulary import Vocabulary, named
from townsquare.agents.reviewers.words import names, telling, words
from townsquare.agents.shills.embedder import TfIdf
from townsquare.protocols.attack import Knowledge
from townsquare.protocols.columns import FloatArray, IntArray
from townsquare.protocols.memory import Embedder
from townsquare.protocols.streams import Streams

READ = 20
"""Reviews that somebody reads of an item, the newest."""
WORDS = 6
"""Words that somebody keeps of an item's reviews: those that most tell it from others."""
_NEAR_LENGTH = 300


class Pages:
    """The shop's public side. Reads ``Knowledge`` of the level black, and no user of it."""

    def __init__(self, known: Knowledge, streams: Streams, embedder: Embedder | None = None) -> None:
        """``embedder`` is by default ``TfIdf`` of the items' own texts."""
        self.known, self.scale = known, known.scale
        self.reviews = _newest(known)
        self._said = _characteristic(self.reviews)
        self._vocabulary = Vocabulary(streams)
        self._features: dict[int, tuple[str, ...]] = {}
        texts = [self._text(item) for item in range(known.n_items)]
        self.embedder: Embedder = TfIdf(texts) if embedder is None else embedder
        self.vectors: FloatArray = np.asarray(self.embedder.embed(texts or [""]), np.float64)[: len(texts)]
        """(n_items, d)"""

    def title(self, item: int) -> str:
        """What an item is called; "" where nobody says."""
        return "" if self.known.titles is None else self.known.titles[item]

    def line(self, item: int) -> str:
        """An item as a list shows it: title, category, mean and number of ratings."""
        number = int(self.known.counts[item])
        printed = f"{self.known.means[item]:.1f} of {self.scale.high:g} by {number}" if number else "not yet rated"
        return " | ".join(part for part in (self.title(item) or f"item {item}", self._category(item), printed) if part)

    def about(self, item: int) -> tuple[str, ...]:
        """All that an item's page says: its line, what is said of it, and up to five of its reviews."""
        told = self.known.descriptions
        return tuple(part for part in (self.line(item), told[item] if told else "", *self.reviews[item][-5:]) if part)

    def features(self, item: int) -> tuple[str, ...]:
        """Words about an item, none of its title: of its reviews, its category, its description.

        Where there are fewer than two such, made-up ones (``Vocabulary``) come after them.
        """
        if item not in self._features:
            told = self.known.descriptions
            found = [*self._said.get(item, ()), *self._named(item), *(telling(told[item])[:WORDS] if told else ())]
            own = set(words(self.title(item)))
            found = [word for word in dict.fromkeys(found) if word not in own]
            if len(found) < 2:
                kind = self.known.catalogue.categories[item]
                found += self._vocabulary.made_up(np.array([item]), np.array([kind]))[0]
            self._features[item] = tuple(dict.fromkeys(found))
        return self._features[item]

    def named_in(self, text: str, items: IntArray) -> str:
        """The first title of ``items`` that ``text`` names; "" where it names none."""
        return next((title for item in items.tolist() if (title := self.title(item)) and names(text, title)), "")

    def near(self, vector: FloatArray) -> FloatArray:
        """(n_items,) cosine of each item with a vector of length 1."""
        return np.round(self.vectors @ vector, 6)

    def _text(self, item: int) -> str:
        told = self.known.descriptions
        said = " ".join(self._said.get(item, ()))
        return " ".join((self.title(item), self._category(item), told[item][:_NEAR_LENGTH] if told else "", said))

    def _category(self, item: int) -> str:
        number, names = int(self.known.catalogue.categories[item]), self.known.category_names
        return "" if number < 0 else names[number] if number < len(names) else f"category {number}"

    def _named(self, item: int) -> Sequence[str]:
        return named(int(self.known.catalogue.categories[item]), self.known.category_names)


def _newest(known: Knowledge) -> dict[int, list[str]]:
    """The last ``READ`` reviews of each item, oldest first."""
    found: dict[int, list[str]] = defaultdict(list)
    reviews = known.reviews
    texts = [] if reviews.texts is None else reviews.texts.tolist()
    for item, text in zip(reviews.items.tolist()[::-1], texts[::-1], strict=True):
        if len(found[item]) < READ:
            found[item].append(text)
    return defaultdict(list, {item: texts[::-1] for item, texts in found.items()})


def _characteristic(reviews: dict[int, list[str]]) -> dict[int, tuple[str, ...]]:
    """For each item the words that tell it from others, by TF-IDF over items, the most telling first; ties by alphabet.

    A word has to stand in two reviews of the item, for else it may be only how somebody talks, and to weigh a third of
    the heaviest one.
    """
    holding = {item: Counter(word for text in texts for word in telling(text)) for item, texts in reviews.items()}
    items = Counter(word for counts in holding.values() for word in counts)
    found = {}
    for item, counts in holding.items():
        weight = {word: n * log((1 + len(holding)) / items[word]) for word, n in counts.items() if n > 1}
        least = max(weight.values(), default=0.0) / 3
        words = sorted((word for word in weight if weight[word] >= least), key=lambda word: (-weight[word], word))
        found[item] = tuple(words[:WORDS])
    return found
