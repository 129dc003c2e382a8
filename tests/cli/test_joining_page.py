"""docs/remote-agents.md keeps its word: its blocks run in their order, in one folder, on a broker of their own.

Blocks marked ``<!-- test: stays -->`` are commands that go on while the following blocks run.
"""

import json
import os
import re
import shlex
import signal
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.commands import townsquare
from tests.processes import Staying, free_port, staying
from townsquare.testing.chat_server import ChatServer

EXAMPLE = Path(__file__).parents[2] / "examples" / "remote" / "agent.py"
PAGE = Path(__file__).parents[2] / "docs" / "remote-agents.md"
BLOCK = re.compile(r"(?:^<!-- test: (\w+) -->\n)?^```(sh|python)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PART = re.compile(r".*<<'EOF'\n(?:.*\n)*?EOF\n|(?:.*\\\n)*.*\n")


@pytest.mark.slow
def test_blocks_run(tmp_path: Path) -> None:
    for package in ("amqtt", "aiomqtt", "langchain_core", "openai"):
        pytest.importorskip(package)
    blocks = BLOCK.findall(PAGE.read_text("utf-8"))
    assert {mark for mark, _, _ in blocks} == {"", "stays", "skip"}
    port, printed, stayed = free_port(), "", list[Staying]()
    with ExitStack() as stack:
        server = stack.enter_context(ChatServer(lambda body: "It leaves out the votes."))
        environment = {
            "TOWNSQUARE_BROKER": f"mqtt://127.0.0.1:{port}",
            "OPENAI_BASE_URL": server.url,
            "OPENAI_API_KEY": "scripted",
        }
        for mark, language, text in blocks:
            if mark == "stays":
                words = shlex.split(text.replace("\\\n", ""))[1:]
                serves = words[0] == "serve"
                words += ["--port", str(port)] if serves else []
                command = stack.enter_context(staying(*words, cwd=tmp_path, **({} if serves else environment)))
                command.says("serving mqtt://" if serves else " joined ")
                stayed.append(command)
            elif mark != "skip":
                printed += _ran(language, text, tmp_path, environment)
        for command in reversed(stayed):
            assert command.end() == 0, command.err
    for said in ("\n6\n", "\nabc\n", "Breaking: rain until Thursday\n", "It leaves out the votes.\n"):
        assert said in printed
    assert "word-count completed 6\n" in printed


@pytest.mark.slow
def test_the_example_is_an_agent(tmp_path: Path) -> None:
    for package in ("amqtt", "aiomqtt"):
        pytest.importorskip(package)
    url = f"mqtt://127.0.0.1:{free_port()}"
    with staying("serve", "--port", url.rpartition(":")[2], cwd=tmp_path) as serve:
        serve.says("serving")
        example = [sys.executable, "-W", "error", str(EXAMPLE), url]
        with subprocess.Popen(example, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as agent:
            try:
                assert agent.stdout is not None
                assert "joined" in agent.stdout.readline()
                done = townsquare("call", "word-count", "to be or not to be", "--broker", url, cwd=tmp_path)
                assert json.loads(done.stdout) == {"words": 6}
                agent.send_signal(signal.SIGINT)
                assert agent.communicate(timeout=30)[1] == ""
            finally:
                agent.kill()
        serve.says("word-count away")
        assert serve.end() == 0


def _ran(language: str, text: str, folder: Path, environment: dict[str, str]) -> str:
    """What a block prints."""
    if language == "python":
        return _printed([sys.executable, "-W", "error", "-c", text], folder, environment)
    printed = ""
    for part in PART.findall(text):
        if part.startswith("townsquare "):
            words = shlex.split(part.replace("\\\n", ""), comments=True)[1:]
            words = [word.replace("mqtt://localhost:1883", environment["TOWNSQUARE_BROKER"]) for word in words]
            done = townsquare(*words, cwd=folder, **environment)
            assert done.returncode == 0, f"{part}{done.stderr}"
            printed += done.stdout
        elif part.strip():
            printed += _printed(["sh", "-eu", "-c", part], folder, environment)
    return printed


def _printed(command: list[str], folder: Path, environment: dict[str, str]) -> str:
    done = subprocess.run(
        command, cwd=folder, env=os.environ | environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
