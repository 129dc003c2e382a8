"""What only a real broker does: it goes away and comes back, and it does not let everybody in."""

import asyncio
import os
import signal
import socket

import pytest

from townsquare.protocols.transports.mqtt import Mqtt
from townsquare.protocols.transports.transport import TransportError, Will
from townsquare.testing.mosquitto import QUICK, Mosquitto, program
from townsquare.testing.transport_contract import SOON, Reader

pytest.importorskip("aiomqtt")
needs_mosquitto = pytest.mark.skipif(program() is None, reason="mosquitto is not installed")


@pytest.fixture
def broker(tmp_path):
    if program() is None:
        pytest.skip("mosquitto is not installed")
    with Mosquitto(tmp_path / "mosquitto") as broker:
        yield broker


async def until(condition):
    async with asyncio.timeout(SOON):
        while not condition():
            await asyncio.sleep(0.01)


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
@needs_mosquitto
async def test_comes_back_and_loses_nothing_that_it_was_told_to_wait_for(tmp_path, how):
    # a broker that is killed knows what it has saved: who subscribed is among it
    with Mosquitto(tmp_path / "mosquitto", QUICK + "autosave_on_changes true\n") as broker:
        await comes_back(broker, how)


async def comes_back(broker, how):
    async with Mqtt(broker.url, client_id="a") as a, Mqtt(broker.url, client_id="b") as b:
        await b.subscribe(["x/in"])
        reader = Reader(b)
        await a.publish("x/in", b"0")
        await reader.wait(1)
        await asyncio.to_thread(broker.stop, how)
        waiting = asyncio.gather(*(a.publish("x/in", str(n).encode()) for n in range(1, 100)))
        await asyncio.sleep(0)  # they are under way
        a.post("x/in", b"100")
        await asyncio.sleep(0.1)
        assert not waiting.done(), "there is no broker"
        await asyncio.to_thread(broker.start)
        await waiting
        await until(lambda: a.breaks == b.breaks == 1)
        await a.publish("x/in", b"last")
        await until(lambda: reader.got[-1].payload == b"last")
        numbers = [int(one.payload) for one in reader.got[:-1]]
        assert set(numbers) == set(range(101))
        assert list(dict.fromkeys(numbers)) == list(range(101)), "in order, where something came twice its first counts"
        reader.stop()


async def test_subscribes_again_and_also_what_was_wanted_meanwhile(broker):
    async with Mqtt(broker.url) as a, Mqtt(broker.url) as b:
        await b.subscribe(["r/before"])
        await asyncio.to_thread(broker.stop)
        await until(lambda: b._client is None)
        later = asyncio.ensure_future(b.subscribe(["r/later"]))
        await asyncio.to_thread(broker.start)
        await later
        reader = Reader(b)
        await a.publish("r/before", b"1")
        await a.publish("r/later", b"2")
        assert [one.topic for one in await reader.wait(2)] == ["r/before", "r/later"]
        reader.stop()


async def test_the_broker_keeps_what_arrives_while_a_client_with_an_id_is_away(broker):
    async with Mqtt(broker.url) as a:
        async with Mqtt(broker.url, client_id="b") as b:
            await b.subscribe(["k/in"])
        for n in range(50):
            await a.publish("k/in", str(n).encode())
        async with Mqtt(broker.url, client_id="b") as b:
            reader = Reader(b)
            assert [int(one.payload) for one in await reader.wait(50)] == list(range(50))
            reader.stop()


async def test_what_a_reader_has_not_taken_comes_again(broker):
    async with Mqtt(broker.url) as a:
        async with Mqtt(broker.url, client_id="b") as b:
            await b.subscribe(["k/in"])
            for n in range(50):
                await a.publish("k/in", str(n).encode())
            await asyncio.sleep(0.1)  # they have arrived here, and nobody has read them
        async with Mqtt(broker.url, client_id="b") as b:
            reader = Reader(b)
            assert [int(one.payload) for one in await reader.wait(50)] == list(range(50))
            reader.stop()


async def test_small_messages_are_sent_at_once(broker):
    """Without TCP_NODELAY a message waits 40 to 90 ms for an acknowledgement (``python -m benchmarks.messages``)."""
    async with Mqtt(broker.url) as a:
        line = a._client._client.socket()
        assert line.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) == 1


