import pytest

from townsquare.protocols.errors import InputError
from townsquare.protocols.transports.broker_url import CA, PASSWORD, USER, BrokerURL
from townsquare.protocols.transports.connect import connect, user_of
from townsquare.protocols.transports.in_process import InProcess


@pytest.fixture(autouse=True)
def nobody(monkeypatch):
    for name in (USER, PASSWORD, CA):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize(
    ("url", "wanted", "shown"),
    [
        ("mqtt://localhost", BrokerURL("localhost", 1883), "mqtt://localhost:1883"),
        ("mqtts://ann@b.example:99/", BrokerURL("b.example", 99, "ann", True), "mqtts://b.example:99"),
        ("mqtts://b.example?version=5", BrokerURL("b.example", 8883, None, True, 5), "mqtts://b.example:8883"),
        ("mqtt://a%40b@[::1]?version=3.1.1", BrokerURL("::1", 1883, "a@b"), "mqtt://[::1]:1883"),
    ],
)
def test_reads(url, wanted, shown):
    assert BrokerURL.read(url) == wanted
    assert str(wanted) == shown


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("localhost:1883", "names no broker"),
        ("mqt://localhost", "Did you mean 'mqtt'"),
        ("mqtt://", "names no broker"),
        ("mqtt://host:99999", "names no broker"),
        ("mqtt://host/topic", "nothing after host and port"),
        ("mqtt://host?version=4", "version=5 or version=3.1.1"),
        ("mqtt://ann:secret@host", "TOWNSQUARE_MQTT_PASSWORD"),
    ],
)
def test_refuses_in_a_sentence(url, words):
    with pytest.raises(InputError, match=words) as found:
        BrokerURL.read(url)
    assert "secret" not in str(found.value)


def test_user_and_password_come_from_the_environment(monkeypatch):
    monkeypatch.setenv(PASSWORD, "secret")
    assert BrokerURL.read("mqtt://h").password() is None, "a password without a user is nothing"
    monkeypatch.setenv(USER, "ann")
    assert BrokerURL.read("mqtt://h").user == user_of("mqtt://h") == "ann"
    assert BrokerURL.read("mqtt://bob@h").user == "bob"
    assert BrokerURL.read("mqtt://h").password() == "secret"
    assert "secret" not in repr(BrokerURL.read("mqtt://h"))
    assert user_of(InProcess()) is None


def test_a_ca_that_is_none_is_named(monkeypatch, tmp_path):
    assert BrokerURL.read("mqtt://h").tls() is None
    assert BrokerURL.read("mqtts://h").tls() is not None
    monkeypatch.setenv(CA, str(tmp_path / "missing.crt"))
    with pytest.raises(InputError, match=r"TOWNSQUARE_MQTT_CA.*missing\.crt"):
        BrokerURL.read("mqtts://h").tls()


def test_connect_refuses_before_anything_is_opened():
    with pytest.raises(InputError, match="names no broker"):
        connect("http://localhost")
