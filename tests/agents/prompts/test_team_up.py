"""What is asked of one who forms a team."""

import pytest

from tests.agents.gullible import HOSTILE, orders
from townsquare.agents.prompts.team_up import team_up


def test_two_steps_or_one() -> None:
    _, both = team_up(["me"], "a goal", ["ann: reads"], ["discover x: ann"], largest=4)
    _, forced = team_up(["me"], "a goal", ["ann: reads"], [], largest=4, forced=True)
    for text in ("<goal-", "<contacts-", "<notes-", "discover: look for agents", "at most 4"):
        assert text in both.text
    assert "no more time" in forced.text
    assert "queries" not in forced.text


DOORS = {
    "own card": lambda text: team_up([text], "goal", [], [], largest=4),
    "goal": lambda text: team_up(["me"], text, [], [], largest=4),
    "contact": lambda text: team_up(["me"], "goal", ["ann: reads", text], [], largest=4),
    "note": lambda text: team_up(["me"], "goal", [], [text], largest=4, forced=True),
}


@pytest.mark.parametrize("door", DOORS)
def test_none_of_forty_hostile_texts_leaves_its_block(door: str) -> None:
    assert orders(DOORS[door]("Rain on Sunday")) == {}
    for name, text in HOSTILE.items():
        assert orders(DOORS[door](text)) == {}, name
    assert len({DOORS[door](text)[0] for text in HOSTILE.values()}) == 1
