"""The prompt of those who note what articles state."""

from townsquare.agents.prompts.note_statements import note_statements


def test_it_says_how_many_and_shows_them_all() -> None:
    system, user = note_statements(["5 came", "6 came"])
    assert '[2, "6 came"]' in user.text
    assert "a list of 2 objects" in user.text
    assert "came" not in system.text
