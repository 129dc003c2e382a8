"""The words of the debate trial (Salvi et al. 2024, arXiv 2403.14380): arms, stages, sides, what is seen and rated."""

ARMS = ("human-human", "human-ai", "human-human-personalised", "human-ai-personalised")
"""The four arms of the 2 x 2 design, by code: who the opponent is, and whether it was told who it talks to. The first
is the reference of every estimate.
"""
CONTROL = "no-debate"
"""A fifth arm, ours: people who rate twice and debate with nobody, so that drift has a name. Not part of the fit."""
STAGES = ("survey", "screening", "opening", "rebuttal", "conclusion", "post")
"""Stages by code; one stage is one tick of the environment ``debate``."""
TURNS = STAGES[2:5]
"""The stages in which both sides write, at the same time."""
SIDES = {"con": -1, "pro": 1}
"""Which side of the proposition somebody argues for."""
AGREEMENT = (1, 5)
"""Likert: 1 strongly disagree, 3 neither, 5 strongly agree; whole numbers."""
THOUGHT = (1, 5)
"""How much somebody had thought about the topic before: 1 not at all, 5 very much."""
OPPONENTS = ("human", "ai")
"""What somebody took the opponent for, by code."""
CLUSTERS = ("low", "medium", "high")
"""Strength of a topic: terciles of the mean of |3 - agreement before| over those who debated it."""
FIELDS = ("gender", "age_band", "ethnicity", "education", "employment", "politics")
"""What a personalised opponent is told about somebody, in this order; the words are those of ``Demographics``."""
ROLES = ("topic", "own", "opponent", "profile")
"""What an item that lies before a debater is, by code (the feature ``role``): the proposition, what oneself wrote,
what the opponent wrote, who the opponent is (a line per field of ``FIELDS``, ``gender: female``).
"""
STRATEGIES = (
    "logical reasoning",
    "evidence",
    "pointing out inconsistencies",
    "authority",
    "information bias",
    "social norms",
    "building rapport",
    "stories",
    "emotional appeal",
    "deception",
)
"""The ten rhetorical strategies that texts are coded for."""
LEVELS = ("zero", "low", "moderate", "high")
"""How much of a strategy there is in a text, by code."""


def against(agreement: int, side: int) -> int:
    """Agreement with the side of the OPPONENT of somebody who argues for ``side``: rising values mean being persuaded.

    ``side`` is 1 for pro and -1 for con; 4 is 2 for a pro, and 4 for a con (Salvi et al., outcome coding).
    """
    return agreement if side < 0 else AGREEMENT[0] + AGREEMENT[1] - agreement
