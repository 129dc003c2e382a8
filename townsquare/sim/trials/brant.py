"""Brant's test: whether effects are the same at every threshold, which plain proportional odds takes for granted."""

from dataclasses import dataclass

import numpy as np
from scipy.special import chdtrc, expit

from townsquare.protocols.columns import BoolArray, FloatArray, IntArray
from townsquare.sim.trials.partial_odds import fit
from townsquare.sim.trials.rows import TrialRows

AS_PRINTED = "all, as printed"
"""The omnibus test in the form of R's package ``brant``, which gives the printed number."""


@dataclass(frozen=True, slots=True)
class Brant:
    """A Wald test of equal effects in separate logistic regressions."""

    name: str
    """Of what: all effects, those of the arms, those of the opinion before; or ``AS_PRINTED``."""
    chi2: float
    df: int
    p: float


def brant(rows: TrialRows) -> tuple[list[Brant], str]:
    """The omnibus test, arms and opinions before on their own, and the omnibus test as printed; or why there is none.

    The model under test is plain proportional odds of the opinion after on the arm and the opinion before, both as
    factors: 3 + 4 = 7 effects. Four regressions, of post > 1, ... post > 4, give each of them four times, and equal
    ones are (4 - 1) 7 = 21 restrictions: the degrees of freedom that the paper prints.

    Brant (Biometrics 46, 1990, 1171): the covariance of the effects at thresholds j <= l is the slopes' part of
    (X'W_jj X)^-1 X'W_jl X (X'W_ll X)^-1 with W_jl = diag(pi_l - pi_j pi_l), pi_j the fitted P(post > j), and the
    statistic is (D b)' (D V D')^-1 (D b), D taking the first threshold's effects from the others'. The same for any
    choice of contrasts.

    ``AS_PRINTED`` is the same but for one thing: blocks of the covariance below its diagonal are copies of those above,
    where they should be their transposes. This is how R's ``brant`` fills them, and on the published rows it gives
    the published 128.32, where the symmetric covariance gives 125.99 (derived; the conclusion is the same).

    Thresholds are those between the opinions after that somebody had. Where one of the regressions has no finite
    solution (some arm, or people of one opinion before, all on one side of a threshold), the test does not exist, and
    neither do the parts.
    """
    arms, befores, afters = (np.unique(column) for column in (rows.arm, rows.pre, rows.post))
    x = np.concatenate([rows.arm[:, None] == arms[1:], rows.pre[:, None] == befores[1:]], axis=1).astype(np.float64)
    k = x.shape[1]
    if not k or len(afters) < 3:
        return [], "Brant's test needs an arm or an opinion before to compare, and three opinions after."
    groups, group = np.unique(x, axis=0, return_inverse=True)
    above = (rows.post[:, None] > afters[:-1]).astype(np.int64)
    counts = np.zeros((len(groups), len(afters) - 1), np.int64)
    np.add.at(counts, group.ravel(), above)
    people = np.bincount(group.ravel(), minlength=len(groups))
    slopes, fitted = [], []
    for j in range(counts.shape[1]):
        found = fit(groups, np.stack([people - counts[:, j], counts[:, j]], axis=1)[:, None, :])
        if found.flat:
            cut = f"{afters[j]}|{afters[j + 1]}"
            return [], f"Brant's test: there is none, for an arm or an opinion before lies on one side of {cut} only."
        slopes.append(found.beta)
        fitted.append(expit(groups @ found.beta - found.cuts[0, 0]))
    symmetric, copied = _covariances(groups, people, np.stack(fitted))
    effects = np.concatenate(slopes)
    is_arm = np.arange(k) < len(arms) - 1
    parts = {"all": np.ones(k, bool), "arms": is_arm, "before": ~is_arm}
    tests = [_test(name, effects, symmetric, which) for name, which in parts.items() if which.any()]
    return [*tests, _test(AS_PRINTED, effects, copied, parts["all"])], ""


def _covariances(x: FloatArray, people: IntArray, fitted: FloatArray) -> tuple[FloatArray, FloatArray]:
    """(thresholds k, thresholds k) of all slopes, threshold by threshold; the same with blocks copied as they are."""
    thresholds, k = len(fitted), x.shape[1]
    design = np.concatenate([np.ones((len(x), 1)), x], axis=1)
    bread = [np.linalg.inv(design.T @ ((people * share * (1 - share))[:, None] * design)) for share in fitted]
    right, copied = np.zeros((2, thresholds, k, thresholds, k))
    for j in range(thresholds):
        for later in range(j, thresholds):
            filling = design.T @ ((people * fitted[later] * (1 - fitted[j]))[:, None] * design)
            block = (bread[j] @ filling @ bread[later])[1:, 1:]
            right[j, :, later] = copied[j, :, later] = copied[later, :, j] = block
            right[later, :, j] = block.T
    return right.reshape(thresholds * k, -1), copied.reshape(thresholds * k, -1)


def _test(name: str, effects: FloatArray, covariance: FloatArray, which: BoolArray) -> Brant:
    k = len(which)
    thresholds = len(effects) // k
    chosen = np.flatnonzero(which)
    rows = [(j, i) for j in range(1, thresholds) for i in chosen]
    contrast = np.zeros((len(rows), len(effects)))
    for row, (j, i) in enumerate(rows):
        contrast[row, i], contrast[row, j * k + i] = -1.0, 1.0
    apart = contrast @ effects
    chi2 = float(apart @ np.linalg.lstsq(contrast @ covariance @ contrast.T, apart, rcond=None)[0])
    return Brant(name, chi2, len(rows), float(chdtrc(len(rows), max(chi2, 0.0))))
