"""Who moderates where and when, by the settings of a scenario."""

from typing import Any

import pytest

from townsquare.protocols.errors import ScenarioError, UnknownComponent
from townsquare.protocols.scenario import Use, validate
from townsquare.sim.scenarios.moderated_feed import ModeratedFeed


def scenario(name: str, values: dict[str, Any]) -> ModeratedFeed:
    made = validate({"scenario": name}, values)
    assert isinstance(made, ModeratedFeed)
    return made


@pytest.mark.parametrize("name", ["campaign", "shilling"])
def test_one_place_where_nobody_stands_by_default(name: str) -> None:
    nobody = scenario(name, {})
    assert (nobody.uses(), nobody.ever(), list(nobody.asking()), nobody.files()) == ({}, [], [], [])
    asked = scenario(name, {"moderator.name": "zero-shot", "chat.model": "openai:mine", "learning.data": "sms"})
    assert list(asked.uses()) == ["moderator"]
    assert list(asked.moderating()) == ["moderator"]
    assert "moderator" in asked.asking()
    assert asked.model_of("moderator") == "openai:mine"
    assert list(asked.files()) == ["sms-spam"]
    with pytest.raises(UnknownComponent, match="Did you mean 'linear'"):
        scenario(name, {"moderator.name": "linaer"})


@pytest.mark.parametrize("name", ["campaign", "shilling"])
@pytest.mark.parametrize("path", ["moderator.name", "learning.data"])
def test_there_the_moderator_stays(name: str, path: str) -> None:
    with pytest.raises(ScenarioError, match=path.partition(".")[0]):
        scenario(name, {"changes": [{"tick": 2, "set": {path: "lexicon"}}]})


def test_moderators_come_and_go() -> None:
    changes = [
        {"tick": 3, "set": {"members.likes": 0.5}},
        {"tick": 5, "set": {"moderator.name": "zero-shot"}},
        {"tick": 9, "set": {"moderator.name": "none"}},
    ]
    of = scenario("moderation", {"changes": changes, "chat.model": "openai:mine", "author.advice.name": "harm-words"})
    assert of.ever() == [
        ("moderator", Use(name="linear")),
        ("author.advice", Use(name="harm-words")),
        ("moderator", Use(name="zero-shot")),
    ]
    assert list(of.moderating()) == ["moderator"]
    assert of.first_asking("moderator") == 5
    assert of.model_of("readers.moderator") == ""
    assert of.at(6).model_of("moderator") == "openai:mine"
