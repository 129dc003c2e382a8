"""The prompt of a member before its timeline."""

from townsquare.agents.prompts.browse_timeline import browse_timeline

POSTS = ["member-3: Yes to it. | 2 likes", "member-9: No to it. | 0 likes"]


def test_posts_are_quoted_and_the_opinion_is_told() -> None:
    system, user = browse_timeline(["Your name is Ann."], "Close the centre?", POSTS, opinion=42, own=True, tick=3)
    assert '[2, "member-9: No to it. | 0 likes"]' in user.text
    assert '"Close the centre?"' in user.text
    assert "stands at 42" in user.text
    assert "opinion (0 to 100) and moved_by (0 to 2)" in user.text
    assert "Close the centre?" not in system.text


def test_where_a_rule_decides_nobody_is_asked_what_they_think() -> None:
    _, user = browse_timeline(["Your name is Ann."], "Close the centre?", POSTS, opinion=42, own=False, tick=3)
    assert "moved_by" not in user.text
