"""The same controversy by walking: slower, and not exact, but it takes the definition at its word."""

from dataclasses import dataclass

import numpy as np

from townsquare.protocols import Streams
from townsquare.protocols.columns import IntArray
from townsquare.sim.polarisation.controversy import ends, influencers, usual_k
from townsquare.sim.polarisation.ties import Ties

_STEPS = 100_000
"""Steps after which a walk that has not ended counts as none."""


@dataclass(frozen=True, slots=True)
class Walked:
    """What walks say."""

    score: float
    """Mean over runs."""
    sd: float
    """Of the runs; NaN for a single one."""
    lost: int
    """Walks that had not ended after 100,000 steps, of all."""


def walked_controversy(
    ties: Ties, sides: IntArray, k: int | None = None, *, runs: int = 5, walks: int = 10_000, seed: int = 0
) -> Walked:
    """``controversy`` in its convention ``start|end``, counted over ``runs`` times ``walks`` random walks.

    Half of the walks of a run begin on either side. NaN as there, and where no walk of a run ends on one of the sides.
    """
    graph, degrees = ties.adjacency(), ties.degrees()
    there = ends(ties, graph, influencers(ties, sides, usual_k(sides) if k is None else k))
    begins = there.reached & (degrees > 0)
    lower, upper = (np.flatnonzero(begins & (sides == side)) for side in (0, 1))
    if not len(lower) or not len(upper):
        return Walked(float("nan"), float("nan"), 0)
    scores, lost = np.empty(runs), 0
    for run in range(runs):
        rng = Streams(seed).get("polarisation", "walks", run)
        half = walks // 2
        at = np.concatenate([rng.choice(lower, half), rng.choice(upper, walks - half)])
        began = sides[at]
        ended = np.full(walks, -1)
        going = np.arange(walks)
        for _ in range(_STEPS):
            at = graph.indices[graph.indptr[at] + (rng.random(len(at)) * degrees[at]).astype(np.int64)]
            stopped = there.absorbing[at]
            ended[going[stopped]] = sides[at[stopped]]
            going, at = going[~stopped], at[~stopped]
            if not len(going):
                break
        lost += len(going)
        counts = np.bincount(2 * began[ended >= 0] + ended[ended >= 0], minlength=4).reshape(2, 2)
        with np.errstate(invalid="ignore"):
            shares = counts / counts.sum(axis=0)
        scores[run] = shares[0, 0] * shares[1, 1] - shares[0, 1] * shares[1, 0]
    return Walked(float(scores.mean()), float(scores.std(ddof=1)) if runs > 1 else float("nan"), lost)
