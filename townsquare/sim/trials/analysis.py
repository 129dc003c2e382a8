"""The analysis of a debate trial, term by term, with what the published trial found beside each."""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from townsquare.protocols.debate import CLUSTERS
from townsquare.protocols.errors import InputError
from townsquare.sim.trials import published
from townsquare.sim.trials.arm_effects import ArmEffects, arm_effects
from townsquare.sim.trials.brant import AS_PRINTED, brant
from townsquare.sim.trials.clusters import terciles
from townsquare.sim.trials.linear_shift import drift, shift_differences, shifts
from townsquare.sim.trials.partial_odds import fit
from townsquare.sim.trials.rows import TrialRows
from townsquare.sim.trials.term import Term, wald

Clusters = Literal["recomputed", "published"]
PARTS = {
    "arm": "arm effects: log odds of conceding more than in the reference",
    "threshold": "thresholds of the model, at the mean over opinions before",
    "before": "what a step up of the opinion before adds to each threshold",
    "shift": "mean of after less before, in points towards the opponent",
    "shift difference": "the same against the first arm, by least squares",
    "drift": "mean of after less before of the people who did not debate",
    **{f"cluster {name}": f"arm effects on topics of {name} strength" for name in CLUSTERS},
    "believed": "log odds of conceding more, where the opponent was taken for an AI; beside the arms",
    "fluidity": "log odds of changing one's opinion at all; beside the arms",
    "fit": "how well the model fits",
    "brant": "Brant's chi square: are effects the same at every threshold of plain proportional odds?",
}
"""Everything that a term can be part of, in the order of the rows."""


@dataclass(frozen=True, slots=True)
class Analysis:
    """What a trial says."""

    terms: tuple[Term, ...]
    n: int
    """People."""
    left_out: int
    """People of a debate who gave no opinion before or after, and are in no row."""
    remarks: tuple[str, ...]
    """What a reader should know, a sentence each."""

    def part(self, name: str) -> list[Term]:
        """The terms of one of ``PARTS``."""
        return [term for term in self.terms if term.part == name]

    def rows(self) -> list[dict[str, Any]]:
        """A dict per term, all with the same keys (``Term.row``)."""
        return [term.row() for term in self.terms]


def analyse(rows: TrialRows, clusters: Clusters | None = None) -> Analysis:
    """Fit the published models to a trial, and put the published estimates beside them.

    Args:
        rows: the trial.
        clusters: whether a topic's strength is the published one, or recomputed from these people's opinions; by
            default published where every row is about one of the published topics.

    Raises InputError where there is no row.
    """
    if not len(rows):
        raise InputError("a trial without people cannot be analysed.")
    main = arm_effects(rows)
    betas = dict(enumerate(published.BETA))
    by_cluster, told = _by_cluster(rows, clusters)
    tests, why = _brant(rows)
    still = drift(rows)
    terms = [
        *main.terms("arm", betas),
        *main.thresholds(),
        *shifts(rows),
        *shift_differences(rows),
        *([] if still is None else [still]),
        *by_cluster,
        *_believed(rows),
        *_fluidity(rows),
        *_goodness(main),
        *tests,
    ]
    left = f"{rows.left_out} people gave no opinion before or after, and are in no row." if rows.left_out else ""
    remarks = (left, *main.left_out, *main.remarks, told, why)
    return Analysis(tuple(terms), len(rows), rows.left_out, tuple(remark for remark in remarks if remark))


def _by_cluster(rows: TrialRows, clusters: Clusters | None) -> tuple[list[Term], str]:
    """The same model within each third of the topics: its own thresholds and steps, as many as its rows tell.

    With the published strengths this gives the published effects of the published trial.
    """
    known = clusters == "published" or (clusters is None and bool((rows.cluster >= 0).all()))
    codes = rows.cluster if known else terciles(rows.topic, rows.pre)
    if not (codes >= 0).any():
        what = "no topic of known strength" if known else "fewer than three topics"
        return [], f"No arm effects by strength of the topic: these rows have {what}."
    found: list[Term] = []
    how = "as published" if known else "recomputed: thirds of the mean distance from the middle before"
    told = [f"Strength of topics is {how}."]
    for code, name in enumerate(CLUSTERS):
        within = rows.where(codes == code)
        if len(within):
            effects = arm_effects(within)
            found += effects.terms(f"cluster {name}", published.CLUSTERS[name])
            told += [f"Topics of {name} strength, {sentence}" for sentence in effects.left_out]
    return found, " ".join(told)


def _believed(rows: TrialRows) -> list[Term]:
    """One more proportional effect beside the arms, where opponents were taken for both humans and AIs."""
    told = rows.where(rows.believed_ai >= 0)
    if len(np.unique(told.believed_ai)) < 2:
        return []
    effects = arm_effects(told, told.believed_ai.astype(np.float64))
    if not effects.more:
        return []
    beta, se = float(effects.fit.beta[-1]), float(effects.fit.beta_se[-1])
    n = int(effects.people.sum())
    return [wald("believed", "took the opponent for an AI", beta, se, published.BELIEVED_AI, n=n, odds=True)]


def _fluidity(rows: TrialRows) -> list[Term]:
    """Logistic regression of any change on prior thought and the arm.

    The published one holds more (what people know about the topic, who they are), so the two are alike, not the same.
    """
    told = rows.where(rows.prior >= 0)
    arms = np.unique(told.arm)
    if len(np.unique(told.prior)) < 2:
        return []
    x = np.concatenate([told.prior[:, None], told.arm[:, None] == arms[1:]], axis=1).astype(np.float64)
    counts = np.zeros((len(told), 1, 2), np.int64)
    counts[np.arange(len(told)), 0, (told.shift != 0).astype(np.int64)] = 1
    found = fit(x, counts)
    if 0 in found.flat:
        return []
    was = published.FLUIDITY_PRIOR
    return [wald("fluidity", "a point of prior thought", found.beta[0], found.beta_se[0], was, n=len(told), odds=True)]


def _brant(rows: TrialRows) -> tuple[list[Term], str]:
    tests, why = brant(rows)
    return [
        Term("brant", test.name, test.chi2, p=test.p, df=test.df, n=len(rows),
             published=published.BRANT[0] if test.name == AS_PRINTED else None)
        for test in tests
    ], why  # fmt: skip


def _goodness(main: ArmEffects) -> list[Term]:
    fitted = main.fit
    return [
        Term("fit", "log-likelihood", fitted.log_likelihood, n=fitted.n, published=published.LOG_LIKELIHOOD),
        Term("fit", "AIC", fitted.aic, published=published.AIC),
        Term("fit", "parameters", fitted.parameters, published=published.PARAMETERS),
        Term("fit", "residual df", fitted.residual_df, published=published.RESIDUAL_DF),
        Term("fit", "people", fitted.n, published=published.ROWS),
    ]
