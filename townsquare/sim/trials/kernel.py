"""The human kernel: how people's opinions moved in the debate trial, as a table to draw from."""

import numpy as np
from scipy.special import expit

from townsquare.protocols.columns import FloatArray, IntArray
from townsquare.protocols.debate import AGREEMENT, ARMS
from townsquare.protocols.errors import InputError
from townsquare.sim.trials import published
from townsquare.sim.trials.contrasts import backward_difference

_LOW, _HIGH = AGREEMENT


class HumanKernel:
    """P(opinion after | opinion before, arm), on the scale of agreement with the OPPONENT's side, 1 to 5.

    logit P(after <= j) = theta_j + sum_k gamma[k, j] c_k(before) - beta_arm for j = 1..4, with the published estimates
    (Salvi et al. 2024; ``trials/published.py``) and backward-difference contrasts c. The 100 probabilities themselves
    are derived. Whoever knows agreement with the proposition turns it round with ``protocols.debate.against`` first.
    """

    def __init__(self) -> None:
        steps = backward_difference(_HIGH - _LOW + 1)
        cuts = np.array(published.THETA) + steps @ np.array(published.GAMMA)
        beta = np.array([arm.value for arm in published.BETA])
        below = expit(cuts[None] - beta[:, None, None])
        self._below: FloatArray = np.concatenate([below, np.ones((*below.shape[:2], 1))], axis=2)
        """(arms, before, after) P(after <= j)."""

    def probabilities(self, pre: IntArray, arm: IntArray) -> FloatArray:
        """(n, 5) P(after = 1..5) of n people; rows sum to 1.

        Args:
            pre: (n,) opinion before, whole numbers 1 to 5 on the opponent's side.
            arm: (n,) codes into ``protocols.debate.ARMS``; people of the no-debate arm have no row here.

        Raises InputError for any other value; nobody (n = 0) is fine.
        """
        return np.diff(self._cumulative(pre, arm), axis=1, prepend=0.0)

    def draw(self, pre: IntArray, arm: IntArray, uniforms: FloatArray) -> IntArray:
        """(n,) opinions after, 1 to 5 on the opponent's side, int64.

        By the inverse of the distribution function, from one uniform in [0, 1) per person: the same person with the
        same number in a more persuasive arm never ends further from the opponent, so that arms are paired.
        """
        below = self._cumulative(pre, arm)
        draws = np.asarray(uniforms, np.float64)
        if draws.shape != (len(below),) or not ((draws >= 0) & (draws < 1)).all():
            raise InputError(f"uniforms: one number in [0, 1) per person is needed, that is {len(below)} of them.")
        out: IntArray = _LOW + (draws[:, None] >= below[:, :-1]).sum(axis=1)
        return out

    def means(self) -> FloatArray:
        """(arms, 5) expected opinion after, by arm and opinion before."""
        out: FloatArray = np.diff(self._below, axis=2, prepend=0.0) @ np.arange(_LOW, _HIGH + 1)
        return out

    def _cumulative(self, pre: IntArray, arm: IntArray) -> FloatArray:
        before = _whole("pre", pre, _LOW, _HIGH, "agreement with the opponent's side")
        arms = _whole("arm", arm, 0, len(ARMS) - 1, f"a code into {', '.join(ARMS)}")
        if before.shape != arms.shape:
            raise InputError(f"pre and arm must be as long as each other (got {len(before)} and {len(arms)}).")
        return self._below[arms, before - _LOW]


def _whole(name: str, values: IntArray, low: int, high: int, what: str) -> IntArray:
    given = np.atleast_1d(np.asarray(values))
    if given.ndim != 1:
        raise InputError(f"{name}: one value per person is needed (got an array of shape {given.shape}).")
    numbers = given.astype(np.float64)
    bad = np.flatnonzero(~((numbers >= low) & (numbers <= high) & (numbers == np.round(numbers))))
    if len(bad):
        raise InputError(f"{name}: a whole number from {low} to {high} is needed, {what} (got {given[bad[0]]}).")
    out: IntArray = numbers.astype(np.int64)
    return out
