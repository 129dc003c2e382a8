"""An agent whose model gave no valid answer."""

from typing import Any

import numpy as np

from townsquare.protocols.actions import Actions
from townsquare.protocols.asking import Answer, Outcome
from townsquare.protocols.columns import NOBODY
from townsquare.protocols.events import REASON

_WHY: dict[Outcome, str] = {"invalid": "invalid", "refused": "declined", "failed": "failed"}


def silent(agent: int, answer: Answer[Any]) -> Actions:
    """The row that says so: never a decision to do nothing, and never the first option."""
    return Actions.of("no_answer", np.array([agent]), np.array([NOBODY]), value=float(REASON[_WHY[answer.outcome]]))
