"""Settings of counterspeech."""

import pytest
from pydantic import ValidationError

from townsquare.protocols.counterspeech import CELLS, Bystanders, Policy, Replies


def test_defaults_are_those_of_the_dossier() -> None:
    replies = Replies()
    assert (replies.trigger.harm, replies.guard.harm, replies.guard.sentences) == (0.6, 0.5, 2)
    assert (replies.policy.by, replies.policy.appeal, replies.policy.tone) == ("fixed", "cognitive", "positive")
    assert Bystanders().model_dump() == {"b0": -3.0, "b1": 0.0, "b2": 0.0, "b3": 0.0, "b4": 0.0}
    assert len(CELLS) == 4


def test_a_move_has_to_be_of_its_cell() -> None:
    assert Policy(appeal="affective", move="humour").move == "humour"
    with pytest.raises(ValidationError, match="move: cognitive and positive has facts, consequences"):
        Policy(move="humour")
