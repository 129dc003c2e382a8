"""The rules of the news town that are pure arithmetic (SimuLine's code, steps 1 and 8)."""

import numpy as np

from townsquare.protocols.columns import BoolArray, FloatArray, IntArray


def quality(likes: IntArray) -> FloatArray:
    """Quality of what a creator publishes next: ln(1 + likes on its own articles in circulation)."""
    out: FloatArray = np.log1p(likes.astype(np.float64))
    return out


def drift(
    position: FloatArray,
    target: FloatArray,
    liked: BoolArray,
    utility: FloatArray,
    concentration: FloatArray,
    step: float,
) -> FloatArray:
    """(n, d) how one click each moves a reader: towards what was liked, away from what was not.

    step * unit(target - position) * (+1 if liked else -1) * exp(-concentration / (max(utility, 0) + 1e-5)).
    ``liked`` is boolean; a click on something at the reader's very position moves nowhere.
    """
    away = target - position
    distance = np.linalg.norm(away, axis=1, keepdims=True)
    unit = np.divide(away, distance, out=np.zeros_like(away), where=distance > 0)
    size = np.exp(-concentration / (np.maximum(utility, 0.0) + 1e-5))
    return step * unit * (np.where(liked, 1.0, -1.0) * size)[:, None]


def cosine(position: FloatArray, vectors: FloatArray) -> FloatArray:
    """(n, k) cosine of each row of ``position`` (n, d) with each of its ``vectors`` (n, k, d); 0 for zero vectors."""
    dots = np.matmul(vectors, position[:, :, None])[:, :, 0]
    norms = np.linalg.norm(vectors, axis=2) * np.linalg.norm(position, axis=1)[:, None]
    return np.divide(dots, norms, out=np.zeros_like(dots), where=norms > 0)


def nearest(vectors: FloatArray, topics: FloatArray) -> IntArray:
    """(n,) the topic with the highest cosine to each of ``vectors`` (n, d), ties to the smaller number."""
    if not len(vectors):
        return np.zeros(0, np.int64)
    cosines = cosine(vectors, np.broadcast_to(topics, (len(vectors), *topics.shape)))
    found: IntArray = np.round(cosines, 9).argmax(axis=1)
    return found
