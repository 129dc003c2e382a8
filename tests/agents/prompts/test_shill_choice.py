"""The prompt by which a fake customer chooses."""

from townsquare.agents.prompts.shill_choice import shill_choice


def test_it_shows_who_what_is_remembered_and_the_items() -> None:
    system, user = shill_choice(["A pilot."], ["Heat: 4 of 5."], ["Fargo", "Alien"])
    for text in ('"A pilot."', '"Heat: 4 of 5."', '[2, "Alien"]', "1 to 2"):
        assert text in user.text
    assert "Alien" not in system.text
