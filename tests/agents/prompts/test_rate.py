"""The rater's prompt."""

from townsquare.agents.prompts.rate import rate


def test_it_says_how_many_and_shows_them_all() -> None:
    system, user = rate(["Your name is Ann."], [], ["Sun", "Snow", "Rain"])
    assert '[3, "Rain"]' in user.text
    assert "a list of 3 whole numbers from 1 to 5" in user.text
    assert "Sun" not in system.text
