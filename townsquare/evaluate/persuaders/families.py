"""Which pairs hang together: those that share a post or a wording, directly or through others."""

from collections.abc import Sequence

import numpy as np

from townsquare.protocols import FloatArray, IntArray
from townsquare.protocols.persuader import Pair, Post

LARGE = 0.1
"""Share of all pairs from which on a family is too large to be held out in one piece."""


def families(pairs: Sequence[Pair]) -> IntArray:
    """(len(pairs),) number of the family of each pair, from 0 in the order in which families come up."""
    above: dict[str, str] = {}

    def root(name: str) -> str:
        above.setdefault(name, name)
        while above[name] != name:
            above[name] = above[above[name]]
            name = above[name]
        return name

    for pair in pairs:
        above[root(wording(pair.strong))] = root(wording(pair.weak))
    numbers: dict[str, int] = {}
    return np.array([numbers.setdefault(root(wording(pair.weak)), len(numbers)) for pair in pairs], np.int64)


def lots(pairs: Sequence[Pair], rng: np.random.Generator) -> FloatArray:
    """(len(pairs), 2) uniform numbers for the weak and the strong post of each pair, for drawing who is held out.

    All posts of a family share a number, so that nothing of it is on both sides of a split. In a family with more than
    a tenth of all pairs (an account that says the same all the time) each wording has a number of its own: pairs that
    come to lie across a split then belong to neither side.
    """
    numbers = families(pairs)
    sizes = np.bincount(numbers)
    shared = rng.random(len(sizes))
    own: dict[str, float] = {}
    found = np.empty((len(pairs), 2))
    for row, (pair, number) in enumerate(zip(pairs, numbers.tolist(), strict=True)):
        for side, post in enumerate((pair.weak, pair.strong)):
            if sizes[number] > max(1.0, LARGE * len(pairs)):
                words = wording(post)
                if words not in own:
                    own[words] = float(rng.random())
                found[row, side] = own[words]
            else:
                found[row, side] = shared[number]
    return found


def wording(post: Post) -> str:
    """Its text without what makes no other wording: capitals, and how many spaces there are."""
    return " ".join(post.text.split()).casefold()
