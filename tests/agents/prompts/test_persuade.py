"""The persuader's prompt."""

from townsquare.agents.prompts.persuade import persuade


def test_it_tells_side_turn_and_what_was_said() -> None:
    system, user = persuade("Bread is good.", "against", ["you: No.", "the other: Why?"], number=2, count=4)
    for part in ("argue against the proposition", "message 2 of 4", "Bread is good.", "you: No.", "the other: Why?"):
        assert part in user.text
    assert "Bread" not in system.text
