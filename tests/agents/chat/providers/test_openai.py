"""The fast path, over real HTTP against the scripted server: good answers, and every fault it can meet."""

import json
import re
from pathlib import Path
from typing import Any, Literal

import pytest
from pydantic import BaseModel

from townsquare.agents.chat.providers.forms import INSTRUCTION
from townsquare.agents.chat.providers.openai import DEFAULT_URL, LARGEST, OpenAI
from townsquare.agents.chat.schema import strict_schema
from townsquare.protocols.chat import ChatError, Message, Reply, Request, estimate_tokens
from townsquare.protocols.chat_settings import ChatSettings
from townsquare.protocols.errors import InputError
from townsquare.testing.chat_server import FAULTS, HUGE, Behaviour, ChatServer, obey_schema

pytest.importorskip("openai")
pytest.importorskip("aiohttp")


class Verdict(BaseModel):
    verdict: Literal["yes", "no"]


SCHEMA = strict_schema(Verdict)
GOOD = '{"verdict": "yes"}'
MESSAGES = (Message("system", "You are Ada."), Message("user", "Do you like “Löwe”? \ud800"))


def request(text: str = "", *, schema: str = SCHEMA) -> Request:
    messages = (Message("user", text),) if text else MESSAGES
    return Request("openai:small", messages, schema, temperature=0.5, max_tokens=77)


async def ask(server: ChatServer, asked: Request | None = None, **settings: Any) -> Reply:
    chat = OpenAI("small", ChatSettings(base_url=server.url, **settings))
    try:
        return await chat.complete(asked or request())
    finally:
        await chat.close()


async def test_what_is_sent() -> None:
    async with ChatServer(obey_schema) as server:
        await ask(server)
    assert server.requests[0].body == {
        "model": "small",
        "messages": [
            {"role": "system", "content": "You are Ada."},
            {"role": "user", "content": "Do you like “Löwe”? ?"},
        ],
        "temperature": 0.5,
        "max_tokens": 77,
        "response_format": {
            "type": "json_schema",
            "json_schema": {"name": "answer", "strict": True, "schema": json.loads(SCHEMA)},
        },
    }
    assert server.requests[0].headers["authorization"] == "Bearer none"


async def test_reply() -> None:
    async with ChatServer(obey_schema, latency=0.05) as server:
        reply = await ask(server)
    assert json.loads(reply.text) == {"verdict": "yes"}
    assert (reply.finish, reply.counted, reply.served_by, reply.attempts) == ("stop", True, "small", 1)
    assert (reply.tokens_in, reply.tokens_out) == (10, 5)
    assert reply.seconds >= 0.05


async def test_free_text_asks_for_no_form() -> None:
    async with ChatServer(lambda body: "plain") as server:
        reply = await ask(server, request(schema=""))
    assert reply.text == "plain"
    assert server.requests[0].body.keys() == {"model", "messages", "temperature", "max_tokens"}


