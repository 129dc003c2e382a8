"""Fakes that nobody resembles: users who take the smallest part in the leading components."""

from typing import ClassVar

import numpy as np
from pydantic import Field
from scipy.sparse import csr_array, diags_array
from scipy.sparse.linalg import LinearOperator, svds

from townsquare.protocols import Catalogue, FloatArray, IntArray, Interactions, Settings, Streams, Suspicion, steady
from townsquare.sim.detectors.flagging import Flag, flagged, present
from townsquare.sim.detectors.rated import Rated

_SMALL = 64  # users or items; up to here a dense decomposition is quicker, and ARPACK cannot take the very smallest


class PCAVarSelect:
    """PCA-VarSelect (Mehta and Nejdl, "Unsupervised strategies for shilling detection ...", UMUAI 2009).

    A user's ratings of all items, 0 where there is none, are shifted and scaled to mean 0 and variance 1. Of the
    covariance of users the ``components`` leading eigenvectors are taken; the score is minus the sum of a user's
    squared loadings in them, from -1 to 0. Fillers drawn at random covary with nobody, so such fakes score highest.
    Profiles that copy each other or real people are what the components consist of: it is blind to them.

    The eigenvectors of the covariance are the left singular vectors of the scaled table, which is never made: it is
    the sparse table of ratings, scaled, less a table of rank one. Without ratings the weights of the rows count.
    """

    needs: ClassVar[tuple[str, ...]] = ()

    class Config(Settings):
        """How much is kept, and how many to accuse."""

        components: int = Field(default=3, ge=1)
        """Leading components; the authors take 3."""
        flag: Flag = 0.05
        """Whom to call fake: 0.05 for this share of the users, 50 for so many, "gap" for all above the largest gap."""

    def __init__(self, config: Config, streams: Streams) -> None:
        self.config, self.streams = config, streams

    def learn(self, log: Interactions, catalogue: Catalogue, fake: IntArray) -> None:
        """Nothing to learn."""

    def inspect(self, log: Interactions, catalogue: Catalogue, seeds: IntArray) -> Suspicion:
        """Scores of all users; who has no rows, or rated all items alike, has -1 and 0."""
        there = present(log)
        scores = np.full(log.n_users, -1.0)
        if there.any():
            rated = Rated.of(log)
            people, rows = np.unique(rated.users, return_inverse=True)
            table = csr_array((rated.values, (rows, rated.items)), shape=(len(people), log.n_items))
            scores[people] = -steady((self._loadings(table) ** 2).sum(axis=1))
        return Suspicion(scores, flagged(scores, there, self.config.flag))

    def _loadings(self, table: csr_array) -> FloatArray:
        """(rows, at most ``components``) of the eigenvectors whose eigenvalue is not 0."""
        n_rows, n_columns = table.shape
        mean = np.asarray(table.sum(axis=1)) / n_columns
        variance = np.asarray((table**2).sum(axis=1)) / n_columns - mean**2
        # a row of equal values has no variance but what rounding leaves
        some = variance > 1e-12 * (mean**2 + variance)
        shrink = np.divide(1.0, np.sqrt(variance, where=some, out=np.ones(n_rows)), where=some, out=np.zeros(n_rows))
        scaled, shift = csr_array(diags_array(shrink) @ table), shrink * mean
        rank = min(self.config.components, n_rows, n_columns)
        if min(n_rows, n_columns) <= max(_SMALL, 2 * rank):
            left, values, _ = np.linalg.svd(scaled.toarray() - shift[:, None], full_matrices=False)
        else:
            scaled_t = scaled.T.tocsr()
            centred = LinearOperator(
                scaled.shape,
                matvec=lambda x: scaled @ x.ravel() - shift * x.sum(),
                rmatvec=lambda y: scaled_t @ y.ravel() - shift @ y.ravel(),
                dtype=np.float64,
            )
            start = self.streams.get("detector", "pca").standard_normal(min(scaled.shape))
            left, values, _ = svds(centred, k=rank, v0=start)
            order = np.argsort(-values)
            left, values = left[:, order], values[order]
        kept = values[:rank] > 1e-9 * max(values[0], 1e-300)
        found: FloatArray = left[:, :rank][:, kept]
        return found
