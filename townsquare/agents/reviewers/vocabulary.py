"""What can be said of things of which nobody said anything: made-up words, the same for a thing wherever it occurs."""

from collections.abc import Sequence

import numpy as np

from townsquare.agents.reviewers.words import telling
from townsquare.protocols.columns import IntArray
from townsquare.protocols.streams import Streams

_LIST = """
airy amber angular antique arctic autumnal bold brassy brisk bronze burly candid ceramic chalky chequered choral
coastal cobalt compact concise copper cosmic crimson crisp curly daring dense diagonal dreamy dry dusky earthy
eastern elaborate electric emerald epic ethereal feathery festive fiery floral fluid foldable folksy formal
fragrant frosty fruity geometric gilded glassy glossy golden grainy granite graphic herbal homespun humming icy
indigo inky ironic ivory jagged jazzy jovial knitted lacquered lavish layered leafy leathery lilac linear lofty
loud lunar lush lyrical magnetic maple marble marine matte mellow metallic milky minimal minty misty modular
mossy muted mystic nautical neon nimble nocturnal nordic oaken oblique orchestral ornate pastel peppery plaid
playful polished portable prickly quick quilted quirky radiant reedy regal ribbed roasted robust rosy rounded
rugged rural rustic saline sandy sapphire satin savage scarlet serene shadowy silken silvery sleek slender smoky
snappy solar southern spicy sprightly starry stately stormy striped suede sunlit supple surreal tangy tender
thorny tidal tropical twilight upbeat urban urgent vaulted velvet verdant vibrant violet vivid volcanic waxy
western whimsical windy wintry wiry witty wooden woollen zesty
"""
WORDS = tuple(_LIST.split())
"""Our own list. They say how something is, not how good."""
PER_CATEGORY, PER_ITEM = 16, 3


class Vocabulary:
    """Three words for each item, drawn from the sixteen of its category; where it has none, from all words.

    A function of the seed, the category and the item's key (``Catalogue.keys``): attacker and customer, and the arms of
    an experiment, find the same words.
    """

    def __init__(self, streams: Streams) -> None:
        self.streams = streams

    def made_up(self, keys: IntArray, categories: IntArray) -> list[tuple[str, ...]]:
        """The words of n items by their keys and their categories; -1 for none."""
        luck = self.streams.uniform("vocabulary", 0, np.asarray(keys)[:, None], np.arange(len(WORDS)))
        allowed = {int(category): self._of(int(category)) for category in np.unique(categories)}
        found = []
        for row, category in zip(luck, np.asarray(categories).tolist(), strict=True):
            places = allowed[category]
            found.append(tuple(WORDS[place] for place in places[np.argsort(row[places], kind="stable")[:PER_ITEM]]))
        return found

    def _of(self, category: int) -> IntArray:
        if category < 0:
            return np.arange(len(WORDS))
        return self.streams.get("vocabulary", category).choice(len(WORDS), PER_CATEGORY, replace=False)


def named(category: int, names: Sequence[str]) -> tuple[str, ...]:
    """The words of a category's name: one, for most; none for a category without a name."""
    return tuple(telling(names[category])) if 0 <= category < len(names) else ()
