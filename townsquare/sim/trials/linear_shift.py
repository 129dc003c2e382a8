"""How far people moved towards their opponents, in points, and how far people would have."""

import math

import numpy as np
from scipy.special import ndtri, stdtr, stdtrit

from townsquare.protocols.columns import IntArray
from townsquare.protocols.debate import AGREEMENT, ARMS, CONTROL
from townsquare.protocols.intervals import t_interval
from townsquare.sim.trials import published
from townsquare.sim.trials.kernel import HumanKernel
from townsquare.sim.trials.rows import TrialRows
from townsquare.sim.trials.term import Term

_WIDE = float(ndtri(0.975))


def shifts(rows: TrialRows) -> list[Term]:
    """Mean of after less before per arm, with Student's interval; the published mean; what people would have done.

    Published means of arms other than human-human are derived: its mean and what the arm adds to it. They hang on the
    opinions that people started with, so the human range beside them is for the starts of these rows (``human_range``).
    """
    found = []
    for arm in np.unique(rows.arm).tolist():
        mine = rows.arm == arm
        moved = rows.shift[mine]
        low, high = t_interval(moved) or (None, None)
        human, human_low, human_high = human_range(rows.pre[mine], arm)
        was = published.SHIFT[0] + (published.SHIFT[arm] if arm else 0.0)
        mean = float(moved.mean())
        found.append(
            Term("shift", ARMS[arm], mean, low=low, high=high, n=len(moved), published=was, human=human,
                 human_low=human_low, human_high=human_high)
        )  # fmt: skip
    return found


def shift_differences(rows: TrialRows) -> list[Term]:
    """The linear model of after less before on the arm: what each arm adds to the first one, by least squares."""
    arms = np.unique(rows.arm).tolist()
    moved = [rows.shift[rows.arm == arm] for arm in arms]
    df = len(rows) - len(arms)
    if df < 1:
        return []
    variance = sum(float(((part - part.mean()) ** 2).sum()) for part in moved) / df
    wide = float(stdtrit(df, 0.975))
    found = []
    for arm, part in zip(arms[1:], moved[1:], strict=True):
        value = float(part.mean() - moved[0].mean())
        se = math.sqrt(variance * (1 / len(part) + 1 / len(moved[0])))
        p = float(2 * stdtr(df, -abs(value) / se)) if se else None
        was = None if arms[0] else published.SHIFT[arm]
        found.append(
            Term("shift difference", ARMS[arm], value, se, p, value - wide * se, value + wide * se, df=df, n=len(part),
                 published=was)
        )  # fmt: skip
    return found


def drift(rows: TrialRows) -> Term | None:
    """The same of the people who did not debate; None without any."""
    if not len(rows.drift):
        return None
    low, high = t_interval(rows.drift) or (None, None)
    return Term("drift", CONTROL, float(rows.drift.mean()), low=low, high=high, n=len(rows.drift))


def human_range(pre: IntArray, arm: int) -> tuple[float, float, float]:
    """Mean shift of people who start from ``pre`` in an arm, by the human kernel, and its 95 % range.

    Derived: mean +- 1.96 sqrt(v / n + v / N), where v is the mean variance of the opinion after, given the one before,
    n how many people start here, and N on how many the published estimates of the arm rest (300, 150, 150, 150): chance
    in these n people, and in those that were measured.
    """
    start = np.asarray(pre)
    chances = HumanKernel().probabilities(start, np.full(len(start), arm))
    scale = np.arange(AGREEMENT[0], AGREEMENT[1] + 1)
    mean = chances @ scale
    variance = float((chances @ scale**2 - mean**2).mean())
    half = _WIDE * math.sqrt(variance / len(start) + variance / published.PEOPLE[arm])
    middle = float((mean - start).mean())
    return middle, middle - half, middle + half
