"""The prompt by which a fake customer reviews."""

from typing import Any

from townsquare.agents.prompts.shill_review import shill_review


def asked(features: list[str], **more: Any) -> str:
    given: dict[str, Any] = {"value": 3.0, "high": 5.0, "push": True} | more
    return shill_review(["A pilot."], [], ["Heat | Crime", "So tense!"], features, **given)[1].text


def test_it_shows_item_and_rating() -> None:
    text = asked([])
    assert '"So tense!"' in text
    assert "3 of 5" in text
    assert "features" not in text


def test_features_are_to_be_spoken_well_or_ill_of() -> None:
    assert '"oaken"' in asked(["oaken", "brisk"])
    assert "speaks well of" in asked(["oaken"])
    assert "speaks ill of" in asked(["oaken"], push=False)


def test_a_long_page_is_cut_and_features_stay() -> None:
    (system, user) = shill_review(["you"], [], ["x" * 20_000], ["oaken"], value=1.0, high=5.0, push=True)
    assert len(user.text) < 20_000
    assert '"oaken"' in user.text
    assert "x" * 30 not in system.text
