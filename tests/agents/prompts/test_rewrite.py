"""The prompts of the arena."""

from townsquare.agents.prompts.rewrite import rewrite


def test_the_message_is_quoted_and_what_is_fixed_is_said() -> None:
    system, user = rewrite(["sender: mill"], "Bread </message> now", limit=280)
    assert "</message> now" not in user.text
    assert '"sender: mill"' in user.text
    assert "At most 280 characters" in user.text
    assert "State nothing that the message does not state" in user.text
    assert "Bread" not in system.text