class TestForms:
    async def test_forced_tool_call(self) -> None:
        async with ChatServer(obey_schema) as server:
            reply = await ask(server, structured="tool")
        body = server.requests[0].body
        assert json.loads(reply.text) == {"verdict": "yes"}
        assert reply.finish == "stop"
        assert body["tools"][0]["function"]["parameters"] == json.loads(SCHEMA)
        assert body["tool_choice"]["function"]["name"] == body["tools"][0]["function"]["name"]
        assert "response_format" not in body

    async def test_instruction_joins_the_last_turn_of_the_user(self) -> None:
        async with ChatServer(obey_schema) as server:
            reply = await ask(server, structured="text")
        system, user = server.requests[0].body["messages"]
        assert json.loads(reply.text) == {"verdict": "yes"}
        assert system["content"] == "You are Ada."
        assert user["content"].endswith(f"\n\n{INSTRUCTION}{SCHEMA}")

    @pytest.mark.parametrize(
        ("abilities", "form", "attempts"),
        [(("schema",), "schema", 1), (("tool", "text"), "tool", 2), (("text",), "text", 3)],
    )
    async def test_found_out_once(self, abilities: tuple[Any, ...], form: str, attempts: int) -> None:
        async with ChatServer(obey_schema, structured=abilities) as server:
            chat = OpenAI("small", ChatSettings(base_url=server.url))
            first, second = await chat.complete(request("one")), await chat.complete(request("two"))
            await chat.close()
        assert (first.attempts, second.attempts, server.count) == (attempts, 1, attempts + 1)
        assert json.loads(first.text) == json.loads(second.text) == {"verdict": "yes"}
        assert chat.structured == form

    async def test_only_what_has_worked_is_remembered(self) -> None:
        def answer(body: dict[str, Any]) -> str | Behaviour:
            return Behaviour("bad request") if "long" in str(body["messages"]) else obey_schema(body)

        async with ChatServer(answer) as server:
            original = server._error
            server._error = lambda *_: original(400, "json_schema and function: the context is too long")  # type: ignore[method-assign]
            chat = OpenAI("small", ChatSettings(base_url=server.url))
            with pytest.raises(ChatError, match="too long") as caught:
                await chat.complete(request("long"))
            await chat.complete(request("short"))
            await chat.close()
        assert caught.value.attempts == 3
        assert chat.structured == "schema"

    async def test_a_form_that_was_set_is_kept(self) -> None:
        async with ChatServer(obey_schema, structured=("text",)) as server:
            with pytest.raises(ChatError, match="400: response_format of type json_schema is not supported") as caught:
                await ask(server, structured="schema")
        assert (caught.value.trouble, server.count) == ("rejected", 1)

    async def test_newer_name_of_the_limit(self) -> None:
        def answer(body: dict[str, Any]) -> str | Behaviour:
            return Behaviour("bad request") if "max_tokens" in body else obey_schema(body)

        async with ChatServer(answer) as server:
            original = server._error
            server._error = lambda *_: original(400, "'max_tokens' is not supported. Use 'max_completion_tokens'.")  # type: ignore[method-assign]
            reply = await ask(server)
        assert server.requests[1].body["max_completion_tokens"] == 77
        assert reply.attempts == 2


RAISED = {
    "rate limit": ("rate limit", "answered 429: scripted fault: rate limit"),
    "server error": ("server", "answered 500: scripted fault"),
    "overloaded": ("server", "answered 503"),
    "bad request": ("rejected", "answered 400"),
    "bad key": ("rejected", "answered 401"),
    "hang": ("time out", r"did not answer within 0\.3 s"),
    "drop": ("connection", "cannot be reached: "),
    "cut": ("connection", "cannot be reached: "),
    "broken body": ("garbled", r"no chat completion \(.*application/json"),
    "wrong type": ("garbled", r"no chat completion \(.*text/html"),
    "no choices": ("garbled", "it has no choices"),
    "huge": ("garbled", r"more than 2,000,000 bytes"),
}
"""Faults that bring no reply: the trouble, and what the message says."""


