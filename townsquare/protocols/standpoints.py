"""Opinions in [0, 1] in words, the same for whoever tells them and whoever reads them."""

STANDPOINTS = (
    "strongly against",
    "against",
    "somewhat against",
    "neither for nor against",
    "somewhat for",
    "for",
    "strongly for",
)
"""Seven equal stretches of [0, 1], from 0 up."""


def standpoint(opinion: float) -> str:
    """The words for an opinion; an end of a stretch belongs to the one above."""
    return STANDPOINTS[min(max(int(opinion * len(STANDPOINTS)), 0), len(STANDPOINTS) - 1)]
