"""The broker of deploy/mosquitto, exactly as it stands there but for its port: who can do what."""

import asyncio
import shutil
import subprocess
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from tests.commands import answer, small_town, townsquare
from tests.processes import staying
from townsquare.protocols.transports.mqtt import Mqtt
from townsquare.protocols.transports.transport import TransportError, Will
from townsquare.testing.mosquitto import Mosquitto, program
from townsquare.testing.transport_contract import NEVER, Reader

DEPLOY = Path(__file__).parents[1] / "deploy" / "mosquitto"
USERS = {"server": "of-the-server", "ann": "of-ann", "bob": "of-bob"}
BRANCH = "townsquare/v1"

pytest.importorskip("aiomqtt")
pytestmark = pytest.mark.skipif(
    program() is None or not all(map(shutil.which, ("openssl", "mosquitto_passwd"))), reason="no mosquitto, or openssl"
)


@pytest.fixture(scope="module")
def broker(tmp_path_factory):
    folder = tmp_path_factory.mktemp("deploy") / "mosquitto"
    shutil.copytree(DEPLOY, folder)
    subprocess.run([folder / "prepare"], check=True, capture_output=True)
    for name, password in USERS.items():
        subprocess.run([folder / "user", name, password], check=True, capture_output=True)
    settings = (DEPLOY / "mosquitto.conf").read_text()
    assert settings.count("listener 8883") == 1
    with Mosquitto(folder, settings.replace("listener 8883", "listener {port}"), secure=True) as broker:
        broker.ca = folder / "certificates" / "ca.crt"
        yield broker


@pytest.fixture
async def user(broker, monkeypatch):
    monkeypatch.setenv("TOWNSQUARE_MQTT_CA", str(broker.ca))
    monkeypatch.delenv("TOWNSQUARE_MQTT_USER", raising=False)
    async with AsyncExitStack() as stack:

        async def come(name, **more):
            monkeypatch.setenv("TOWNSQUARE_MQTT_PASSWORD", more.pop("password", USERS.get(name, "")))
            url = broker.url.replace("//", f"//{name}@" if name else "//") + more.pop("version", "")
            return await stack.enter_async_context(Mqtt(url, **more))

        yield come


async def heard(reader):
    await asyncio.sleep(NEVER)
    reader.stop()
    return [(one.topic.removeprefix(f"{BRANCH}/"), one.payload) for one in reader.got]


@pytest.mark.parametrize(("name", "password"), [("", ""), ("ann", ""), ("ann", "wrong"), ("carl", "of-ann")])
async def test_nobody_comes_in_without_credentials(user, name, password):
    with pytest.raises(TransportError, match="does not let"):
        await user(name, password=password)


async def test_nobody_comes_in_without_tls(broker, monkeypatch):
    with pytest.raises(TransportError, match=r"hangs up at once: .* whether it wants mqtts://"):
        async with Mqtt(broker.url.replace("mqtts", "mqtt")):
            pass
    monkeypatch.delenv("TOWNSQUARE_MQTT_CA", raising=False)
    with pytest.raises(TransportError, match=r"certificate .* is not trusted .*TOWNSQUARE_MQTT_CA"):
        async with Mqtt(broker.url):
            pass


async def test_the_server_hears_everybody_and_tells_everybody(user):
    server, ann = await user("server"), await user("ann")
    await server.subscribe([f"{BRANCH}/+/+/{leaf}" for leaf in ("card", "status", "out")])
    await ann.subscribe([f"{BRANCH}/ann/a1/in", f"{BRANCH}/server/status"])
    at_server, at_ann = Reader(server), Reader(ann)
    for leaf in ("card", "status", "out"):
        await ann.publish(f"{BRANCH}/ann/a1/{leaf}", leaf.encode())
    await server.publish(f"{BRANCH}/server/status", b"here")
    await server.publish(f"{BRANCH}/ann/a1/in", b"registered")
    assert sorted(await heard(at_server)) == [(f"ann/a1/{leaf}", leaf.encode()) for leaf in ("card", "out", "status")]
    assert await heard(at_ann) == [("server/status", b"here"), ("ann/a1/in", b"registered")]


async def test_nobody_reads_what_is_for_another(user):
    server, ann, bob = await user("server"), await user("ann"), await user("bob")
    await ann.publish(f"{BRANCH}/ann/a1/card", b"card of ann", retain=True)
    await bob.subscribe([f"{BRANCH}/ann/a1/{leaf}" for leaf in ("card", "status", "out", "in")])
    await bob.subscribe([f"{BRANCH}/+/+/in", f"{BRANCH}/+/+/out", f"{BRANCH}/+/+/card", "+/+/+/+/+", "+"])
    at_bob = Reader(bob)
    await ann.publish(f"{BRANCH}/ann/a1/out", b"said by ann")
    await ann.publish(f"{BRANCH}/ann/a1/status", b"here")
    await server.publish(f"{BRANCH}/ann/a1/in", b"told to ann")
    await server.publish(f"{BRANCH}/bob/b1/in", b"told to bob")
    assert await heard(at_bob) == [("bob/b1/in", b"told to bob")]
    await ann.publish(f"{BRANCH}/ann/a1/card", b"", retain=True)


