"""Programs of any language as agents, and what becomes of those that end, hang or talk nonsense."""

import asyncio
import os
import shutil
import sys
from pathlib import Path

import pytest

from tests.agents.joining.tasks import task
from townsquare.agents.joining.program import Program, ProgramFailed
from townsquare.protocols.errors import InputError

PROGRAM = """
import json, os, sys, time
for line in sys.stdin:
    task = json.loads(line)
    text = task["description"]
    if text == "end":
        sys.exit(3)
    elif text == "kill":
        os.abort()
    elif text == "hang":
        time.sleep(60)
    elif text == "garble":
        print("Thinking...", flush=True)
    elif text == "half":
        print('{"output": 1', end="", flush=True)
        sys.exit(0)
    elif text == "decline":
        print(json.dumps({"error": "not for me"}), flush=True)
    elif text == "other":
        print(json.dumps({"output": 1, "task_id": "t2"}), flush=True)
    elif text == "twice":
        print(json.dumps({"output": "one"}), flush=True)
        print(json.dumps({"output": "two"}), flush=True)
    elif text == "nan":
        print('{"output": NaN}', flush=True)
    elif text == "deep":
        print('{"output": ' + "[" * 100_000 + "]" * 100_000 + "}", flush=True)
    elif text == "long":
        print(json.dumps({"output": "x" * 20_000_000}), flush=True)
    else:
        print(json.dumps({"output": [text, task["input"], os.getpid()], "task_id": task["task_id"]}), flush=True)
"""


@pytest.fixture
async def program(tmp_path: Path):  # type: ignore[no-untyped-def]
    (tmp_path / "program.py").write_text(PROGRAM, "utf-8")
    made = Program([sys.executable, "-S", "-E", str(tmp_path / "program.py")], seconds=20.0)
    yield made
    await made.close()


async def test_one_process_does_all_tasks(program: Program) -> None:
    first = await program.run(task("first", {"a": "ä"}))
    second = await program.run(task("second"))
    assert first[:2] == ["first", {"a": "ä"}]
    assert second[:2] == ["second", None]
    assert first[2] == second[2] != os.getpid()


async def test_tasks_at_the_same_time_wait_for_each_other(program: Program) -> None:
    found = await asyncio.gather(*(program.run(task(str(i), task_id=f"t{i}")) for i in range(5)))
    assert [one[0] for one in found] == ["0", "1", "2", "3", "4"]
    assert len({one[2] for one in found}) == 1


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ("end", "ended .exit code 3. without an answer"),
        ("kill", "ended .signal 6. without an answer"),
        ("garble", "answered 'Thinking...', which is no JSON object"),
        ("half", "ended .exit code 0. without an answer"),
        ("other", "another task"),
        ("nan", "answered '{.output.: NaN}', which is no JSON object"),
        ("deep", "which is no JSON object"),
        ("long", "more than 16,777,216 bytes"),
    ],
)
async def test_a_bad_end_is_a_sentence_and_the_next_task_a_new_start(program: Program, how: str, said: str) -> None:
    before = (await program.run(task("x")))[2]
    with pytest.raises(ProgramFailed, match=said):
        await program.run(task(how))
    after = await program.run(task("y"))
    assert after[0] == "y"
    assert after[2] != before


async def test_what_it_says_besides_is_not_the_next_answer(program: Program) -> None:
    assert await program.run(task("twice")) == "one"
    await asyncio.sleep(0.2)  # it says more, and nobody asks
    assert (await program.run(task("next")))[0] == "next"


async def test_one_that_hangs_is_stopped(program: Program) -> None:
    await program.run(task("x"))
    with pytest.raises(ProgramFailed, match=r"gave no answer within 0.2 s"):
        await program.run(task("hang", seconds=0.2))
    assert (await program.run(task("y")))[0] == "y"


async def test_one_whose_task_is_called_off_is_stopped_too(program: Program) -> None:
    before = (await program.run(task("x")))[2]
    under_way = asyncio.create_task(program.run(task("hang")))
    await asyncio.sleep(0.05)
    under_way.cancel()
    with pytest.raises(asyncio.CancelledError):
        await under_way
    assert (await program.run(task("y")))[2] != before


async def test_one_that_declines_stays(program: Program) -> None:
    before = (await program.run(task("x")))[2]
    with pytest.raises(ProgramFailed, match="not for me"):
        await program.run(task("decline"))
    assert (await program.run(task("y")))[2] == before


async def test_it_ends_when_its_input_is_closed(program: Program) -> None:
    pid = (await program.run(task("x")))[2]
    await program.close()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    await program.close()


@pytest.mark.parametrize(
    "command",
    [
        pytest.param(
            ["sh", "-c", 'while read -r line; do echo "{\\"output\\": ${#line}}"; done'],
            marks=pytest.mark.skipif(not shutil.which("sh"), reason="no sh"),
        ),
        pytest.param(
            [
                "node",
                "-e",
                'require("readline").createInterface({input: process.stdin})'
                '.on("line", line => console.log(JSON.stringify({output: line.length})))',
            ],
            marks=pytest.mark.skipif(not shutil.which("node"), reason="no Node"),
        ),
    ],
    ids=["sh", "node"],
)
async def test_other_languages(command: list[str]) -> None:
    program = Program(command)
    line = '{"task_id":"t1","description":"count this","capability":"","input":null}'
    try:
        assert await program.run(task("count this")) == len(line)
        assert await program.run(task("count that!")) == len(line) + 1
    finally:
        await program.close()


def test_no_program_is_bad_input() -> None:
    with pytest.raises(InputError, match="there is no program 'no-such-program' here"):
        Program("no-such-program --fast")
    with pytest.raises(InputError, match="there is no program ''"):
        Program(" ")
    with pytest.raises(InputError, match="cannot be read"):
        Program("sh -c 'half")


async def test_a_program_that_went_away_is_a_failed_task(tmp_path: Path) -> None:
    script = tmp_path / "agent"
    script.write_text("#!/bin/sh\n", "utf-8")
    script.chmod(0o700)
    program = Program(str(script))
    script.write_bytes(b"\0\0")
    with pytest.raises(ProgramFailed, match="cannot be started"):
        await program.run(task("x"))
