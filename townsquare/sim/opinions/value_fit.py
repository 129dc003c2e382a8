"""How far the model of ten values foretells what people value next, beside two rules that need no fitting."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from townsquare.protocols.columns import BoolArray, FloatArray
from townsquare.protocols.errors import InputError
from townsquare.protocols.streams import Streams
from townsquare.sim.opinions.neighbours import neighbour_mean
from townsquare.sim.opinions.values import Values, bounded

EPSILONS = (0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 1.0)
MUS = (0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5, 1.0)


@dataclass(frozen=True, slots=True)
class Foretold:
    """One rule, and the mean squared error of the values that it foretells."""

    rule: str
    fitted: float
    """On the half of the people on whom epsilon and mu were chosen."""
    others: float
    """On the other half."""


@dataclass(frozen=True, slots=True)
class ValueFit:
    """The pair of the grid that fits best, and how well it does."""

    epsilon: float
    mu: float
    rules: tuple[Foretold, ...]
    """Bounded confidence, no change, mean of friends."""
    grid: FloatArray
    """(epsilons, mus) mean squared errors on the half that was fitted."""

    def __str__(self) -> str:
        """A table; errors of this size call for the baseline beside them."""
        head = f"{'mean squared error of the next values':<46} {'fitted half':>12} {'other half':>12}"
        return "\n".join([head, *(f"{r.rule:<46} {r.fitted:>12.6f} {r.others:>12.6f}" for r in self.rules)])


def fit_values(
    weights: sp.csr_array,
    before: FloatArray,
    after: FloatArray,
    *,
    epsilons: Sequence[float] = EPSILONS,
    mus: Sequence[float] = MUS,
    each: bool = False,
    seed: int = 0,
) -> ValueFit:
    """Choose epsilon and mu by grid search on the squared error of the values observed next (our reconstruction).

    The pair is chosen on one half of the people, drawn at random, and told for both; ties go to the earlier pair.

    Args:
        weights: (n, n) who listens to whom, and how often they interact (``Graph.weights``).
        before: (n, d) values in [0, 1] at one time.
        after: (n, d) the same people's at the next; NaN rows for those who are not known then.
        epsilons: bounds of confidence to try.
        mus: steps to try.
        each: whether the bound holds for each value by itself.
        seed: which half is fitted.

    Raises:
        InputError: shapes differ, values outside [0, 1], or fewer than two people known at both times.
    """
    before, after = np.asarray(before, np.float64), np.asarray(after, np.float64)
    if before.ndim != 2 or before.shape != after.shape or weights.shape != (len(before), len(before)):
        raise InputError(
            f"values before {before.shape}, after {after.shape} and a graph of {weights.shape[0]} nodes do not fit: "
            "give (n, d) values twice, and a graph of n nodes."
        )
    known = np.isfinite(after).all(axis=1)
    for name, table in (("before", before), ("after", after[known])):
        if not ((table >= 0) & (table <= 1)).all():
            raise InputError(f"values {name} must lie from 0 to 1.")
    people = np.flatnonzero(known)
    if len(people) < 2:
        raise InputError("a fit needs two people or more whose values are known at both times.")
    half = np.zeros(len(before), bool)
    half[Streams(seed).get("value-fit").permutation(people)[: (len(people) + 1) // 2]] = True
    moves = after - before
    grid = np.empty((len(epsilons), len(mus)))
    for row, epsilon in enumerate(epsilons):
        pull = bounded(weights, before, Values.Config(epsilon=epsilon, mu=1.0, each=each)) - before
        grid[row] = [((moves[half] - mu * pull[half]) ** 2).mean() for mu in mus]
    best = int(np.argmin(grid))
    epsilon, mu = epsilons[best // len(mus)], mus[best % len(mus)]
    foretold = {
        f"bounded confidence (epsilon {epsilon:g}, mu {mu:g})": bounded(
            weights, before, Values.Config(epsilon=epsilon, mu=mu, each=each)
        ),
        "no change": before,
        "mean of friends": neighbour_mean(weights, before),
    }
    rules = tuple(
        Foretold(rule, _error(after, said, half), _error(after, said, known & ~half)) for rule, said in foretold.items()
    )
    return ValueFit(epsilon, mu, rules, grid)


def _error(after: FloatArray, said: FloatArray, people: BoolArray) -> float:
    return float(((after[people] - said[people]) ** 2).mean())
