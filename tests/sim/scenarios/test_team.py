"""The keys of the scenario with rumours and a team."""

import pytest

from townsquare.protocols.errors import ScenarioError
from townsquare.protocols.scenario import load
from townsquare.sim.scenarios.team import Team


def test_it_is_a_small_news_town_with_rumours_and_a_team() -> None:
    team = load("team")
    assert isinstance(team, Team)
    assert (team.users.count, team.creators.count, team.ticks) == (300, 20, 20)
    assert team.rumours.share > 0
    assert team.team.posts > 0
    assert Team.control == {"unchecked": {"team.posts": "0"}}
    assert load("team", {"team.posts": "0"}).team.posts == 0  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"rumours.share": 1.5}, r"rumours\.share"),
        ({"team.posts": -1}, r"team\.posts"),
        ({"team.disputes": 0}, r"team\.disputes"),
        ({"team.mind": "clever"}, r"team\.mind"),
        ({"team.mind": "llm"}, r"team\.mind is 'llm', which needs a model"),
        ({"team.model": "gpt"}, r"team\.model"),
        ({"team.reader": 3}, r"unknown key 'team\.reader'. Did you mean 'readers'\?"),
        ({"rumors.share": 0.1}, r"Did you mean 'rumours'\?"),
    ],
)
def test_what_is_wrong_is_said(values: dict[str, object], told: str) -> None:
    with pytest.raises(ScenarioError, match=told):
        load("team", values)


def test_how_many_are_checked_may_change_at_a_tick_but_not_what_is_false() -> None:
    change = {"changes": [{"tick": 5, "set": {"team.posts": 0}}]}
    assert load("team", change).at(5).team.posts == 0  # type: ignore[attr-defined]
    with pytest.raises(ScenarioError, match="laid down when the town is built"):
        load("team", {"changes": [{"tick": 5, "set": {"rumours.share": 0.5}}]})
