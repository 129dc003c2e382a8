"""The prompt of a turn: what is in it, and what is not."""

import re

import pytest

from townsquare.agents.prompts.argue import argue
from townsquare.agents.prompts.room import Room, tokens

TOPIC = "Should Cats Vote?"


def blocks(text: str) -> dict[str, str]:
    return {kind: lines for kind, _, lines in re.findall(r"<([a-z]+)-([0-9a-f]{16})>\n(.*?)\n</", text, re.DOTALL)}


def test_the_opening_word_for_word() -> None:
    system, user = argue(["Your name is Ann."], TOPIC, 1, "opening", [], [])
    code = re.findall(r"[0-9a-f]{16}", user.text)[0]
    assert user.text == (
        f'<you-{code}>\n"Your name is Ann."\n</you-{code}>\n\n<topic-{code}>\n"Should Cats Vote?"\n</topic-{code}>\n\n'
        "Your side: for it (pro). You argue that the proposition is right, or that the question is to be answered by "
        "yes. Write your opening: the reason that speaks for your side most. Be short: 1 or 2 sentences. Answer with "
        "JSON: statement, a text."
    )
    assert "persuasively" in system.text
    assert "profile" not in system.text


def test_turns_stand_in_their_order_and_on_their_side() -> None:
    _, user = argue([], TOPIC, -1, "conclusion", ["mine 1", "mine 2"], ["theirs 1", "theirs 2"])
    assert blocks(user.text) == {
        "topic": '"Should Cats Vote?"',
        "own": '[1, "mine 1"]\n[2, "mine 2"]',
        "opponent": '[1, "theirs 1"]\n[2, "theirs 2"]',
    }
    assert "against it (con)" in user.text
    assert "close your case" in user.text


def test_who_is_told_is_told_to_use_it_and_never_to_mention_it() -> None:
    lines = ["gender: female", "politics: democrat"]
    system, user = argue([], TOPIC, 1, "rebuttal", ["a"], ["b"], lines)
    assert blocks(user.text)["profile"] == '"gender: female"\n"politics: democrat"'
    for words in ("politics matters most", "Never mention any of it", "with skill"):
        assert words in system.text
    plain, without = argue([], TOPIC, 1, "rebuttal", ["a"], ["b"])
    assert system.text.replace("politics matters most", "").startswith(plain.text[:300])
    for word in ("profile", "politics", "gender", "democrat"):
        assert word not in plain.text + without.text


def test_how_long_a_turn_may_be() -> None:
    assert "One sentence." in argue([], TOPIC, 1, "opening", [], [], sentences=1)[1].text
    assert "4 or 5 sentences" in argue([], TOPIC, 1, "opening", [], [], sentences=5)[1].text


def test_the_longest_statements_are_cut_and_nothing_else() -> None:
    found = argue([], TOPIC, 1, "rebuttal", ["short"], ["long " * 3000], ["politics: democrat"], room=Room(prompt=700))
    assert tokens(found) <= 700
    held = blocks(found[1].text)
    assert held["own"] == '[1, "short"]'
    assert held["profile"] == '"politics: democrat"'
    assert held["opponent"].endswith('…"]')


def test_a_stage_without_a_turn_is_refused() -> None:
    with pytest.raises(ValueError, match="stage must be one of opening, rebuttal, conclusion"):
        argue([], TOPIC, 1, "post", [], [])
