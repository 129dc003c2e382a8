"""No answer is on record as what it is."""

from typing import Any

import pytest

from townsquare.agents.minds.silence import silent
from townsquare.protocols.asking import Answer
from townsquare.protocols.events import REASONS


@pytest.mark.parametrize(("outcome", "reason"), [("invalid", "invalid"), ("refused", "declined"), ("failed", "failed")])
def test_every_outcome_without_a_value_has_its_reason(outcome: Any, reason: str) -> None:
    actions = silent(7, Answer(outcome, None, "because"))
    assert (actions.agent.tolist(), actions.item.tolist(), actions.kind.tolist()) == ([7], [-1], [3])
    assert REASONS[int(actions.value[0])] == reason
