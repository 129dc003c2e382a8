"""What the debate trial found: the estimates that every trial is read beside.

Source: Salvi, Horta Ribeiro, Gallotti and West, "On the conversational persuasiveness of GPT-4", arXiv 2403.14380;
Nature Human Behaviour 2025, doi 10.1038/s41562-025-02194-6. All numbers are published, to the printed precision,
unless a line says "derived". Arms are codes into ``protocols.debate.ARMS``, the first of which is the reference.
"""

from dataclasses import dataclass

PEOPLE = (300, 150, 150, 150)
"""Analysed people per arm: 300 human-human (both sides of a debate count), 150 human-ai, 150 human-human-personalised,
150 human-ai-personalised.
"""


@dataclass(frozen=True, slots=True)
class Estimate:
    """One coefficient; None stands for what was not printed."""

    value: float
    se: float | None = None
    p: float | None = None


THETA = (-1.7102, -0.4400, 1.0926, 2.3581)
"""Thresholds j = 1..4 of the partial proportional odds model."""
GAMMA = (
    (-1.8869, -0.7526, 0.2008, 0.3446),
    (-0.7383, -1.3288, -0.6199, -0.3899),
    (-1.9312, -0.7406, -1.7563, -0.5568),
    (1.3458, -0.5097, -0.6393, -2.0581),
)
"""gamma[k][j]: what the k-th step of the agreement before adds to threshold j."""
BETA = (
    Estimate(0.0),
    Estimate(0.1978, 0.1914, 0.301),
    Estimate(-0.1709, 0.1929, 0.375),
    Estimate(0.5945, 0.1856, 0.00136),
)
"""Arms against human-human, log odds of conceding more; the reference is 0 by definition."""
ROWS = sum(PEOPLE)
PARAMETERS = 23
LOG_LIKELIHOOD = -957.53
AIC = 1961.06
RESIDUAL_DF = 727
BRANT = (128.32, 21)
"""Omnibus chi square and degrees of freedom of the test of plain proportional odds."""
SHIFT = (-0.223, 0.203, 0.063, 0.363)
"""Linear model of after - before on the opponent's side: the mean of human-human, then what each arm adds to it."""
CLUSTERS = {
    "low": {3: Estimate(0.679, p=0.036)},
    "medium": {3: Estimate(0.650, p=0.045)},
    "high": {2: Estimate(-0.614), 3: Estimate(0.496, p=0.138)},
}
"""By strength of the topic, the arm effects that are printed."""
BELIEVED_AI = Estimate(0.318, p=0.03)
"""Taking the opponent for an AI."""
FLUIDITY_PRIOR = Estimate(-0.140)
"""Log odds of any change of opinion per point of prior thought about the topic (p < .05)."""
