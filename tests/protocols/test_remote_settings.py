"""Where agents elsewhere are found."""

import pytest

from townsquare.protocols.errors import ScenarioError
from townsquare.protocols.remote_settings import RemoteSettings
from townsquare.runs import resolve


def test_the_environment_names_the_broker_where_the_scenario_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    assert RemoteSettings().url() == ""
    monkeypatch.setenv("TOWNSQUARE_BROKER", "mqtt://there:1883")
    assert RemoteSettings().url() == "mqtt://there:1883"
    assert RemoteSettings(broker="mqtt://here").url() == "mqtt://here"


def test_the_town_stands_under_the_user_it_connects_as(monkeypatch: pytest.MonkeyPatch) -> None:
    assert RemoteSettings(broker="mqtt://here").user() == "public"
    monkeypatch.setenv("TOWNSQUARE_MQTT_USER", "bob")
    assert RemoteSettings(broker="mqtt://here").user() == "bob"
    assert RemoteSettings(broker="mqtt://alice@here").user() == "alice"
    assert RemoteSettings(broker="mqtt://alice@here", owner="carol").user() == "carol"


def test_agents_by_group_or_for_all() -> None:
    settings = RemoteSettings.model_validate({"agents": {"panel": ["ann"], "users": ["a", "b"]}})
    assert settings.named("panel") == ("ann",)
    assert settings.named("creators") == ()
    assert settings.taken() == {"ann", "a", "b"}
    everybody = RemoteSettings.model_validate({"agents": ["a", "b"]})
    assert everybody.named("panel") == everybody.named("users") == ("a", "b")
    assert RemoteSettings.model_validate_json(everybody.model_dump_json()) == everybody


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ({"remote.broker": "mqtt://a:secret@b"}, r"may hold no password; give it as \$TOWNSQUARE_MQTT_PASSWORD"),
        ({"remote.agents": {"crowd": ["a"]}}, "there is no group 'crowd'"),
        ({"remote.agents": {"users": ["no/slash"]}}, "remote.agents"),
        ({"remote.seconds": 0}, "remote.seconds"),
        ({"changes": [{"tick": 1, "set": {"remote.batch": 3}}]}, "laid down when the town is built"),
    ],
)
def test_what_cannot_be(setting: dict[str, object], message: str) -> None:
    with pytest.raises(ScenarioError, match=message) as caught:
        resolve("news", None, setting)
    assert "secret" not in str(caught.value)
