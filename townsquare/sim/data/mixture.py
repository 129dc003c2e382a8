"""A mixture of Gaussians, one for each group of points: where new agents of a town are drawn from."""

from dataclasses import dataclass

import numpy as np

from townsquare.protocols import FloatArray, IntArray


@dataclass(frozen=True, slots=True)
class Mixture:
    """One Gaussian per group of points; n points, g groups, d dimensions.

    A group's weight is its share of the points. Its covariance is shrunk towards the one pooled within all groups,
    which counts as much as d more points would: most groups have fewer points than dimensions, and a Gaussian
    without volume would only repeat them.
    """

    rows: IntArray
    """(n,) the group of each point, 0 .. g - 1."""
    means: FloatArray
    """(g, d)"""
    centred: FloatArray
    """(n, d) points minus the mean of their group."""
    root: FloatArray
    """(d, d) square root of the pooled covariance."""

    @classmethod
    def fit(cls, points: FloatArray, groups: IntArray) -> "Mixture":
        """From ``points`` (n, d), n >= 1, and their groups, which may be any integers.

        Where every point is a group of its own, the covariance of all points takes the place of the pooled one.
        """
        n = len(points)
        numbers, rows = np.unique(groups, return_inverse=True)
        sums = np.zeros((len(numbers), points.shape[1]))
        np.add.at(sums, rows, points)
        means = sums / np.bincount(rows)[:, None]
        centred = points - means[rows]
        if n > len(numbers):
            pooled = centred.T @ centred / (n - len(numbers))
        else:
            around = points - points.mean(axis=0)
            pooled = around.T @ around / max(n - 1, 1)
        return cls(rows, means, centred, _root(pooled))

    def sample(self, n: int, rng: np.random.Generator) -> FloatArray:
        """(n, d) points, float64."""
        counts = np.bincount(self.rows)
        groups = rng.choice(len(counts), size=n, p=counts / counts.sum())
        points = np.empty((n, self.means.shape[1]))
        for g in np.unique(groups):
            here = groups == g
            points[here] = self.means[g] + self._noise(self.centred[self.rows == g], int(here.sum()), rng)
        return points

    def _noise(self, own: FloatArray, n: int, rng: np.random.Generator) -> FloatArray:
        """(n, d) draws with covariance (own' own + d * pooled) / (count + d)."""
        count, d = own.shape
        if count > d:
            drawn: FloatArray = rng.standard_normal((n, d)) @ _root(
                (own.T @ own + d * self.root @ self.root) / (count + d)
            )
            return drawn
        # random sums of the group's own points have covariance own' own: no factor is needed, which keeps many small
        # groups in many dimensions affordable
        spread = rng.standard_normal((n, count)) @ own
        pooled = rng.standard_normal((n, d)) @ self.root
        small: FloatArray = (spread + np.sqrt(d) * pooled) / np.sqrt(count + d)
        return small


def _root(covariance: FloatArray) -> FloatArray:
    # the symmetric root is the only one; eigenvectors or a pivoted factor would differ from one LAPACK to the next
    values, vectors = np.linalg.eigh(covariance)
    floor = max(values[-1], 0.0) * 1e-9
    root: FloatArray = (vectors * np.sqrt(np.maximum(values, floor))) @ vectors.T
    return root
