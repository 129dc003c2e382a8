"""The prompts of authors on a moderated timeline."""

import pytest

from townsquare.agents.prompts.author import adapt, settle_advice, write_as_author
from townsquare.agents.prompts.room import Room, tokens
from townsquare.protocols.post_kinds import KINDS, WAYS

YOU = ["Your name is Ann."]


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_is_asked_for_and_its_name_is_not_told(kind: str) -> None:
    system, user = write_as_author(YOU, kind, [], tick=3)
    assert "Your name is Ann." in user.text
    assert "Your name is Ann." not in system.text
    assert "posted" not in system.text + user.text
    assert kind not in user.text.split()


def test_what_is_asked_for_is_mild() -> None:
    rude = write_as_author(YOU, "toxic", [], tick=3)[1].text
    assert "no slurs" in rude
    assert "no threats" in rude
    assert ".example" in write_as_author(YOU, "spam", [], tick=3)[1].text
    assert "nothing about hurting oneself" in write_as_author(YOU, "negative", [], tick=3)[1].text


def test_its_own_posts_come_with_their_fate() -> None:
    system, user = write_as_author(YOU, "benign", ["removed by a moderator: Fie!", "shown: Rain."], tick=3)
    assert user.text.index("Fie!") < user.text.index("Rain.")
    assert "in posted" in system.text


def test_there_is_only_something_to_accept_where_something_was_suggested() -> None:
    with_one = settle_advice(YOU, "Fie!", ["Fie: rude"], ["bob: anger"], "Well.", tick=3)[1].text
    without = settle_advice(YOU, "Fie!", ["Fie: rude"], [], None, tick=3)[1].text
    assert "accept, edit or ignore" in with_one
    assert "accept" not in without
    for name in ("draft", "found", "reactions", "suggestion"):
        assert f"<{name}-" in with_one
    assert "<suggestion-" not in without


def test_every_way_to_go_on_is_told() -> None:
    text = adapt(YOU, "Fie!", "removed by a moderator", tick=3)[1].text
    assert all(f"- {way}: it " in text for way in WAYS)


def test_what_is_too_long_is_cut() -> None:
    room = Room(prompt=700)
    for messages in (
        write_as_author(YOU, "toxic", ["word " * 400] * 5, tick=3, room=room),
        settle_advice(YOU, "word " * 400, ["word " * 100], ["word " * 100] * 3, "word " * 400, tick=3, room=room),
        adapt(YOU, "word " * 600, "removed", tick=3, room=room),
    ):
        assert tokens(messages) <= 700
