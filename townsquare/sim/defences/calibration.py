"""LoRec's user weights: who is suspected again and again slowly loses their say (Zhang et al., SIGIR 2024)."""

import numpy as np
from scipy.special import expit

from townsquare.protocols import BoolArray, FloatArray

START = 3.0
"""Omega of everybody in the beginning."""
FROM_EPOCH = 30
"""Before this epoch nobody is weighed, and updates come every 5 epochs; after it, every 10."""
EVERY = 5


class Calibration:
    """Omega of n users, and when it changes.

    Epochs count from 1. At the end of every 5th epoch up to the 30th, and of every 10th after it, the users whose score
    is above the mean are flagged. If they are fewer than a third, each loses 1 of its omega, and what was taken is
    spread equally over the others, so that the sum stays what it was. Else the update is put off to the end of the
    next epoch, as often as it takes. From epoch 30 on a user's weight is sigmoid(omega) / sigmoid(3), where anything
    between .5 and 1 becomes 1: 3, 2, 1 and 0 give 1; -1 gives .2823, -2 .1251, -3 .0498. It takes four flags to lose
    weight. Honest users drift above 3, and their weight up to 1.0498.
    """

    def __init__(self, n_users: int) -> None:
        self.omega: FloatArray = np.full(n_users, START)
        self._put_off = False

    def after(self, epoch: int, scores: FloatArray) -> BoolArray | None:
        """Take note of the (n_users,) scores at the end of ``epoch``: who was flagged, None where nothing changed."""
        due = epoch % EVERY == 0 if epoch <= FROM_EPOCH else epoch % (2 * EVERY) == 0
        if not (due or self._put_off) or not len(self.omega):
            return None
        flagged = scores > scores.mean()
        n_flagged = int(flagged.sum())
        self._put_off = n_flagged >= len(flagged) / 3
        if self._put_off:
            return None
        self.omega = self.omega + np.where(flagged, -1.0, n_flagged / (len(flagged) - n_flagged))
        return flagged

    def weights(self, epoch: int) -> FloatArray:
        """(n_users,) what each user's loss is multiplied with in ``epoch``."""
        if epoch < FROM_EPOCH:
            return np.ones(len(self.omega))
        weights = expit(self.omega) / expit(START)
        return np.where((weights > 0.5) & (weights < 1.0), 1.0, weights)
