"""A latent space from the user's own tables."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from scipy.sparse.linalg import svds

from townsquare.protocols import ContractError, DataError, FloatArray, IntArray, Interactions
from townsquare.sim.data import tables
from townsquare.sim.data.space import Space, creator_means

DIMENSIONS = 32
"""Of item vectors that come from interactions alone; fewer where there are fewer users or items."""
_DENSE = 1_000_000  # cells up to which the whole decomposition is cheap


class Embedder(Protocol):
    """Turns texts into vectors."""

    def embed(self, texts: Sequence[str]) -> Any:
        """(len(texts), d) vectors."""


def load(
    articles: Path | None, interactions: Path | None, embedder: Embedder | None = None, threshold: float | None = None
) -> Space:
    """The space that the tables span.

    * With ``articles``, an article's vector is what ``embedder`` makes of its text.
    * Without, it comes from a truncated singular value decomposition of the interactions: see ``item_vectors``.
    * A reader's vector is the mean of the vectors of what it took to; one that took to nothing, or only to articles
      without a vector, is left out.
    * Creators are the values of the column ``author``; articles with an empty cell belong to nobody. Without that
      column there is one creator per category, and without categories a single unknown creator of everything.
    * Categories, creators and readers are numbered in the order of their names as text. The space keeps the names, and
      a run folder keeps those of the categories: ``categories`` of run.json.

    Args:
        articles: table with item_id, text and, where known, author and category; see ``tables.articles``.
        interactions: table with user_id, item_id and, where known, rating and timestamp; or None.
        embedder: needed with ``articles`` only.
        threshold: rating from which an interaction is positive; None makes every row positive.
    """
    if articles is None and interactions is None:
        raise DataError("own data needs a table of articles, of interactions, or both.")
    table = tables.articles(articles) if articles is not None else None
    ids = table.ids if table is not None else None
    feedback = tables.interactions(interactions, threshold, ids) if interactions is not None else None
    if table is not None:
        if embedder is None:
            raise DataError(f"{articles} holds texts, which need an embedder.")
        vectors = _embedded(embedder, table.texts)
        categories, category_names = table.categories, table.category_names
        pairs, creator_names = _creators(table)
    else:
        assert feedback is not None
        vectors = item_vectors(feedback.interactions())
        categories, category_names = np.full(len(vectors), -1), ()
        pairs, creator_names = _everything_by_one(len(vectors))
    _refuse_too_little(articles or interactions, vectors)
    readers, reader_names = None, ()
    if feedback is not None:
        readers, kept = reader_means(vectors, feedback.interactions())
        reader_names = tuple(feedback.user_ids[user] for user in kept)
        if not len(readers):
            raise DataError(f"{interactions}: no reader took to an article that has a vector.")
    return Space(
        vectors=vectors,
        categories=categories,
        category_names=category_names,
        pairs=pairs,
        creators=creator_means(vectors, pairs, len(creator_names)),
        readers=readers,
        article_names=table.ids if table is not None else feedback.item_ids if feedback is not None else (),
        creator_names=creator_names,
        reader_names=reader_names,
    )


def item_vectors(interactions: Interactions) -> FloatArray:
    """(n_items, d) unit vectors from who took to what, d = min(32, n_users, n_items); zero for untouched items.

    The binary matrix R is scaled to D_u^-1/2 R D_i^-1/2, with the degrees on the diagonals, so that the first
    dimension is not popularity alone; the rows of V S of its truncated decomposition U S V' are scaled to norm 1.
    The sign of each dimension, which is arbitrary, makes its largest entry positive.
    """
    matrix = interactions.matrix().astype(np.float64)
    by_user, by_item = np.asarray(matrix.sum(axis=1)).ravel(), np.asarray(matrix.sum(axis=0)).ravel()
    coo = matrix.tocoo()
    coo.data = coo.data / np.sqrt(by_user[coo.row] * by_item[coo.col])
    scaled = coo.tocsr()
    d = min(DIMENSIONS, *scaled.shape)
    if scaled.shape[0] * scaled.shape[1] <= _DENSE or d == min(scaled.shape):
        _, sizes, rows = np.linalg.svd(scaled.toarray(), full_matrices=False)
        sizes, rows = sizes[:d], rows[:d]
    else:
        # a fixed starting vector: by default it is random
        _, sizes, rows = svds(scaled, k=d, v0=np.ones(min(scaled.shape)))
        order = np.argsort(-sizes)
        sizes, rows = sizes[order], rows[order]
    largest = rows[np.arange(d), np.abs(rows).argmax(axis=1)]
    vectors = (rows * np.where(largest < 0, -1.0, 1.0)[:, None] * sizes[:, None]).T
    vectors[by_item == 0] = 0.0
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit: FloatArray = np.divide(vectors, norms, out=np.zeros_like(vectors), where=norms > 1e-12)
    return unit


def reader_means(vectors: FloatArray, interactions: Interactions) -> tuple[FloatArray, IntArray]:
    """Mean vectors of what each user took to, and which users they belong to; zero vectors are left out.

    An item that a user took to several times counts once.
    """
    matrix = interactions.matrix().astype(np.float64)
    counts = np.asarray(matrix.sum(axis=1)).ravel()
    means = (matrix @ vectors) / np.maximum(counts, 1)[:, None]
    kept = np.flatnonzero(np.any(np.abs(means) > 1e-12, axis=1))
    return means[kept], kept


def _refuse_too_little(path: Path | None, vectors: FloatArray) -> None:
    if len(vectors) < 2:
        raise DataError(f"{path}: a town needs at least 2 articles, and there is only {len(vectors)}.")
    if not vectors.any():
        raise DataError(
            f"{path}: no text says anything, all article vectors are zero; no article can be told from another."
        )


def _embedded(embedder: Embedder, texts: Sequence[str]) -> FloatArray:
    vectors = np.asarray(embedder.embed(texts), np.float64)
    if vectors.ndim != 2 or len(vectors) != len(texts) or not np.isfinite(vectors).all():
        name = type(embedder).__name__
        raise ContractError(
            f"{name}.embed must return {len(texts)} rows of finite numbers (got an array of shape {vectors.shape})."
        )
    return vectors


def _creators(table: tables.Articles) -> tuple[IntArray, tuple[str, ...]]:
    if table.author_names:
        numbers, names = table.authors, table.author_names
    elif table.category_names:
        numbers, names = table.categories, table.category_names
    else:
        return _everything_by_one(len(table))
    rows = np.flatnonzero(numbers >= 0)
    return np.column_stack([numbers[rows], rows]), names


def _everything_by_one(n_articles: int) -> tuple[IntArray, tuple[str, ...]]:
    return np.column_stack([np.zeros(n_articles, np.int64), np.arange(n_articles)]), ("unknown",)