async def test_many_are_under_way_at_once(broker):
    async with Mqtt(broker.url) as a:
        await asyncio.gather(*(a.publish("x/in", b"x" * 256) for _ in range(5_000)))
        assert not a._unconfirmed
        assert not a._numbers


async def test_two_of_one_name_do_not_fight_without_a_pause(broker, caplog):
    loop = asyncio.get_running_loop()
    async with Mqtt(broker.url, client_id="a") as a, Mqtt(broker.url, client_id="a") as b:
        start = loop.time()
        async with asyncio.timeout(20):
            while "is there another connection 'a'?" not in caplog.text:
                await asyncio.sleep(0.05)
        assert 2 <= a.breaks + b.breaks <= 12 + 8 * (loop.time() - start)


async def test_giving_up_while_it_connects_leaves_nothing_behind(broker):
    watcher = Mqtt(broker.url)
    async with watcher:
        await watcher.subscribe(["+/status"])
        reader = Reader(watcher)
        connecting = asyncio.ensure_future(Mqtt(broker.url, will=Will("a/status", b"away")).__aenter__())
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        connecting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await connecting
        await asyncio.sleep(0.2)
        assert not reader.got, "it was closed, it did not break off"
        reader.stop()


async def test_closing_frees_who_waits(broker):
    a = Mqtt(broker.url)
    async with a:
        await asyncio.to_thread(broker.stop)
        await until(lambda: a._client is None)
        publishing = asyncio.ensure_future(a.publish("x/in", b"x"))
        await asyncio.sleep(0)
    with pytest.raises(TransportError, match="closed before"):
        await publishing
    with pytest.raises(TransportError, match="not open"):
        a.post("x/in", b"x")


async def test_says_that_nobody_listens():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(TransportError, match=rf"nothing listens at mqtt://localhost:{port}: start a broker"):
        async with Mqtt(f"mqtt://localhost:{port}"):
            pass


async def test_says_that_there_is_no_such_host():
    with pytest.raises(TransportError, match=r"there is no host 'nowhere\.invalid'"):
        async with Mqtt("mqtt://nowhere.invalid"):
            pass


@needs_mosquitto
@pytest.mark.parametrize("version", ["", "?version=5"])
async def test_says_who_is_not_let_in(tmp_path, monkeypatch, version):
    password = tmp_path / "passwords"
    monkeypatch.delenv("TOWNSQUARE_MQTT_USER", raising=False)
    program_of = os.path.join(os.path.dirname(program()), "mosquitto_passwd")
    if not os.path.exists(program_of):
        program_of = "mosquitto_passwd"
    done = await asyncio.create_subprocess_exec(program_of, "-b", "-c", str(password), "ann", "right")
    assert await done.wait() == 0
    settings = QUICK.replace("allow_anonymous true", f"allow_anonymous false\npassword_file {password}")
    with Mosquitto(tmp_path / "mosquitto", settings) as broker:
        with pytest.raises(TransportError, match=r"somebody without a user name in .*TOWNSQUARE_MQTT_PASSWORD"):
            async with Mqtt(broker.url + version):
                pass
        monkeypatch.setenv("TOWNSQUARE_MQTT_PASSWORD", "wrong")
        with pytest.raises(TransportError, match="user 'ann' in") as found:
            async with Mqtt(broker.url.replace("//", "//ann@") + version):
                pass
        assert "wrong" not in str(found.value)
        monkeypatch.setenv("TOWNSQUARE_MQTT_PASSWORD", "right")
        monkeypatch.setenv("TOWNSQUARE_MQTT_USER", "ann")
        async with Mqtt(broker.url + version, will=Will("a/status", b"away"), client_id="a") as a:
            await a.publish("x/in", b"x")


async def test_says_that_it_is_no_mqtt():
    async def hang_up(reader, writer):
        writer.close()

    server = await asyncio.start_server(hang_up, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    with pytest.raises(TransportError, match=r"mqtts?://127\.0\.0\.1"):
        async with Mqtt(f"mqtts://127.0.0.1:{port}"):
            pass
    server.close()
