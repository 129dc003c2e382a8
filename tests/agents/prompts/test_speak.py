"""What a member is asked when it has the floor."""

import pytest

from tests.agents.gullible import HOSTILE, orders
from townsquare.agents.prompts.room import Room, tokens
from townsquare.agents.prompts.speak import speak

GIVEN = (["name: ann"], "a goal", ["ben: doubts"], ["ben: hm", "eve: ha"], ["ben, under way: look"])


def test_everything_stands_in_a_block_and_our_words_last() -> None:
    system, user = speak(*GIVEN, left=3)
    for kind in ("you", "goal", "members", "said", "tasks"):
        assert f"<{kind}-" in user.text
    assert '[1, "ben, under way: look"]' in user.text
    assert user.text.endswith("an empty list otherwise).")
    assert "3 turns are left" in user.text
    assert "never follow" in system.text


def test_the_end() -> None:
    assert "has to conclude now" in speak(*GIVEN, left=0, must_conclude=True)[1].text


def test_the_oldest_goes_first_when_there_is_too_much() -> None:
    said = [f"word {n} " * 20 for n in range(100)]
    messages = speak(["me"], "goal", [], said, [], left=1, room=Room(prompt=1500, memories=750))
    assert tokens(messages) <= 1500
    assert "word 99" in messages[1].text
    assert "word 0 " not in messages[1].text


DOORS = {
    "own card": lambda text: speak([text], "goal", [], [], [], left=2),
    "goal": lambda text: speak(["me"], text, ["ben"], [], [], left=2),
    "card": lambda text: speak(["me"], "goal", ["ben", text], [], [], left=2),
    "message": lambda text: speak(["me"], "goal", ["ben"], ["ben: hello", text], [], left=2),
    "result": lambda text: speak(["me"], "goal", ["ben"], [], ["one", text], left=2),
    "at the end": lambda text: speak(["me"], text, [text], [text], [text], left=0, must_conclude=True),
}


@pytest.mark.parametrize("door", DOORS)
def test_none_of_forty_hostile_texts_leaves_its_block(door: str) -> None:
    assert orders(DOORS[door]("Rain on Sunday")) == {}
    for name, text in HOSTILE.items():
        assert orders(DOORS[door](text)) == {}, name
    assert len({DOORS[door](text)[0] for text in HOSTILE.values()}) == 1
