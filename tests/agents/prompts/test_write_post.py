"""The prompts of those who post."""

from townsquare.agents.prompts.write_post import Audience, write_for_goal, write_post


def test_a_member_posts_what_it_thinks() -> None:
    system, user = write_post(["Your name is Ann."], "Close the centre?", opinion=71, tick=2)
    assert "stands at 71" in user.text
    assert "Close the centre?" not in system.text


def told(audience: Audience | None) -> str:
    return write_for_goal(
        "Close the centre?",
        ["my first post"],
        ["my second"],
        wanted=False,
        audience=audience,
        number=2,
        limit=3,
        tick=4,
    )[1].text


def test_a_persuader_knows_its_goal_and_what_it_has_posted() -> None:
    text = told(None)
    assert "come to be against what the question proposes" in text
    assert "post 2 of 3" in text
    assert text.index("my first post") < text.index("my second")


def test_only_where_an_audience_is_told_of_does_it_stand_there() -> None:
    assert "lean the other way" not in told(None)
    text = told(Audience(mean=41, against=63, reached=57))
    assert "57 latest readers 63 % lean the other way" in text
    assert "41 of 100" in text
