"""``townsquare join``, ``call`` and ``agents``: processes of their own against a server of its own."""

import asyncio
import json
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.commands import townsquare
from tests.processes import Seat, Staying, alive, free_port, staying
from townsquare.cli import main
from townsquare.protocols.ioa.cards import Card
from townsquare.protocols.ioa.host import Host, Move, Turn
from townsquare.protocols.ioa.messages import Task
from townsquare.protocols.ioa.vocabulary import Type
from townsquare.testing.chat_server import ChatServer

pytest.importorskip("amqtt")
pytest.importorskip("aiomqtt")

AGENTS = '''
import os, time

def word_count(text):
    """Counts the words of a text."""
    return len(text.split())

def add(text, input):
    """Adds numbers."""
    return sum(input)

def fails(text):
    """Fails at everything."""
    raise ValueError("I cannot do that")

def slow(text):
    """Takes its time."""
    time.sleep(float(text))
    return "done"

def process(text):
    """Tells its process."""
    return os.getpid()
'''

Join = Callable[..., Staying]


class Done(NamedTuple):
    """What came of a command."""

    returncode: int
    stdout: str
    stderr: str


Call = Callable[..., Done]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with agents."""
    folder = tmp_path_factory.mktemp("place")
    (folder / "my_agents.py").write_text(AGENTS, "utf-8")
    (folder / "able.toml").write_text('capabilities = ["count words"]\n', "utf-8")
    return folder


@pytest.fixture(scope="module")
def broker(place: Path) -> Iterator[str]:
    """A server on a broker of its own; its URL."""
    port = free_port()
    with staying("serve", "--port", str(port), cwd=place) as serve:
        serve.says("serving mqtt://")
        yield f"mqtt://127.0.0.1:{port}"
        assert serve.end() == 0, serve.err


@pytest.fixture
def join(place: Path, broker: str) -> Iterator[Join]:
    """Brings agents, and takes them away again with Ctrl-C."""
    joined: list[Staying] = []

    def bring(*words: str, **environment: str) -> Staying:
        command = Staying("join", *words, "--broker", broker, cwd=place, **environment)
        joined.append(command)
        command.says(" joined ")
        return command

    try:
        yield bring
        for command in joined:
            assert command.end() == 0, command.err
            assert " left." in command.err[-1]
    finally:
        for command in joined:
            command.kill()


@pytest.fixture
def call(broker: str, capsys: pytest.CaptureFixture[str]) -> Call:
    """Gives a task, in this process: starting Python takes longer than the task."""

    def give(*words: str) -> Done:
        code = main(["call", *words, "--broker", broker])
        return Done(code, *capsys.readouterr())

    return give


def test_a_function(join: Join, call: Call, place: Path, broker: str) -> None:
    agent = join("--agent", "my_agents:word_count")
    done = townsquare("call", "word-count", "to be or not to be", "--broker", broker, cwd=place)
    assert (done.returncode, done.stdout) == (0, "6\n"), done.stderr
    assert call("word-count", "to be") == (0, "2\n", "")
    assert "word-count: asked by call-" in agent.says("done in")
    listed = townsquare("agents", "--broker", broker, cwd=place)
    assert "word-count" in listed.stdout
    assert "Counts the words of a text." in listed.stdout
    found = json.loads(townsquare("agents", "how many words", "--json", "--broker", broker, cwd=place).stdout)
    assert found[0]["card"]["name"] == "word-count"
    assert found[0]["here"] is True


def test_what_comes_of_a_task(join: Join, call: Call) -> None:
    join("--agent", "my_agents:add", "--name", "adder", "--quiet")
    failing = join("--agent", "my_agents:fails")
    assert call("adder", "--input", "[1, 2]").stdout == "3\n"
    whole = json.loads(call("adder", "add", "--input", "[1, 2]", "--json").stdout)
    assert (whole["output"], whole["status"]) == (3, "completed")
    done = call("fails", "x")
    assert (done.returncode, done.stdout) == (1, "")
    assert "townsquare: fails: failed: " in done.stderr
    assert "I cannot do that" in done.stderr
    assert done.stderr.count("\n") == 1
    assert "failed" in failing.says("asked by")
    join("--agent", "my_agents:word_count", "--card", "able.toml", "--name", "able", "--quiet")
    assert call("able", "to be", "--capability", "count words").stdout == "2\n"
    unable = call("able", "to be", "--capability", "count word")
    assert unable.returncode == 2
    assert "'able' has no capability 'count word'. Did you mean 'count words'? It has: count words." in unable.stderr
    missing = call("addder", "x")
    assert missing.returncode == 2
    assert "there is no agent 'addder'. Did you mean 'adder'?" in missing.stderr
    assert missing.stderr.count("\n") == 1
    wrong = call("adder", "--input", "[1")
    assert wrong.returncode == 2
    assert "--input is no JSON" in wrong.stderr


@pytest.mark.slow
def test_a_slow_agent_is_timed_out(join: Join, call: Call) -> None:
    join("--agent", "my_agents:slow")
    done = call("slow", "30", "--seconds", "0.3")
    assert done.returncode == 1
    assert "slow: timed out" in done.stderr


@pytest.mark.slow
def test_many_on_one_connection(join: Join, call: Call) -> None:
    several = join("--agent", "my_agents:process", "--count", "3")
    assert "process-0 to process-2 joined" in several.says(" joined ")
    found = {call(f"process-{i}", "x").stdout for i in range(3)}
    assert found == {f"{several.process.pid}\n"}


def test_a_name_is_taken_once(join: Join, place: Path, broker: str) -> None:
    join("--agent", "my_agents:word_count")
    second = townsquare("join", "--agent", "my_agents:word_count", "--broker", broker, cwd=place)
    assert second.returncode == 2, second.stderr
    assert "word-count" in second.stderr
    assert second.stderr.count("\n") == 1
    assert "Traceback" not in second.stderr


@pytest.mark.slow
def test_a_runnable(join: Join, call: Call, place: Path) -> None:
    pytest.importorskip("langchain_core")
    source = "from langchain_core.runnables import RunnableLambda\nshout = RunnableLambda(str.upper)\n"
    (place / "chains.py").write_text(source, "utf-8")
    join("--agent", "chains:shout", "--name", "shouter", "--description", "Shouts.")
    assert call("shouter", "hey").stdout == "HEY\n"


@pytest.mark.slow
def test_a_model(join: Join, call: Call) -> None:
    pytest.importorskip("openai")
    with ChatServer(lambda body: "It leaves out the votes.") as server:
        environment = {"OPENAI_BASE_URL": server.url, "OPENAI_API_KEY": "scripted"}
        join("--model", "openai:scripted", "--name", "critic", "--description", "Finds gaps.", **environment)
        whole = json.loads(call("critic", "The council voted.", "--json").stdout)
    assert whole["output"] == "It leaves out the votes."
    assert whole["usage"]["work"] > 0


@pytest.mark.skipif(not shutil.which("sh"), reason="no sh")
def test_a_program(join: Join, call: Call, place: Path) -> None:
    program = """sh -c 'while read -r line; do [ -e stop ] && exit 4; echo "{\\"output\\": ${#line}}"; done'"""
    join("--program", program, "--name", "letters")
    assert int(call("letters", "hello").stdout) > 50
    stop = place / "stop"
    stop.touch()
    assert "ended (exit code 4)" in call("letters", "hello").stderr
    stop.unlink()
    assert int(call("letters", "hello").stdout) > 50


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("sh") or not Path("/proc/self").exists(), reason="no sh, or no /proc")
def test_a_program_ends_with_a_join_that_is_killed(place: Path, broker: str) -> None:
    """In the middle of a task, though it reads nothing and never ends by itself."""
    (place / "deaf.sh").write_text("read -r line\necho $$ > pid\nsleep 300\n", "utf-8")
    with staying("join", "--program", "sh deaf.sh", "--name", "deaf", "--broker", broker, cwd=place) as command:
        command.says("joined")
        with staying("call", "deaf", "x", "--seconds", "60", "--broker", broker, cwd=place):
            until = time.monotonic() + 20
            while not (place / "pid").exists() or not (pid := (place / "pid").read_text("utf-8").strip()):
                assert time.monotonic() < until
                time.sleep(0.02)
            time.sleep(0.3)
            command.kill()
            while alive(int(pid)) and time.monotonic() < until:
                time.sleep(0.02)
            assert not alive(int(pid))


@pytest.mark.slow
def test_a_mind(join: Join, place: Path, broker: str) -> None:
    join("--mind", "behavioural-reader")
    listed = townsquare("agents", "--json", "--broker", broker, cwd=place)
    cards = {match["card"]["name"]: match["card"] for match in json.loads(listed.stdout)}
    assert cards["behavioural-reader"]["capabilities"] == ["decide"]


@pytest.mark.parametrize("key", ["\x04", pytest.param("\x03", marks=pytest.mark.slow)], ids=["Ctrl-D", "Ctrl-C"])
def test_a_person(place: Path, broker: str, key: str) -> None:
    seat = Seat("join", "--human", "--name", "ann", "--broker", broker, cwd=place)
    try:
        seat.reads("ann joined")
        asking = staying("call", "ann", "News or opinion?", "--broker", broker, cwd=place)
        with asking as asked:
            shown = seat.reads("Your answer")
            assert "News or opinion?" in shown
            seat.types("news\n")
            assert asked.wait() == 0
            asked.says("news")
        town = {"tick": 3, "group": "panel", "task": "read", "limit": 2, "elsewhere": []}
        rows = [{"agent": 7, "items": [{"item": 30, "text": "Rain"}, {"item": 40, "text": "Snow"}]}]
        words = ("ann", "--capability", "decide", "--input", json.dumps({**town, "rows": rows}))
        with staying("call", *words, "--broker", broker, cwd=place) as asked:
            assert "1. Rain" in seat.reads("Open which?")
            seat.types("2\n")
            seat.reads("Like which")
            seat.types("\n")
            assert asked.wait() == 0
            asked.says('"item": 40')
        seat.types(key)
        seat.reads("ann left.")
        assert seat.ended() == 0
    finally:
        seat.leave()


class Chair:
    """Asks the person, and concludes with what it says."""

    async def run(self, task: Task) -> None:
        """No tasks."""

    async def speak(self, turn: Turn) -> Move:
        """A question first; then the end."""
        heard = [say.content for say in turn.conversation.said if say.sender == "ann"]
        if heard:
            return Move(Type.CONCLUSION, f"Ann says: {heard[-1]}")
        return Move(Type.DISCUSSION, "What shall it be called?", ("ann",))


@pytest.mark.slow
def test_a_person_in_a_group(place: Path, broker: str) -> None:
    async def meet() -> str:
        async with Host(broker, "chair") as host:
            me = await host.join(Card(name="chair", description="Chairs.", speaks=True), Chair())
            group = await me.launch("Find a name.", ["ann"])
            return (await me.ended(group.comm_id)).conclusion

    seat = Seat("join", "--human", "--name", "ann", "--broker", broker, cwd=place)
    try:
        seat.reads("ann joined")
        with ThreadPoolExecutor(1) as other:
            meeting = other.submit(asyncio.run, meet())
            shown = seat.reads("You say: ")
            assert "Goal: Find a name." in shown
            assert "chair to ann: What shall it be called?" in shown
            seat.types("@nobody hm\n")
            seat.reads("Names: chair.")
            seat.types("@chair Townsquare.\n")
            assert meeting.result(30) == "Ann says: Townsquare."
        seat.types("\x04")
        assert seat.ended() == 0
    finally:
        seat.leave()


WRONG = {
    "no such broker": (["--agent", "my_agents:word_count", "--broker", "mqtt://127.0.0.1:9"], "townsquare serve"),
    "no URL": (["--agent", "my_agents:word_count", "--broker", "localhost"], "mqtt://"),
    "a password in the URL": (
        ["--agent", "my_agents:word_count", "--broker", "mqtt://a:b@localhost"],
        "TOWNSQUARE_MQTT_PASSWORD",
    ),
    "no such function": (["--agent", "my_agents:word_cuont"], "Did you mean 'word_count'?"),
    "no such card": (["--agent", "my_agents:word_count", "--card", "none.toml"], "none.toml"),
    "a name that is none": (["--agent", "my_agents:word_count", "--name", "a/b"], "'a/b' is no name"),
    "no description": (["--agent", "string:capwords", "--name", "x", "--description", ""], "townsquare"),
    "no such mind": (["--mind", "behavioral-reader"], "Did you mean 'behavioural-reader'?"),
    "a mind that needs its town": (["--mind", "llm-reader"], "needs the town around it"),
    "no such program": (["--program", "no-such-program"], "there is no program 'no-such-program' here"),
    "no such model": (["--model", "gpt-4o"], "provider:model"),
    "nothing to join": ([], "--agent"),
    "two things to join": (["--human", "--mind", "behavioural-reader"], "--mind"),
    "none of them": (["--mind", "behavioural-reader", "--count", "0"], "--count"),
    "two persons": (["--human", "--count", "2"], "--human is one person"),
}


@pytest.mark.parametrize("case", WRONG)
def test_bad_input_is_one_sentence(
    case: str, place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    words, said = WRONG[case]
    broker = [] if "--broker" in words else ["--broker", f"mqtt://127.0.0.1:{free_port()}"]
    monkeypatch.chdir(place)
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.delitem(sys.modules, "my_agents", raising=False)  # another test's
    try:
        code = main(["join", *words, *broker])
    except SystemExit as error:
        code = int(str(error.code))
    out, err = capsys.readouterr()
    assert code == 2, err
    assert said in err
    assert err.startswith("townsquare: ")
    assert err.count("\n") == 1
    assert out == ""
