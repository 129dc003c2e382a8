"""From scores to flags: where an unsupervised detector draws the line."""

from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from townsquare.protocols import BoolArray, FloatArray, Interactions, steady

Flag = Annotated[float, Field(ge=0, le=1, strict=True)] | Annotated[int, Field(ge=0, strict=True)] | Literal["gap"]
"""The setting ``flag``. A number with a point, from 0.0 to 1.0: this share of the users with rows. A whole number: so
many users. ``"gap"``: all above the largest gap in the upper half of the scores.
"""


def present(log: Interactions) -> BoolArray:
    """(n_users,) who has a row at all; nobody else is ever flagged."""
    return np.bincount(log.users, minlength=log.n_users) > 0


def flagged(scores: FloatArray, there: BoolArray, flag: float | int | Literal["gap"]) -> BoolArray:
    """Whom to call fake.

    A share is rounded to the nearest number of users, halves up. Ties go to the smaller user number, except that
    ``"gap"`` never parts equals. The gap is our reconstruction of "draw the line where the scores jump": of the users
    sorted by score, the largest difference between neighbours among the upper half, the highest one of equals; where
    all scores are the same nobody is flagged. Scores are compared after ``steady``.

    Args:
        scores: (n_users,) finite, the higher the more suspicious.
        there: (n_users,) who may be flagged.
        flag: see ``Flag``.

    Returns:
        (n_users,) True for the flagged.
    """
    people = np.flatnonzero(there)
    values = steady(np.asarray(scores, np.float64)[people])
    order = np.argsort(-values, kind="stable")
    if flag == "gap":
        n_flagged = _above_gap(values[order])
    else:
        # by type, because a share of 1.0 and one user are different wishes
        n_flagged = int(flag * len(people) + 0.5) if isinstance(flag, float) else flag
    found = np.zeros(len(there), bool)
    found[people[order[:n_flagged]]] = True
    return found


def _above_gap(descending: FloatArray) -> int:
    """How many values lie above the largest gap of the upper half."""
    steps = -np.diff(descending)[: (len(descending) + 1) // 2]
    return int(np.argmax(steps)) + 1 if len(steps) and steps.max() > 0 else 0
