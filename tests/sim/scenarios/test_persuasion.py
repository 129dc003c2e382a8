"""The keys of a debate trial."""

import pytest

from townsquare.protocols.errors import ScenarioError
from townsquare.protocols.scenario import load
from townsquare.sim.scenarios.persuasion import Persuasion


def test_groups_are_as_large_as_the_design_needs():
    counts = {name: group.count for name, group in Persuasion().populations().items()}
    assert counts == {"people": 1050, "opponents": 300, "judges": 0}
    few = Persuasion(debates=10, control=0, arms=("human-human-personalised",), judges={"count": 2})
    assert {name: group.count for name, group in few.populations().items()} == {
        "people": 20,
        "opponents": 0,
        "judges": 2,
    }


def test_sizes_are_not_settings():
    assert "count" not in Persuasion().model_dump()["people"]
    assert Persuasion().people.count == 0
    assert Persuasion(debates=3).people == Persuasion().people


def test_arms_come_in_their_order_once():
    assert Persuasion(arms=("human-ai", "human-human", "human-ai")).arms == ("human-human", "human-ai")


def test_topics_are_found_by_part():
    assert [topic.text for topic in load("persuasion", {"topics": "penny"}).debated()] == [  # type: ignore[attr-defined]
        "Should the Penny Stay in Circulation?"
    ]
    assert len(Persuasion(topics=("penny", "Penny Stay")).debated()) == 1


def test_topics_of_ones_own_stand_alone_or_beside_those_that_are_named():
    assert [topic.text for topic in Persuasion(own_topics=("Tea?",)).debated()] == ["Tea?"]
    assert len(Persuasion(own_topics=("Tea?", "Coffee?"), topics=("penny",)).debated()) == 3


def test_who_asks():
    model = {"chat.model": "openai:gpt-4o-mini"}
    assert load("persuasion").asking() == []
    both = load("persuasion", model | {"opponents.mind": "llm", "people.mind": "llm", "judges.mind": "llm"})
    assert both.asking() == ["people", "opponents"]
    assert load("persuasion", {"opponents.mind": "llm", "opponents.model": "a:b"}).model_of("opponents") == "a:b"


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"ticks": 7}, "ticks: a debate has 6 ticks"),
        ({"arms": ["human-machine"]}, "there is no arm 'human-machine'. Did you mean 'human-ai'?"),
        ({"arms": []}, "at least one arm"),
        ({"topics": ["peny"]}, "topics: there is no topic 'peny'. Did you mean 'Should the Penny"),
        ({"own_topics": ["Tea?", ""]}, "own_topics: a topic has no text"),
        ({"debates": 0}, "debates"),
        ({"control": -1}, "control"),
        ({"people.update": "mine"}, "people.update"),
        ({"people.count": 3}, "people.count"),
        ({"opponents.mind": "llm"}, "opponents.mind is 'llm', which needs a model"),
        ({"opponents.model": "gpt-4o"}, "did you mean 'openai:gpt-4o'?"),
        ({"side": "left"}, "side"),
        ({"clusters": "both"}, "clusters"),
        ({"remote.agents": {"customers": ["ann"]}}, "there is no group 'customers'"),
    ],
)
def test_what_is_wrong_is_one_sentence(values, says):
    with pytest.raises(ScenarioError) as caught:
        load("persuasion", values)
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("path", ["debates", "topics", "side", "people.update", "opponents.mind", "judges.count"])
def test_nothing_of_the_design_changes_on_the_way(path):
    with pytest.raises(ScenarioError, match="laid down when the town is built"):
        load("persuasion", {"changes": [{"tick": 2, "set": {path: "x"}}]})
