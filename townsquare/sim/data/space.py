"""The latent space a news town starts from: what is written about, by whom, and for whom."""

from dataclasses import dataclass

import numpy as np

from townsquare.protocols import DataError, FloatArray, IntArray, steady
from townsquare.sim.data.mixture import Mixture
from townsquare.sim.data.readers import disperse, rescale

CENTRING = 0.46
"""Mean cosine between a reader and the readers' mean direction in a town that has no readers of its own."""
_AT_LEAST = 1_000  # readers drawn to find the noise level, however few are asked for
_JITTER = 0.05  # length of the noise that tells a repeated reader from the original, in mean reader norms


@dataclass(frozen=True, slots=True)
class Space:
    """Real articles with their real creators, and with their real readers where these are known.

    New creators and readers are drawn from mixtures of Gaussians with one Gaussian per category. The model this
    follows (SimuLine) fits such mixtures to vectors of real users and creators; its user file is not public, so the
    readers drawn here are **our reconstruction, not the authors' data**: see ``sample_readers``.
    """

    vectors: FloatArray
    """(articles, d) float64: what each article is about."""
    categories: IntArray
    """(articles,) category numbers from 0; -1 where unknown."""
    category_names: tuple[str, ...]
    """One per category number."""
    pairs: IntArray
    """(n, 2) rows (creator, article): who wrote what. An article may have several creators, or none."""
    creators: FloatArray
    """(real creators, d) float64: the mean of the articles each wrote."""
    readers: FloatArray | None = None
    """(real readers, d) float64: the mean of the articles each took to; None where nothing is known of readers."""
    article_names: tuple[str, ...] = ()
    """The articles' own ids; empty where they have none. Likewise for creators and readers."""
    creator_names: tuple[str, ...] = ()
    reader_names: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if len(self.vectors) < 2:
            raise DataError(f"a space needs at least 2 articles, here there are {len(self.vectors)}.")
        if not np.isfinite(self.vectors).all():
            bad = int(np.flatnonzero(~np.isfinite(self.vectors).all(axis=1))[0])
            raise DataError(f"article vectors must be finite numbers; that of article {bad} is not.")
        if not self.vectors.any():
            raise DataError("all article vectors are zero, so no article can be told from another.")

    @property
    def d(self) -> int:
        """Dimensions."""
        return int(self.vectors.shape[1])

    @property
    def norm(self) -> float:
        """Mean norm of the article vectors."""
        return float(np.linalg.norm(self.vectors, axis=1).mean())

    def main_categories(self) -> IntArray:
        """(real creators,) the category each writes in most, ties to the smaller number; -1 where unknown."""
        width = len(self.category_names) + 1  # the unknown category comes first, at place 0
        counts = np.zeros((len(self.creators), width), np.int64)
        np.add.at(counts, (self.pairs[:, 0], self.categories[self.pairs[:, 1]] + 1), 1)
        known = counts[:, 1:]
        if not known.size:
            return np.full(len(self.creators), -1, np.int64)
        return np.where(known.any(axis=1), known.argmax(axis=1), -1)

    def sample_creators(self, n: int, rng: np.random.Generator) -> FloatArray:
        """(n, d) creators: a category by the share of real creators in it, then a point from its Gaussian.

        Without real creators the articles stand in for them.
        """
        if len(self.creators):
            mixture = Mixture.fit(self.creators, self.main_categories())
        else:
            mixture = Mixture.fit(self.vectors, self.categories)
        return steady(mixture.sample(n, rng))

    def sample_readers(self, n: int, rng: np.random.Generator, centring: float = CENTRING) -> FloatArray:
        """(n, d) readers with the mean norm of the articles.

        Real readers, where there are any, are drawn without replacement; when more are asked for than there are, all
        of them come once and the rest are drawn with replacement, moved by a little noise. ``centring`` is then not
        used: how much real readers agree is a fact.

        Otherwise readers are made up, and this is a reconstruction: points from the categories' Gaussians (weights
        are shares of the articles), spread by isotropic noise until the mean cosine between a reader and the mean
        reader is ``centring`` (lower: more spread out; in (0, 1)). Noise level and scale are found on at least 1,000
        draws, so that a town of three readers is spread like one of a thousand.
        """
        if self.readers is not None and len(self.readers):
            return steady(rescale(self._drawn(n, rng), self.norm))
        if not 0 < centring < 1:
            raise DataError(f"centring must lie between 0 and 1 (got {centring!r}).")
        drawn = max(n, _AT_LEAST)
        points = Mixture.fit(self.vectors, self.categories).sample(drawn, rng)
        spread = disperse(points, rng.standard_normal(points.shape), centring)
        return steady(rescale(spread, self.norm)[:n])

    def readers_drawn(self, n: int, rng: np.random.Generator) -> IntArray:
        """(n,) which real reader each of ``sample_readers`` with an equal ``rng`` is; -1 where readers are made up.

        The second time that a number comes it stands for a copy of that reader.
        """
        if self.readers is None or not len(self.readers):
            return np.full(n, -1)
        known = len(self.readers)
        if n <= known:
            return rng.choice(known, size=n, replace=False)
        again = rng.integers(known, size=n - known)
        return np.concatenate([rng.permutation(known), again])

    def nearest_category(self, vectors: FloatArray) -> IntArray:
        """(len(vectors),) the category whose mean article is closest by cosine, ties to the smaller number.

        -1 for all where no article has a category, and for zero vectors.
        """
        present = np.unique(self.categories[self.categories >= 0])
        if not len(present):
            return np.full(len(vectors), -1, np.int64)
        means = np.stack([self.vectors[self.categories == c].mean(axis=0) for c in present])
        cosines = steady(_unit(np.asarray(vectors, np.float64)) @ _unit(means).T)
        nearest: IntArray = np.where(np.any(vectors, axis=1), present[cosines.argmax(axis=1)], -1)
        return nearest

    def centre(self, category: int) -> FloatArray:
        """(d,) mean vector of the articles of one category."""
        here = self.categories == category
        if category < 0 or not here.any():
            last = len(self.category_names) - 1
            raise DataError(f"no article belongs to category {category}; categories are numbered from 0 to {last}.")
        mean: FloatArray = steady(self.vectors[here].mean(axis=0))
        return mean

    def _drawn(self, n: int, rng: np.random.Generator) -> FloatArray:
        assert self.readers is not None
        drawn: FloatArray = self.readers[self.readers_drawn(n, rng)]
        copies = drawn[len(self.readers) :]
        size = _JITTER * np.linalg.norm(self.readers, axis=1).mean() / np.sqrt(self.d)
        copies += size * rng.standard_normal(copies.shape)
        return drawn


def creator_means(vectors: FloatArray, pairs: IntArray, n_creators: int) -> FloatArray:
    """(n_creators, d) mean vector of the articles each creator wrote; zero for one who wrote none."""
    pairs = np.unique(pairs, axis=0)  # Adressa names 16 pairs twice
    sums = np.zeros((n_creators, vectors.shape[1]))
    np.add.at(sums, pairs[:, 0], vectors[pairs[:, 1]])
    counts = np.bincount(pairs[:, 0], minlength=n_creators)
    return sums / np.maximum(counts, 1)[:, None]


def _unit(vectors: FloatArray) -> FloatArray:
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit: FloatArray = np.divide(vectors, norms, out=np.zeros_like(vectors), where=norms > 0)
    return unit
