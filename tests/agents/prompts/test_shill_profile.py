"""The prompt that invents a fake customer."""

import pytest

from townsquare.agents.prompts.shill_profile import shill_profile


@pytest.mark.parametrize(("push", "feeling"), [(True, "and like it"), (False, "and dislike it")])
def test_it_shows_the_page_and_says_what_is_wanted(push: bool, feeling: str) -> None:
    system, user = shill_profile(["Heat | Crime"], age=41, push=push, mean=3.61, spread=1.1, high=5.0)
    assert '"Heat | Crime"' in user.text
    assert feeling in user.text
    assert "about 41 years" in user.text
    assert "3.6 of 5" in user.text
    assert "Heat" not in system.text
    assert "simulat" in system.text
