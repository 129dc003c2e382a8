"""The scripted chat server, asked over real HTTP with a client of its own kind."""

import asyncio
import json
import subprocess
import sys
from typing import Any

import pytest

from townsquare.testing.chat_server import HUGE, Behaviour, ChatServer, Fault, obey_schema

aiohttp = pytest.importorskip("aiohttp")

SCHEMA = {"type": "object", "properties": {"verdict": {"enum": ["yes", "no"]}}, "required": ["verdict"]}
FORM = {"type": "json_schema", "json_schema": {"name": "answer", "strict": True, "schema": SCHEMA}}
TOOL = {"type": "function", "function": {"name": "answer", "parameters": SCHEMA}}


async def post(server: ChatServer, **more: Any) -> tuple[int, Any, Any]:
    body = {"model": "m", "messages": [{"role": "user", "content": "hello"}]} | more
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{server.url}/chat/completions", json=body, headers={"Authorization": "Bearer k"}) as response,
    ):
        return response.status, await response.read(), response.headers


async def completion(server: ChatServer, **more: Any) -> Any:
    status, data, _ = await post(server, **more)
    assert status == 200
    return json.loads(data)


async def test_answers_and_remembers_what_was_asked() -> None:
    async with ChatServer(lambda body: body["messages"][-1]["content"].upper()) as server:
        found = await completion(server)
    assert found["choices"][0]["message"]["content"] == "HELLO"
    assert found["choices"][0]["finish_reason"] == "stop"
    assert found["usage"] == {"prompt_tokens": 2, "completion_tokens": 2, "total_tokens": 4}
    assert server.count == 1
    assert server.requests[0].body["model"] == "m"
    assert server.requests[0].headers["authorization"] == "Bearer k"


def test_serves_code_that_is_not_async() -> None:
    with ChatServer(lambda body: "yes") as server:
        found = asyncio.run(completion(server))
    assert found["choices"][0]["message"]["content"] == "yes"


def test_leaving_the_block_ends_requests_that_hang() -> None:
    async def ask(server: ChatServer) -> None:
        with pytest.raises((aiohttp.ClientError, TimeoutError)):
            await asyncio.wait_for(post(server), timeout=0.2)

    with ChatServer(lambda body: Behaviour("hang")) as server:
        asyncio.run(ask(server))
    assert not server._thread.is_alive()


def test_a_port_in_use_is_said() -> None:
    with (
        ChatServer(obey_schema) as server,
        pytest.raises(OSError, match="in use"),
        ChatServer(obey_schema, port=server.port),
    ):
        pass


async def test_forced_tool_calls_and_schemas() -> None:
    async with ChatServer(obey_schema) as server:
        tool = await completion(server, tools=[TOOL], tool_choice={"type": "function", "function": {"name": "answer"}})
        form = await completion(server, response_format=FORM)
        plain = await completion(server)
    call = tool["choices"][0]["message"]["tool_calls"][0]["function"]
    assert (call["name"], json.loads(call["arguments"])) == ("answer", {"verdict": "yes"})
    assert json.loads(form["choices"][0]["message"]["content"]) == {"verdict": "yes"}
    assert "scripted" in plain["choices"][0]["message"]["content"]


async def test_schema_in_the_last_message_is_obeyed() -> None:
    text = f"Rate {{this}} {{}}. Answer with JSON by this schema: {json.dumps(SCHEMA)} and nothing else {{"
    async with ChatServer(obey_schema) as server:
        found = await completion(server, messages=[{"role": "user", "content": text}])
    assert json.loads(found["choices"][0]["message"]["content"]) == {"verdict": "yes"}


async def test_what_the_server_lacks_is_a_bad_request() -> None:
    async with ChatServer(obey_schema, structured=("text",)) as server:
        form, tool = await post(server, response_format=FORM), await post(server, tools=[TOOL])
    assert form[0] == tool[0] == 400
    assert b"response_format" in form[1]
    assert b"tool" in tool[1]


async def test_a_script_that_fails_is_a_500_that_says_so() -> None:
    async with ChatServer(lambda body: body["nothing"]) as server:
        status, data, _ = await post(server)
    assert status == 500
    assert b"KeyError" in data


@pytest.mark.parametrize(
    ("fault", "status"),
    [("rate limit", 429), ("server error", 500), ("overloaded", 503), ("bad request", 400), ("bad key", 401)],
)
async def test_faults_of_status(fault: Fault, status: int) -> None:
    async with ChatServer(lambda body: Behaviour(fault, retry_after="2")) as server:
        found = await post(server)
    assert found[0] == status
    assert found[2]["Retry-After"] == "2"


@pytest.mark.parametrize("fault", ["drop", "cut"])
async def test_faults_of_the_connection(fault: Fault) -> None:
    async with ChatServer(lambda body: Behaviour(fault, "yes")) as server:
        with pytest.raises((aiohttp.ClientPayloadError, aiohttp.ServerDisconnectedError)):
            await post(server)
    assert server.count == 1


async def test_faults_of_the_body() -> None:
    async with ChatServer(lambda body: Behaviour(body["model"], '{"verdict": "yes"}')) as server:
        broken = await post(server, model="broken body")
        page = await post(server, model="wrong type")
        assert (await completion(server, model="no choices"))["choices"] == []
        huge = await completion(server, model="huge")
    assert broken[0] == page[0] == 200
    with pytest.raises(ValueError, match=r"Unterminated|delimiter|Expecting"):
        json.loads(broken[1])
    assert page[2]["Content-Type"].startswith("text/html")
    assert len(huge["choices"][0]["message"]["content"]) == HUGE


async def test_faults_of_the_message() -> None:
    async with ChatServer(lambda body: Behaviour(body["model"], '{"verdict": "yes"}')) as server:
        found = {
            name: await completion(server, model=name)
            for name in ("empty", "broken answer", "length", "refusal", "filter", "no usage")
        }
    message = {name: body["choices"][0]["message"] for name, body in found.items()}
    assert message["empty"]["content"] == ""
    assert message["broken answer"]["content"] == message["length"]["content"] == '{"verdict'
    assert message["refusal"]["refusal"]
    assert message["refusal"]["content"] is None
    assert message["no usage"]["content"] == '{"verdict": "yes"}'
    assert "usage" not in found["no usage"]
    finishes = {name: body["choices"][0]["finish_reason"] for name, body in found.items()}
    assert finishes["broken answer"] == "stop"
    assert (finishes["length"], finishes["filter"]) == ("length", "content_filter")


async def test_counts_requests_at_a_time() -> None:
    async with ChatServer(lambda body: "yes", latency=0.1) as server:
        await asyncio.gather(*(post(server) for _ in range(5)))
    assert server.peak == 5


def test_command_prints_its_address_and_what_it_is() -> None:
    command = [sys.executable, "-m", "townsquare.testing.chat_server", "--port", "0", "--latency", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        try:
            assert child.stdout is not None
            url = child.stdout.readline().strip()
            assert "not a language model" in child.stdout.readline()
            server = ChatServer(obey_schema, port=int(url.split(":")[2].split("/")[0]))
            assert server.url == url
            found = asyncio.run(completion(server, response_format=FORM))
        finally:
            child.terminate()
    assert json.loads(found["choices"][0]["message"]["content"]) == {"verdict": "yes"}
