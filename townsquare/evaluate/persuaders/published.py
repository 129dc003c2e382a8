"""What others found, to be printed beside and never mixed in: other data, other judges, other start."""

from typing import Any

LEADERBOARD = (
    ("Topline T2 (real)", 1357),
    ("trained 13B, 1 epoch applied 3 times", 1304),
    ("trained 13B, Instruct", 1299),
    ("trained 13B, 1 epoch", 1293),
    ("GPT-4, 5 examples", 1213),
    ("GPT-4, 5 examples, applied twice", 1191),
    ("LLaMA-3-70B, 3 examples", 1187),
    ("GPT-3.5, 3 examples", 1092),
    ("Baseline T1 (unchanged)", 979),
    ("Vicuna-1.5-13B, 3 examples", 877),
    ("trained 13B, Flipped", 756),
)
"""Elo averages of PersuasionArena (arXiv 2410.02653, the project's site). How they were pooled, K, start and number of
matches are not published; only the order is an orientation.
"""
HUMAN_SHIFT = {
    "human-human": -0.223,
    "human-ai": -0.020,
    "human-human-personalised": -0.160,
    "human-ai-personalised": 0.140,
}
"""Mean shift of people towards their opponent's side in the debate trial (arXiv 2403.14380), points of agreement on 1
to 5: the linear model's intercept and the sums of it and each arm's coefficient (-0.223, +0.203, +0.063, +0.363).
"""
_STRETCH = 6 / 4
"""From the four points between 1 and 5 to the six between -3 and 3 [derived]."""
PERSUADERS = (0.416, 1.710)
"""Weakest and strongest persuader's mean signed shift of language-model targets, -3 to 3 (lechmazur/persuasion)."""
TARGETS = (0.015, 1.996)
"""Least and most susceptible language-model target, the same."""


def leaderboard() -> list[dict[str, Any]]:
    """The published order, each row marked as published."""
    return [{"contestant": name, "elo": points, "source": "published"} for name, points in LEADERBOARD]


def human_shifts() -> list[dict[str, Any]]:
    """One row per arm of the debate trial: the shift on its own scale, and on -3 to 3."""
    return [
        {"arm": arm, "shift_1_to_5": shift, "shift": round(shift * _STRETCH, 4), "source": "published"}
        for arm, shift in HUMAN_SHIFT.items()
    ]


def human_range() -> tuple[float, float]:
    """Least and largest human shift on -3 to 3."""
    values = [shift * _STRETCH for shift in HUMAN_SHIFT.values()]
    return min(values), max(values)
