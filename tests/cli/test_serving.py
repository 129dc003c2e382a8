"""``townsquare serve``: a process of its own, with a broker of its own or on another's."""

import json
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.commands import townsquare
from tests.processes import Seat, free_port, staying
from townsquare.cli import main
from townsquare.testing.mosquitto import Mosquitto, program

pytest.importorskip("amqtt")
pytest.importorskip("aiomqtt")

AGENT = '''
import pathlib, time

def echo(text):
    """Says it again."""
    return text

def slow(text):
    """Takes its time."""
    pathlib.Path("began").touch()
    time.sleep(float(text))
    return "done"
'''


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "my_agents.py").write_text(AGENT, "utf-8")
    return tmp_path


@pytest.mark.parametrize(
    "number",
    [pytest.param(signal.SIGINT, id="Ctrl-C"), pytest.param(signal.SIGTERM, id="SIGTERM", marks=pytest.mark.slow)],
)
def test_it_says_where_who_comes_and_who_goes(place: Path, number: int) -> None:
    port = free_port()
    with staying("serve", "--port", str(port), cwd=place) as serve:
        said = serve.says("serving")
        assert f"serving mqtt://127.0.0.1:{port}" in said
        assert "this machine only" in serve.err[0]
        with staying("join", "--agent", "my_agents:echo", "--broker", f"mqtt://127.0.0.1:{port}", cwd=place) as agent:
            agent.says("joined")
            serve.says("echo came")
            assert agent.end(number) == 0, agent.err
            serve.says("echo left")
        assert serve.end(number) == 0, serve.err
    assert "Traceback" not in "\n".join(serve.err)


@pytest.mark.slow
def test_a_table_on_a_terminal(place: Path) -> None:
    port = free_port()
    seat = Seat("serve", "--port", str(port), cwd=place)
    try:
        seat.reads("Ctrl-C stops.")
        seat.reads("0 here, 0 away")
        with staying("join", "--agent", "my_agents:echo", "--broker", f"mqtt://127.0.0.1:{port}", cwd=place) as agent:
            agent.says("joined")
            assert "Says it again." in seat.reads("1 here, 0 away")
            assert agent.end() == 0
        seat.types("\x03")
        seat.reads("stopped;")
        assert seat.ended() == 0
    finally:
        seat.leave()


@pytest.mark.slow
def test_changes_as_json(place: Path) -> None:
    port = free_port()
    with staying("serve", "--port", str(port), "--json", cwd=place) as serve:
        begun = json.loads(serve.says("serving"))
        assert begun == {"change": "serving", "broker": f"mqtt://127.0.0.1:{port}", "root": "townsquare"}
        with staying("join", "--agent", "my_agents:echo", "--broker", begun["broker"], cwd=place) as agent:
            came = json.loads(serve.says("came"))
            assert came["agent"] == "echo"
            assert came["description"] == "Says it again."
            agent.kill()
        assert json.loads(serve.says('"away"'))["agent"] == "echo"
        assert serve.end() == 0
    assert not serve.err


@pytest.mark.slow
def test_a_record_is_kept_and_goes_on(place: Path) -> None:
    port = free_port()
    words = ("serve", "--port", str(port), "--record", "wire")
    broker = ("--broker", f"mqtt://127.0.0.1:{port}")
    with staying(*words, cwd=place) as serve:
        serve.says("serving")
        with staying("join", "--agent", "my_agents:echo", *broker, cwd=place) as agent:
            agent.says("joined")
            assert townsquare("call", "echo", "hello there", *broker, cwd=place).stdout == "hello there\n"
            assert agent.end() == 0
        assert serve.end() == 0, serve.err
    first = (place / "wire" / "journal.jsonl").read_text("utf-8")
    assert "hello there" in first
    with staying(*words, cwd=place) as serve:
        serve.says("serving")
        assert serve.end() == 0, serve.err
    assert (place / "wire" / "journal.jsonl").read_text("utf-8").startswith(first)
    other = townsquare("serve", "--port", "0", "--record", ".", cwd=place)
    assert other.returncode == 2
    assert "holds no record" in other.stderr


def test_the_server_dies_and_comes_back(place: Path) -> None:
    """With its broker: kill -9, and a new one on the same port. The agent is there again, and works."""
    port = free_port()
    broker = ("--broker", f"mqtt://127.0.0.1:{port}")
    with staying("serve", "--port", str(port), cwd=place) as serve:
        serve.says("serving")
        with staying("join", "--agent", "my_agents:echo", *broker, cwd=place) as agent:
            agent.says("joined")
            serve.kill()
            with staying("serve", "--port", str(port), cwd=place) as second:
                second.says("echo came")
                assert townsquare("call", "echo", "again", *broker, cwd=place).stdout == "again\n"
                assert agent.end() == 0, agent.err
                second.says("echo left")
                assert second.end() == 0


@pytest.mark.slow
def test_who_wants_to_go_is_not_kept_by_a_broker_that_is_away(place: Path) -> None:
    port = free_port()
    with staying("serve", "--port", str(port), cwd=place) as serve:
        serve.says("serving")
        broker = f"mqtt://127.0.0.1:{port}"
        with staying("join", "--agent", "my_agents:echo", "--broker", broker, cwd=place) as agent:
            agent.says("joined")
            serve.kill()
            agent.says("It is tried again")
            assert agent.end() == 0
            agent.says("echo left.")
    assert "Traceback" not in "\n".join(agent.err)


