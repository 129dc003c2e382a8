"""The prompt of an interview."""

from townsquare.agents.prompts.interview import interview


def test_the_question_is_quoted_and_the_tick_is_told() -> None:
    system, user = interview(["Your name is Ann."], [], "Why the tram?", tick=7, words=50)
    assert '"Why the tram?"\n</question-' in user.text
    assert "It is round 7, before the person has done anything in it." in user.text
    assert "tram" not in system.text
