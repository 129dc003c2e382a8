"""What an oracle sees of a text: hashed words and pairs of words, and a dozen plain counts."""

import re
from collections.abc import Sequence

import numpy as np
from scipy.sparse import csr_array, hstack

from townsquare.evaluate.persuaders.marks import HANDLE, HASHTAG, LINK, NUMBER
from townsquare.protocols import FloatArray

NAMES = ("words", "characters", "letters per word", "sentences", "exclamation", "question", "digits", "capitals",
         "links", "handles", "hashtags", "emoji", "second person", "first person")  # fmt: skip
"""The plain counts, in order."""
_WORD = re.compile(r"\w+")
_YOU = re.compile(r"\b(?:you|your|yours|yourself)\b", re.IGNORECASE)
_WE = re.compile(r"\b(?:we|our|ours|us|i|my|mine|me)\b", re.IGNORECASE)
_EMOJI = re.compile("[\U0001f300-\U0001faff\u2600-\u27bf]")


def features(texts: Sequence[str], dimensions: int) -> csr_array:
    """(len(texts), dimensions + 14): signed hashes of words and pairs of words of norm 1, then the plain counts.

    Counts of characters and words are logarithms, so that differences are ratios; all are scaled to about 1.
    """
    from sklearn.feature_extraction.text import HashingVectorizer

    hashing = HashingVectorizer(n_features=dimensions, ngram_range=(1, 2), token_pattern=r"(?u)\b\w+\b")
    hashed = hashing.transform([LINK.sub(" ", text) for text in texts])
    plain = np.array([_counts(text) for text in texts]).reshape(len(texts), len(NAMES))
    return csr_array(hstack([hashed, csr_array(plain)]))


def _counts(text: str) -> list[float]:
    words = _WORD.findall(LINK.sub(" ", text))
    letters = [char for char in text if char.isalpha()]
    return [
        float(np.log1p(len(words))),
        float(np.log1p(len(text))),
        sum(map(len, words)) / max(len(words), 1) / 5,
        min(len(re.findall(r"[.!?]+(?:\s|$)", text)), 5) / 2,
        min(text.count("!"), 3),
        min(text.count("?"), 3),
        min(len(NUMBER.findall(LINK.sub(" ", text))), 3),
        sum(char.isupper() for char in letters) / max(len(letters), 1) * 5,
        min(len(LINK.findall(text)), 2),
        min(len(HANDLE.findall(text)), 3),
        min(len(HASHTAG.findall(text)), 5) / 2,
        min(len(_EMOJI.findall(text)), 5) / 2,
        min(len(_YOU.findall(text)), 3),
        min(len(_WE.findall(text)), 3),
    ]


def scaled(matrix: csr_array, scale: FloatArray) -> csr_array:
    """Columns divided by ``scale``."""
    return csr_array(matrix.multiply(1 / scale[None, :]))
