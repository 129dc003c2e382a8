"""Likeness of texts, without a language model: what an agent has to beat."""

import re
from collections import Counter
from typing import Literal

import numpy as np
from scipy.sparse import csr_array

from townsquare.evaluate.candidates import Candidates
from townsquare.evaluate.lists import Lists
from townsquare.protocols import FloatArray

_TERM = re.compile(r"\w\w+")


def tfidf(lists: Lists, candidates: Candidates, how: Literal["max", "sum"]) -> FloatArray:
    """(users, k) cosines of each candidate with the user's history, the largest of them or their sum.

    A text is title and category in lower case; terms have two letters or digits at least. Weights are
    (1 + ln tf) (1 + ln((1 + n) / (1 + df))), scaled to length one; n and df count the items that occur in a history or
    among the candidates.
    """
    used = np.unique(np.concatenate([*lists.history, candidates.items.ravel()]))
    vectors = _vectors([f"{lists.goods.titles[i]} {lists.goods.categories[i]}" for i in used])
    found = np.zeros(candidates.items.shape)
    for user, row in enumerate(candidates.items):
        had = np.searchsorted(used, lists.history[user])
        cosines = (vectors[np.searchsorted(used, row)] @ vectors[had].T).toarray()
        found[user] = cosines.max(axis=1) if how == "max" else cosines.sum(axis=1)
    return found


def _vectors(texts: list[str]) -> csr_array:
    """(texts, terms) of length one; a text without terms is zeros."""
    counted = [Counter(_TERM.findall(text.lower())) for text in texts]
    number = {term: place for place, term in enumerate(sorted(set().union(*counted)))}
    rows = np.repeat(np.arange(len(texts)), [len(terms) for terms in counted])
    columns = np.array([number[term] for terms in counted for term in terms], np.int64)
    tf = np.array([n for terms in counted for n in terms.values()], np.float64)
    df = np.bincount(columns, minlength=len(number))
    weights = (1 + np.log(tf)) * (1 + np.log((1 + len(texts)) / (1 + df[columns])))
    length = np.sqrt(np.bincount(rows, weights**2, minlength=len(texts)))
    return csr_array((weights / length[rows], (rows, columns)), shape=(len(texts), len(number)))
