"""Hidden questions."""

import pytest

from townsquare.agents.prompts.answer_argument import answer_argument
from townsquare.agents.prompts.persuade import persuade
from townsquare.agents.prompts.probe_stance import PROBES, probe_stance


@pytest.mark.parametrize("probe", range(len(PROBES)))
def test_each_is_in_its_own_prompt_only(probe: int) -> None:
    said = ["the other: Bread!", "you: Perhaps."]
    asked = "".join(message.text for message in probe_stance("Bread is good.", said, probe))
    assert [words in asked for words in PROBES] == [number == probe for number in range(len(PROBES))]
    assert "Bread!" in asked
    for messages in (
        persuade("Bread is good.", "for", said, number=1, count=4),
        answer_argument("Bread is good.", said),
    ):
        text = "".join(message.text for message in messages)
        assert not any(words in text for words in PROBES)
        assert "stance" not in text


def test_there_are_three() -> None:
    assert len(PROBES) == 3