async def test_nobody_says_anything_in_the_name_of_another(user):
    server, ann, bob = await user("server"), await user("ann"), await user("bob")
    await server.subscribe([f"{BRANCH}/+/+/{leaf}" for leaf in ("card", "status", "out")])
    await ann.subscribe([f"{BRANCH}/ann/a1/in", f"{BRANCH}/server/status"])
    at_server, at_ann = Reader(server), Reader(ann)
    for topic in ("ann/a1/card", "ann/a1/status", "ann/a1/out", "ann/a1/in", "bob/b1/in", "server/status"):
        await bob.publish(f"{BRANCH}/{topic}", b"forged", retain=True)
    await bob.publish("elsewhere/out", b"forged")
    await bob.publish(f"{BRANCH}/bob/b1/out", b"his own")
    assert await heard(at_server) == [("bob/b1/out", b"his own")]
    assert [each for each in await heard(at_ann) if each[1] == b"forged"] == []


async def test_a_will_is_held_to_the_same_rules(user):
    server = await user("server")
    await server.subscribe([f"{BRANCH}/+/+/status"])
    at_server = Reader(server)
    for whose in ("ann", "bob"):
        bob = await user("bob", will=Will(f"{BRANCH}/{whose}/x/status", b"away"), client_id=f"bob-{whose}")
        bob._keeper.cancel()
        bob._client._client.socket().shutdown(2)
        await bob._client.broken()
    assert await heard(at_server) == [("bob/x/status", b"away")]


async def test_taking_over_a_session_shows_nothing_of_it(user):
    server, ann = await user("server"), await user("ann", client_id="townsquare-ann-a1")
    await ann.subscribe([f"{BRANCH}/ann/a1/in"])
    await ann.__aexit__()
    await server.publish(f"{BRANCH}/ann/a1/in", b"for ann, who is away")
    bob = await user("bob", client_id="townsquare-ann-a1")
    at_bob = Reader(bob)
    await server.publish(f"{BRANCH}/ann/a1/in", b"for ann again")
    assert await heard(at_bob) == []


async def test_mqtt_5_says_so(user):
    bob = await user("bob", version="?version=5")
    with pytest.raises(TransportError, match=r"takes nothing on .*Not authorized"):
        await bob.publish(f"{BRANCH}/ann/a1/out", b"forged")


@pytest.mark.parametrize("name", ["a/b", "+", "#", "", "-b", "a b", "$SYS"])
def test_no_user_can_be_called_like_a_topic(tmp_path, name):
    shutil.copy(DEPLOY / "user", tmp_path)
    done = subprocess.run([tmp_path / "user", name, "x"], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert not (tmp_path / "passwords").exists()


def test_prepare_does_not_write_over_a_ca(tmp_path):
    shutil.copy(DEPLOY / "prepare", tmp_path)
    (tmp_path / "certificates").mkdir()
    (tmp_path / "certificates" / "ca.key").write_text("ours")
    done = subprocess.run([tmp_path / "prepare"], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "there are certificates here already" in done.stderr
    assert (tmp_path / "certificates" / "ca.key").read_text() == "ours"


@pytest.mark.slow
def test_a_town_with_a_user_for_the_server_one_for_the_agents_and_one_of_its_own(broker, tmp_path):
    """Command by command; nobody takes a name of another user's, or comes in with a wrong password."""

    def environment(name):
        return {"TOWNSQUARE_MQTT_CA": str(broker.ca), "TOWNSQUARE_MQTT_PASSWORD": USERS[name]}

    def there(name):
        return "--broker", broker.url.replace("//", f"//{name}@")

    town = small_town("ticks=4", "users.count=60")
    at_home = answer(townsquare("run", "news", *town, "--out", "home", "--json", cwd=tmp_path))
    remote = ["--set", "users.mind=remote", "--set", 'remote.agents={users=["clerk-0", "clerk-1"]}', "--out", "far"]
    with (
        staying("serve", *there("server"), cwd=tmp_path, **environment("server")) as serve,
        staying(
            *("join", "--mind", "behavioural-reader", "--name", "clerk", "--count", "2", *there("ann")),
            cwd=tmp_path,
            **environment("ann"),
        ) as clerks,
    ):
        clerks.says("joined")
        taken = townsquare(
            *("join", "--mind", "behavioural-reader", "--name", "clerk-0", *there("bob")),
            cwd=tmp_path,
            **environment("bob"),
        )
        assert taken.returncode == 2
        assert "the name 'clerk-0' is taken, by an agent of 'ann'" in taken.stderr
        done = townsquare("run", "news", *town, *remote, *there("bob"), "--json", cwd=tmp_path, **environment("bob"))
        assert answer(done)["digest"] == at_home["digest"]
        wrong = townsquare(
            "run",
            "news",
            *town,
            *there("bob"),
            "--set",
            "users.mind=remote",
            cwd=tmp_path,
            **{**environment("bob"), "TOWNSQUARE_MQTT_PASSWORD": "wrong"},
        )
        assert wrong.returncode == 2
        assert "does not let" in wrong.stderr
        assert wrong.stderr.count("\n") == 1
        assert clerks.end() == 0, clerks.err
        assert serve.end() == 0, serve.err
    written = b"".join(path.read_bytes() for path in (tmp_path / "far").rglob("*") if path.is_file())
    assert not any(password.encode() in written for password in USERS.values())
