"""What debaters see, made by hand."""

from collections.abc import Sequence

import numpy as np

from townsquare.protocols.debate import ROLES, STAGES
from townsquare.protocols.observations import Observations

PENNY = "Should the Penny Stay in Circulation?"
ANN = (
    "gender: female\nage_band: 25-34\nethnicity: white+latino\neducation: bachelor\nemployment: student\n"
    "politics: democrat"
)
OPENING, REBUTTAL, CONCLUSION = (STAGES.index(name) for name in STAGES[2:5])


def rows(
    task: str,
    tick: int,
    *lying: Sequence[tuple[str, str]],
    side: int = 1,
    before: int = 0,
    first: int = 0,
    group: str = "people",
    **more: Sequence[float],
) -> Observations:
    """One agent per list of (role, text), the topic first; traits as the environment gives them."""
    texts: list[str] = []
    items = np.full((len(lying), max(map(len, lying))), -1, np.int32)
    role = np.zeros(items.shape)
    for i, row in enumerate(lying):
        for place, (kind, text) in enumerate(row):
            items[i, place] = len(texts)
            role[i, place] = ROLES.index(kind)
            texts.append(text)
    n = len(lying)
    traits = {"side": np.full(n, float(side)), "stage": np.full(n, float(tick)), "before": np.full(n, float(before))}
    traits |= {name: np.array(column, np.float64) for name, column in more.items()}
    agents = np.arange(first, first + n)
    return Observations(tick, group, task, agents, 1, items, traits, {"role": role}, text=lambda item: texts[item])