@pytest.mark.slow
@pytest.mark.skipif(not (shutil.which("mosquitto") or Path("/usr/sbin/mosquitto").exists()), reason="no Mosquitto")
def test_on_mosquitto_that_restarts(place: Path) -> None:
    """The broker alone dies, and comes back with nothing: server and agent are there again, and work."""
    port = free_port()
    broker = ("--broker", f"mqtt://127.0.0.1:{port}")
    (place / "mosquitto.conf").write_text(
        f"listener {port} 127.0.0.1\nallow_anonymous true\nset_tcp_nodelay true\n", "utf-8"
    )
    program = shutil.which("mosquitto") or "/usr/sbin/mosquitto"

    def start() -> subprocess.Popen[bytes]:
        started = subprocess.Popen([program, "-c", "mosquitto.conf"], cwd=place, stderr=subprocess.DEVNULL)
        time.sleep(0.2)
        return started

    first = start()
    try:
        with staying("serve", *broker, cwd=place) as serve:
            serve.says("serving")
            with staying("join", "--agent", "my_agents:echo", *broker, cwd=place) as agent:
                agent.says("joined")
                assert townsquare("call", "echo", "one", *broker, cwd=place).stdout == "one\n"
                first.kill()
                first.wait()
                first = start()
                agent.says("is back")
                serve.says("is back")
                assert townsquare("call", "echo", "two", *broker, cwd=place).stdout == "two\n"
                assert agent.end() == 0, agent.err
                assert serve.end() == 0, serve.err
    finally:
        first.kill()
        first.wait()


@pytest.mark.slow
@pytest.mark.skipif(program() is None, reason="no Mosquitto")
@pytest.mark.parametrize(
    ("task", "seconds", "ends"), [("5", "40", "done"), ("1", "40", "done"), ("30", "2", "timed out")],
    ids=["goes on", "ends meanwhile", "its time ends meanwhile"],
)  # fmt: skip
def test_a_task_in_whose_middle_the_broker_is_away(place: Path, task: str, seconds: str, ends: str) -> None:
    """Killed, with nothing kept, and back after a while: whoever waits is told what came of it, once."""
    settings = "listener {port} 127.0.0.1\nallow_anonymous true\nset_tcp_nodelay true\n"
    with Mosquitto(place / "broker", settings) as broker:
        there = ("--broker", broker.url)
        with (
            staying("serve", *there, cwd=place) as serve,
            staying("join", "--agent", "my_agents:slow", *there, cwd=place) as agent,
        ):
            serve.says("slow came")
            with staying("call", "slow", task, "--seconds", seconds, *there, cwd=place) as call:
                until = time.monotonic() + 20
                while not (place / "began").exists():
                    assert time.monotonic() < until
                    time.sleep(0.02)
                (place / "began").unlink()
                broker.restart(signal.SIGKILL, pause=4)
                code = call.wait()
            assert ends in "\n".join(call.out + call.err)
            assert code == (0 if ends == "done" else 1)
            agent.says("is back")
            assert townsquare("call", "slow", "0", *there, cwd=place).stdout == "done\n"
            assert agent.end() == 0, agent.err
            assert serve.end() == 0, serve.err
            assert sum(f": {task}: " in line for line in agent.err) == 1, agent.err
            assert "Traceback" not in "\n".join(serve.err + agent.err)


WRONG = {
    "a port that is taken": (["serve", "--port", "{taken}"], "{taken}"),
    "a port that is none": (["serve", "--port", "70000"], "70000"),
    "both": (["serve", "--port", "0", "--broker", "mqtt://localhost"], "--port is for a broker of its own"),
    "no broker there": (["serve", "--broker", "mqtt://127.0.0.1:9"], "127.0.0.1:9"),
    "a root that is none": (["serve", "--root", "a/b"], "root"),
    "no such embedder": (["serve", "--embedder", "hasing"], "Did you mean 'hashing'?"),
    "a server that is not there": (["agents", "--broker", "mqtt://127.0.0.1:9"], "townsquare serve"),
}


@pytest.mark.parametrize("case", WRONG)
def test_bad_input_is_one_sentence(
    case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    words, said = WRONG[case]
    monkeypatch.chdir(tmp_path)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        code = main([word.replace("{taken}", port) for word in words])
    out, err = capsys.readouterr()
    assert code == 2, err
    assert said.replace("{taken}", port) in err
    assert err.startswith("townsquare: ")
    assert err.count("\n") == 1, err
    assert out == ""
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("words", "package", "extra"),
    [(["serve", "--port", "0"], "amqtt.broker", "broker"), (["agents"], "aiomqtt", "mqtt")],
)
def test_a_missing_package_is_named_with_its_extra(
    words: list[str], package: str, extra: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    monkeypatch.delitem(sys.modules, "townsquare.protocols.transports.mqtt_client", raising=False)
    assert main(words) == 2
    assert f"pip install 'townsquare[{extra}]'" in capsys.readouterr().err
