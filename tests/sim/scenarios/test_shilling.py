"""What a scenario with shills allows."""

import pytest

from townsquare.protocols.errors import InputError
from townsquare.protocols.scenario import load


def wrong(**values):
    with pytest.raises(InputError) as caught:
        load("shilling", {path.replace("__", "."): value for path, value in values.items()})
    return str(caught.value)


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"shills__count": 401}, "may not be more than customers.count (400)"),
        ({"customers__takes": 11}, "places of the list, shop.slate (10)"),
        ({"shop__past": 301}, "may not be more than shop.items (300)"),
        ({"shop__slate": 301}, "may not be more than shop.items (300)"),
        ({"shills__attack.name": "averag"}, "average"),
        ({"defence__name": "filtre"}, "filter"),
        ({"watch": ["forest"]}, "needs labels"),
        ({"watch": ["fap"]}, "seeds"),
        ({"shills__pace": 0}, "greater than 0"),
        ({"shills__intent": "lift"}, "'push' or 'nuke'"),
        ({"recommender__name": "mff"}, "mf"),
        ({"shills__fillerz": 3}, "fillers"),
    ],
)
def test_what_is_wrong_is_a_sentence(values, says):
    told = wrong(**values)
    assert says in told
    assert "\n" not in told


def test_only_an_attack_that_can_ask_asks():
    model = {"chat.model": "openai:gpt-4o-mini"}
    assert load("shilling", model).asking() == []
    writes = {"shills.attack.name": "agent-shill", **model}
    assert load("shilling", writes).asking() == ["shills"]
    assert load("shilling", {**writes, "shills.count": 0}).asking() == []
    assert load("shilling", {"shills.attack.name": "agent-shill"}).asking() == []


def test_what_the_town_is_built_from_cannot_change_later():
    told = wrong(changes=[{"tick": 3, "set": {"shills.count": 4}}])
    assert "laid down when the town is built" in told


def test_recommender_defence_and_customers_may_change():
    scenario = load("shilling", {"changes": [{"tick": 3, "set": {"recommender.name": "ease", "customers.crowd": 0.0}}]})
    assert scenario.at(3).recommender.name == "ease"
