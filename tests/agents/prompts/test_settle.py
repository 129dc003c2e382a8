"""The prompt after a debate."""

from townsquare.agents.prompts.screen import AGREEMENT
from townsquare.agents.prompts.settle import settle

TOPIC = "Should Cats Vote?"


def test_the_whole_debate_is_there_and_the_first_answer() -> None:
    system, user = settle(["Your name is Ann."], TOPIC, -1, 4, ["mine"], ["theirs"])
    for words in ('"Should Cats Vote?"', '[1, "mine"]', '[1, "theirs"]', "argued against it", "their answer was 4"):
        assert words in user.text
    assert AGREEMENT in user.text
    assert "human or ai" in user.text
    assert "drawn by lot" in system.text


def test_nothing_is_said_of_a_first_answer_that_is_not_known() -> None:
    assert "Before, " not in settle([], TOPIC, 1, 0, ["mine"], ["theirs"])[1].text


def test_who_debated_with_nobody_is_not_asked_about_an_opponent() -> None:
    _, user = settle([], TOPIC, 0, 2, [], [])
    assert "Some minutes have passed" in user.text
    assert "their answer was 2" in user.text
    assert "opponent" not in user.text
