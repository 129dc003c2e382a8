"""What each arm does to people's odds of conceding: the partial proportional odds model of the debate trial."""

from dataclasses import dataclass

import numpy as np

from townsquare.protocols.columns import BoolArray, FloatArray, IntArray
from townsquare.protocols.debate import AGREEMENT, ARMS
from townsquare.sim.trials import published
from townsquare.sim.trials.partial_odds import Fit, fit
from townsquare.sim.trials.published import Estimate
from townsquare.sim.trials.rows import TrialRows
from townsquare.sim.trials.term import Term, wald

_LOW, _HIGH = AGREEMENT
LEVELS = _HIGH - _LOW + 1


@dataclass(frozen=True, slots=True)
class ArmEffects:
    """post <= j: theta_j + steps of the opinion before (each its own at each j) - the arm (- one more effect)."""

    fit: Fit
    reference: int
    """Code of the arm that the others are compared with: human-human where it is there, else the first that is."""
    arms: tuple[int, ...]
    """Codes of the other arms, in the order of ``fit.beta``."""
    more: bool
    """Whether ``fit.beta`` ends with the effect of one more column."""
    levels: tuple[int, ...]
    """Opinions before that somebody had."""
    people: IntArray
    """(len(ARMS),) people per arm in the fit."""
    left_out: tuple[str, ...]
    """A sentence per arm that is not in the fit, although it is in the rows."""
    remarks: tuple[str, ...]
    """What else a reader should know."""

    def terms(self, part: str, known: dict[int, Estimate]) -> list[Term]:
        """A term per arm; ``known`` are the published effects against human-human, by code."""
        found = []
        for arm, beta, se in zip(self.arms, self.fit.beta, self.fit.beta_se, strict=False):
            was = known.get(arm)
            if was is not None and self.reference:  # effects against another arm: their difference, without its error
                other = known.get(self.reference)
                was = None if other is None else Estimate(was.value - other.value)
            found.append(wald(part, ARMS[arm], beta, se, was, n=int(self.people[arm]), odds=True))
        return found

    def thresholds(self) -> list[Term]:
        """theta_1 .. theta_4, then gamma: what each step up of the opinion before adds to each of them.

        Published values stand beside them where all five opinions before are there, so that a step is the same step,
        and human-human is the reference.
        """
        levels = np.array(self.levels)
        mean = np.zeros((1, LEVELS))
        mean[0, levels - _LOW] = 1 / len(levels)
        alike = len(levels) == LEVELS and not self.reference
        value, se = self.fit.combined(mean)
        found = [
            wald("threshold", f"{j + 1}|{j + 2}", value[0, j], se[0, j], _known(alike, published.THETA[j]), odds=False)
            for j in range(LEVELS - 1)
        ]
        steps = np.zeros((max(len(levels) - 1, 1), LEVELS))
        for k in range(len(levels) - 1):
            steps[k, levels[k + 1] - _LOW], steps[k, levels[k] - _LOW] = 1.0, -1.0
        value, se = self.fit.combined(steps)
        for k in range(len(levels) - 1):
            for j in range(LEVELS - 1):
                name = f"{levels[k + 1]} - {levels[k]} at {j + 1}|{j + 2}"
                was = _known(alike, published.GAMMA[min(k, 3)][j])
                found.append(wald("before", name, value[k, j], se[k, j], was, odds=False))
        return found


def arm_effects(rows: TrialRows, more: FloatArray | None = None) -> ArmEffects:
    """Fit the model to a trial, by maximum likelihood: 23 parameters where every arm and every opinion is there.

    Thresholds are fitted for each opinion before (``partial_odds``), which is the published model in other coordinates.
    An arm that the rows cannot tell an effect of (all its people at the same end, or nobody else where they began) is
    left out with its people, and a remark says so; so is ``more``.

    Args:
        rows: the trial; at least one row.
        more: (n,) one more proportional effect.
    """
    kept: BoolArray = np.ones(len(rows), bool)
    left_out: list[str] = []
    while True:
        present = tuple(int(arm) for arm in np.unique(rows.arm[kept]))
        columns = [(rows.arm == arm).astype(np.float64) for arm in present[1:]]
        x = np.stack([*columns, *([] if more is None else [more])], axis=1) if columns or more is not None else None
        found = fit(*_grouped(x, rows, kept))
        if not found.flat:
            break
        first = found.flat[0]
        if first >= len(columns):
            more = None
            continue
        arm = present[1 + first]
        dropped = kept & (rows.arm == arm)
        kept &= ~dropped
        left_out.append(
            f"{ARMS[arm]}: its effect cannot be told from these rows (its people all ended at one end, or began where "
            f"nobody of another arm did), so its {dropped.sum()} people are left out of the model."
        )
    remarks = _empty(rows, kept)
    if present[0]:
        remarks.append(f"No row is of {ARMS[0]}: effects are against {ARMS[present[0]]}.")
    if len(present) == 1:
        remarks.append(f"Only {ARMS[present[0]]} is left to fit: there is no arm to compare it with.")
    people = np.bincount(rows.arm[kept], minlength=len(ARMS))
    levels = tuple(int(level) for level in np.unique(rows.pre[kept]))
    more_too = more is not None
    return ArmEffects(found, present[0], present[1:], more_too, levels, people, tuple(left_out), tuple(remarks))


def _grouped(x: FloatArray | None, rows: TrialRows, kept: BoolArray) -> tuple[FloatArray, IntArray]:
    """(groups, k) different rows of x, and (groups, before, after) people of each."""
    design = np.zeros((len(rows), 0)) if x is None else x
    groups, group = np.unique(design[kept], axis=0, return_inverse=True)
    counts = np.zeros((len(groups), LEVELS, LEVELS), np.int64)
    np.add.at(counts, (group.ravel(), rows.pre[kept] - _LOW, rows.post[kept] - _LOW), 1)
    return groups, counts


def _empty(rows: TrialRows, kept: BoolArray) -> list[str]:
    """What a reader of the thresholds should know about opinions that nobody had."""
    table = np.zeros((LEVELS, LEVELS), np.int64)
    np.add.at(table, (rows.pre[kept] - _LOW, rows.post[kept] - _LOW), 1)
    found = []
    missing = [str(level + _LOW) for level in np.flatnonzero(table.sum(axis=1) == 0)]
    if missing:
        found.append(f"Nobody began at {' or '.join(missing)}: the model has no thresholds there, and fewer steps.")
    holes = np.argwhere((table == 0) & (table.sum(axis=1, keepdims=True) > 0)) + _LOW
    if len(holes):
        before, after = holes[0]
        others = f", and {len(holes) - 1} other such cells are empty" if len(holes) > 1 else ""
        found.append(
            f"Nobody who began at {before} ended at {after}{others}: thresholds that meet there count once, and those "
            "beyond everybody are not given."
        )
    return found


def _known(alike: bool, value: float) -> Estimate | None:
    return Estimate(value) if alike else None
