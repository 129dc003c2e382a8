"""The browser's prompt."""

from townsquare.agents.prompts.browse import browse
from townsquare.agents.prompts.room import Room, tokens


def test_it_shows_the_page_and_what_went_before() -> None:
    system, user = browse(["You like films."], ["Alien"], ["Sun", "Snow"], page=3, viewed=7, likes=2)
    assert '[2, "Snow"]' in user.text
    assert "This is page 3." in user.text
    assert "looked at 7 items and liked 2" in user.text
    assert "1 to 2" in user.text
    assert '"Alien"' in user.text
    assert "Sun" not in system.text
    assert "Alien" not in system.text


def test_it_keeps_to_its_room() -> None:
    room = Room(prompt=600, memories=50)
    told = browse(["You."], ["word " * 30] * 9, ["long " * 2000] * 3, page=1, viewed=0, likes=0, room=room)
    assert tokens(told) <= 600
