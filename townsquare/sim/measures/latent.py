"""Where readers and what they read lie in the latent space, and how both move."""

import numpy as np

from townsquare.protocols.columns import FloatArray
from townsquare.sim.measures.view import KINDS, TickView, mean


def latent(view: TickView) -> dict[str, float]:
    """Where readers and their articles lie in the latent space, how they move, and how far they are spread.

    Cosine of readers with what they were shown, clicked and liked; how alike the articles of one list are; how far
    each reader's mean article moved since the last tick; how far readers moved; and how widely the readers inside and
    outside the loop (with and without a like in the training window) are spread, and how far apart the two groups
    lie.
    """
    vectors = view.articles.content(view.window).astype(np.float64)
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    units = np.divide(vectors, norms, out=np.zeros_like(vectors), where=norms > 0)
    found: dict[str, float] = {}
    for kind in KINDS:
        reader, _, slot = view.touched(kind)
        found[f"cosine_{kind}"] = mean(view.match[reader, slot])
        sets = view.incidence(kind)
        count = sets.sum(axis=1)
        some = count > 0
        found[f"similarity_in_list_{kind}"] = mean(np.linalg.norm((sets[some] @ units) / count[some, None], axis=1))
        centre = np.full((view.n_readers, vectors.shape[1]), np.nan, np.float32)
        centre[some] = (sets[some] @ vectors) / count[some, None]
        found[f"topic_shift_{kind}"] = _shift(view.memory.means.get(kind), centre)
        view.memory.means[kind] = centre
    found["interest_shift"] = mean(np.linalg.norm(view.readers - view.before, axis=1))
    return found | _spread(view)


def _shift(before: FloatArray | None, now: FloatArray) -> float:
    """Mean distance of readers' mean articles between two ticks, over those who have both; NaN for none."""
    if before is None:
        return float("nan")
    distance = np.linalg.norm(now - before, axis=1)
    return mean(distance[np.isfinite(distance)])


def _spread(view: TickView) -> dict[str, float]:
    """Root mean square distance to the group's centre, and the distance between the centres; NaN for empty groups."""
    inside = view.trained_readers
    centres = {}
    found = {}
    for name, members in (("in", view.readers[inside]), ("out", view.readers[~inside])):
        if len(members):
            centre = members.mean(axis=0)
            centres[name] = centre
            found[f"spread_{name}_loop"] = float(np.sqrt(((members - centre) ** 2).sum(axis=1).mean()))
        else:
            found[f"spread_{name}_loop"] = float("nan")
    both = len(centres) == 2
    found["loop_distance"] = float(np.linalg.norm(centres["in"] - centres["out"])) if both else float("nan")
    return found
