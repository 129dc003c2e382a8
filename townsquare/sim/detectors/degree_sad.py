"""Fakes that rate the wrong mixture of well-known and unknown items, learnt from labels."""

from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np

from townsquare.protocols import Catalogue, FloatArray, IntArray, Interactions, Settings, Streams, Suspicion
from townsquare.sim.detectors.features import popularity
from townsquare.sim.detectors.labels import examples, unlearnt
from townsquare.sim.detectors.rated import Rated

if TYPE_CHECKING:
    from sklearn.tree import DecisionTreeClassifier


class DegreeSAD:
    """DegreeSAD: a decision tree on how popular the items of a profile are (Li et al. 2015).

    Of the numbers of raters of a user's items the tree sees the mean (MUD), the range (RUD) and the lower quartile
    (QUD, see ``features.popularity``); ratings do not matter. It splits by entropy and grows until its leaves are pure,
    as in the code of SDLib, so scores, the share of fakes in the leaf, are 0 or 1 for the most part. Flagged is whoever
    scores above one half. Popularity is that of the very log that is inspected.
    """

    needs: ClassVar[tuple[str, ...]] = ("labels",)

    class Config(Settings):
        """Which features."""

        mean: Literal["mean", "sum"] = "mean"
        """What MUD is; "sum" reproduces the code of SDLib, which forgets to divide by the length of the profile."""

    def __init__(self, config: Config, streams: Streams) -> None:
        self.config, self.streams = config, streams
        self._tree: DecisionTreeClassifier | None = None

    def learn(self, log: Interactions, catalogue: Catalogue, fake: IntArray) -> None:
        """Grow the tree anew. Raises InputError for labels of one kind only."""
        from sklearn.tree import DecisionTreeClassifier

        users, kinds = examples("degree-sad", log, fake)
        # the seed decides between splits that are equally good
        seed = int(self.streams.get("detector", "degree-sad").integers(2**31))
        self._tree = DecisionTreeClassifier(criterion="entropy", random_state=seed)
        self._tree.fit(self._features(log)[users], kinds)

    def inspect(self, log: Interactions, catalogue: Catalogue, seeds: IntArray) -> Suspicion:
        """The share of fakes in each user's leaf. Raises InputError before ``learn``."""
        if self._tree is None:
            raise unlearnt("degree-sad")
        scores, seen = np.zeros(log.n_users), np.unique(log.users)
        if len(seen):
            scores[seen] = self._tree.predict_proba(self._features(log)[seen])[:, 1]
        return Suspicion(scores, scores > 0.5)

    def _features(self, log: Interactions) -> FloatArray:
        """(n_users, 3)."""
        rated = Rated.of(log)
        found = popularity(rated)
        if self.config.mean == "sum":
            found[:, 0] *= rated.lengths()
        return found
