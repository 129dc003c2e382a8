"""The target's prompt."""

from townsquare.agents.prompts.answer_argument import answer_argument


def test_it_does_not_say_what_the_other_is_after() -> None:
    system, user = answer_argument("Bread is good.", ["the other: Buy some!"])
    assert "the other: Buy some!" in user.text
    for text in (system.text, user.text):
        assert "argue for" not in text
        assert "argue against" not in text
