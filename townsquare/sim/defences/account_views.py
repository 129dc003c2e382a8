"""How accounts look to somebody else than the calibrator: a hashed count of words, or whatever is put in its place."""

import re
from collections.abc import Sequence
from typing import Protocol
from zlib import crc32

import numpy as np
from scipy.sparse import csr_array

from townsquare.protocols import Catalogue, FloatArray, IntArray, Interactions

_WORD = re.compile(r"\w+")
_BUCKETS = 64


class AccountViews(Protocol):
    """What somebody who knows the world thinks of accounts: a language model, for one."""

    async def __call__(self, log: Interactions, users: IntArray, tick: int, /) -> FloatArray:
        """(len(users),) how likely each is to be a fraud, or (len(users), d) embeddings; finite numbers.

        ``log`` also holds fakes that the defender made for practice, in no way marked.
        """


def hashed_views(log: Interactions, catalogue: Catalogue, titles: Sequence[str] | None, users: IntArray) -> FloatArray:
    """(len(users), 64) TF-IDF of the words of a user's items, hashed into 64 buckets, of length 1 (0 for no items).

    Words are those of the titles; without titles an item's words are its own number and its category.
    """
    rows, columns = [], []
    for item in range(log.n_items):
        if titles is not None and item < len(titles):
            words = _WORD.findall(titles[item].lower())
        else:
            words = [f"item {item}", f"category {catalogue.categories[item]}" if item < len(catalogue) else ""]
        columns += [crc32(word.encode()) % _BUCKETS for word in words]
        rows += [item] * len(words)
    words_of = csr_array((np.ones(len(rows)), (rows, columns)), shape=(log.n_items, _BUCKETS))
    counts = (log.matrix().astype(np.float64) @ words_of).toarray()
    used = counts > 0
    counts *= np.log((1.0 + used.any(axis=1).sum()) / (1.0 + used.sum(axis=0)))
    found: FloatArray = counts[users]
    return found / np.maximum(np.linalg.norm(found, axis=1, keepdims=True), 1e-12)
