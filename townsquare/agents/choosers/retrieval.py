"""Which past version of a text speaks most to what is on offer now."""

from collections.abc import Sequence

import numpy as np

from townsquare.protocols.columns import steady
from townsquare.protocols.memory import Embedder


def nearest(embedder: Embedder, versions: Sequence[str], candidates: Sequence[str]) -> str:
    """The version with the largest mean cosine to the candidates' texts; "" without versions.

    Ties go to the newer version. AgentCF retrieves "the memory nearest to the candidate descriptions"; that several
    candidates count by their mean is our reading.
    """
    if not versions or not candidates:
        return ""
    # an embedder may group the same texts in another way, so that all go in at once and in one order
    vectors = embedder.embed([*versions, *candidates])
    wanted = vectors[len(versions) :].mean(axis=0)
    scores = steady(np.asarray(vectors[: len(versions)] @ wanted, np.float64), 6)
    best = int(np.flatnonzero(scores == scores.max())[-1])
    return versions[best]
