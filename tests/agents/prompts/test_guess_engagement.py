"""The prompt that asks for a third."""

from townsquare.agents.prompts.guess_engagement import guess_engagement


def test_the_cut_is_told() -> None:
    system, user = guess_engagement(["sender: mill"], "Bread")
    assert "cut into three parts of one size" in user.text
    assert "low, middle or high" in user.text
    assert "Bread" not in system.text