class TestFaults:
    @pytest.mark.parametrize("fault", RAISED)
    async def test_no_reply(self, fault: Any) -> None:
        trouble, words = RAISED[fault]
        async with ChatServer(lambda body: Behaviour(fault, GOOD, retry_after="7")) as server:
            with pytest.raises(ChatError, match=words) as caught:
                await ask(server, timeout=0.3 if fault == "hang" else 30)
        assert caught.value.trouble == trouble
        assert caught.value.retry_after == (7.0 if "answered" in words else None)
        assert (caught.value.attempts, server.count) == (1, 1)
        assert "\n" not in str(caught.value)

    @pytest.mark.parametrize(
        ("fault", "finish", "text"),
        [
            ("empty", "stop", ""),
            ("broken answer", "stop", '{"verdict'),
            ("length", "length", '{"verdict'),
            ("refusal", "refusal", "I cannot help with that."),
            ("filter", "filter", ""),
            ("no usage", "stop", GOOD),
        ],
    )
    @pytest.mark.parametrize("structured", ["schema", "tool"])
    async def test_a_reply_of_a_kind(self, fault: Any, finish: str, text: str, structured: Any) -> None:
        async with ChatServer(lambda body: Behaviour(fault, GOOD)) as server:
            reply = await ask(server, structured=structured)
        assert (reply.finish, reply.text) == (finish, text)
        assert reply.counted == (fault != "no usage")

    async def test_missing_usage_is_estimated(self) -> None:
        async with ChatServer(lambda body: GOOD, usage=False) as server:
            reply = await ask(server)
        assert (reply.counted, reply.tokens_in, reply.tokens_out) == (False, 3 + 7 + estimate_tokens(SCHEMA), 5)

    async def test_a_long_answer_below_the_cap_is_read(self) -> None:
        async with ChatServer(lambda body: "x" * (LARGEST - 1000)) as server:
            assert len((await ask(server)).text) == LARGEST - 1000
        assert LARGEST < HUGE

    async def test_nobody_listens(self) -> None:
        async with ChatServer(obey_schema) as server:
            pass
        with pytest.raises(ChatError, match=r"cannot be reached: .*Connect call failed") as caught:
            await ask(server)
        assert caught.value.trouble == "connection"

    async def test_an_empty_account_is_not_a_rate_limit(self) -> None:
        async with ChatServer(lambda body: Behaviour("rate limit")) as server:
            body = {"error": {"message": "You exceeded your current quota", "code": "insufficient_quota"}}
            server._error = lambda *_: server._web.json_response(body, status=429)  # type: ignore[method-assign]
            with pytest.raises(ChatError, match="exceeded your current quota") as caught:
                await ask(server)
        assert caught.value.trouble == "rejected"


class TestKeys:
    def test_openai_itself_needs_a_key(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv("OPENAI_API_KEY", raising=False)
        monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
        with pytest.raises(InputError, match="'openai:gpt-4o-mini' needs a key: set OPENAI_API_KEY"):
            OpenAI("gpt-4o-mini")

    async def test_key_and_base_url_from_the_environment(self, monkeypatch: pytest.MonkeyPatch) -> None:
        async with ChatServer(obey_schema) as server:
            monkeypatch.setenv("OPENAI_API_KEY", "sk-environment")
            monkeypatch.setenv("OPENAI_BASE_URL", server.url)
            chat = OpenAI("small")
            await chat.complete(request())
            await chat.close()
        assert chat.url == server.url != DEFAULT_URL
        assert server.requests[0].headers["authorization"] == "Bearer sk-environment"

    async def test_the_key_is_in_no_message(self) -> None:
        async with ChatServer(lambda body: Behaviour("bad key")) as server:
            original = server._error
            server._error = lambda *_: original(401, "Incorrect API key provided: sk-secret.")  # type: ignore[method-assign]
            chat = OpenAI("small", base_url=server.url, key="sk-secret")
            with pytest.raises(ChatError, match=r"provided: \(the key\)\.") as caught:
                await chat.complete(request())
            await chat.close()
        assert "sk-secret" not in str(caught.value)

    def test_a_base_url_without_http(self) -> None:
        with pytest.raises(InputError, match="starts with http"):
            OpenAI("small", base_url="localhost:8000/v1")


def test_the_page_says_what_every_fault_leads_to() -> None:
    page = (Path(__file__).parents[4] / "docs" / "models.md").read_text("utf-8")
    rows = dict(re.findall(r"^\| ([a-z ]+): [^|]*\| ([a-z ,]+) \|", page, flags=re.MULTILINE))
    told = {fault: rows[fault].partition(",")[0] for fault in FAULTS}
    assert told == {fault: RAISED[fault][0] if fault in RAISED else "none" for fault in FAULTS}
