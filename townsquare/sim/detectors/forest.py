"""Fakes that differ from genuine users in a mixture of features, learnt from labels."""

from typing import TYPE_CHECKING, ClassVar

import numpy as np
from pydantic import Field

from townsquare.protocols import Catalogue, FloatArray, IntArray, Interactions, Settings, Streams, Suspicion, steady
from townsquare.sim.detectors.features import features
from townsquare.sim.detectors.labels import examples, unlearnt
from townsquare.sim.detectors.rated import Rated

if TYPE_CHECKING:
    from sklearn.ensemble import RandomForestClassifier


class Forest:
    """A random forest (Breiman 2001) on the eleven features of ``features.FEATURES``. The combination is ours.

    The score is the probability of being fake, the mean of what the trees say; flagged is whoever has more than one
    half. It finds what is like the examples it has learnt from; figures for attacks that it never saw are in
    docs/write-a-detector.md. Features are those of the very log that is inspected.
    """

    needs: ClassVar[tuple[str, ...]] = ("labels", "ratings")

    class Config(Settings):
        """The size of the forest."""

        trees: int = Field(default=200, ge=1)
        """How many trees vote."""
        neighbours: int = Field(default=25, ge=1)
        """The k of the feature DegSim."""

    def __init__(self, config: Config, streams: Streams) -> None:
        self.config, self.streams = config, streams
        self._forest: RandomForestClassifier | None = None

    def learn(self, log: Interactions, catalogue: Catalogue, fake: IntArray) -> None:
        """Grow the forest anew. Raises InputError without ratings, and for labels of one kind only."""
        from sklearn.ensemble import RandomForestClassifier

        found = self._features(log)
        users, kinds = examples("forest", log, fake)
        seed = int(self.streams.get("detector", "forest").integers(2**31))
        self._forest = RandomForestClassifier(self.config.trees, random_state=seed, n_jobs=1)
        self._forest.fit(found[users], kinds)

    def inspect(self, log: Interactions, catalogue: Catalogue, seeds: IntArray) -> Suspicion:
        """The probability that each user is fake. Raises InputError without ratings, and before ``learn``."""
        if self._forest is None:
            raise unlearnt("forest")
        found, seen = self._features(log), np.unique(log.users)
        scores = np.zeros(log.n_users)
        if len(seen):
            scores[seen] = steady(self._forest.predict_proba(found[seen])[:, 1])
        return Suspicion(scores, scores > 0.5)

    def _features(self, log: Interactions) -> FloatArray:
        """(n_users, 11), rounded: a split between two trees' branches must not hang on the last bits."""
        return steady(features(Rated.on_scale("forest", log), self.config.neighbours))
