"""LangChain models: OpenAI's over real HTTP, and models of other kinds as LangChain's own test doubles."""

import json
from typing import Any, Literal

import pytest
from pydantic import BaseModel

from townsquare.agents.chat.providers.forms import INSTRUCTION, NAME
from townsquare.agents.chat.providers.langchain import LangChain, _chat_error, is_chat_model, name_of
from townsquare.agents.chat.schema import strict_schema
from townsquare.protocols.chat import Chat, ChatError, Message, Reply, Request
from townsquare.protocols.chat_settings import ChatSettings
from townsquare.testing.chat_server import Behaviour, ChatServer, obey_schema

pytest.importorskip("langchain_openai")
from langchain_core.language_models import BaseChatModel, FakeListChatModel
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from langchain_openai import ChatOpenAI


class Verdict(BaseModel):
    verdict: Literal["yes", "no"]


SCHEMA = strict_schema(Verdict)
GOOD = '{"verdict": "yes"}'
MESSAGES = (Message("system", "s"), Message("user", "u"), Message("assistant", "a"), Message("user", "again"))


def request(model: str = "openai:small", *, schema: str = SCHEMA, **more: Any) -> Request:
    return Request(model, MESSAGES, schema, **more)


def served(server: ChatServer, **settings: Any) -> LangChain:
    model = ChatOpenAI(
        model="small", base_url=server.url, api_key="k", max_retries=0, timeout=settings.get("timeout", 30)
    )  # type: ignore[call-arg, arg-type]
    return LangChain(model, ChatSettings(**settings))


class Doubled(BaseChatModel):
    """Answers with one message, and keeps what it was asked; binds tools only where ``tools``."""

    answer: AIMessage
    asked: list[Any] = []  # noqa: RUF012
    trouble: Exception | None = None

    @property
    def _llm_type(self) -> str:
        return "doubled"

    def _generate(
        self, messages: list[BaseMessage], stop: Any = None, run_manager: Any = None, **more: Any
    ) -> ChatResult:
        self.asked.append((messages, more))
        if self.trouble is not None:
            raise self.trouble
        return ChatResult(generations=[ChatGeneration(message=self.answer)])


class Tooled(Doubled):
    def bind_tools(self, tools: Any, *, tool_choice: Any = None, **more: Any) -> Any:
        return self.bind(tools=tools, tool_choice=tool_choice)


class TestOpenAIFamily:
    async def test_what_is_sent_and_read(self) -> None:
        async with ChatServer(obey_schema) as server:
            chat = served(server)
            reply = await chat.complete(request())
            await chat.close()
        body = server.requests[0].body
        assert isinstance(chat, Chat)
        assert chat.structured == "schema"
        assert body["messages"] == [{"role": message.role, "content": message.text} for message in MESSAGES]
        assert body["response_format"]["json_schema"] == {"name": NAME, "strict": True, "schema": json.loads(SCHEMA)}
        assert json.loads(reply.text) == {"verdict": "yes"}
        assert (reply.finish, reply.counted, reply.tokens_in, reply.served_by) == ("stop", True, 5, "small")

    async def test_by_name_with_the_parameters_of_the_request(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("OPENAI_API_KEY", "k")
        async with ChatServer(obey_schema) as server:
            chat = LangChain("openai:small", ChatSettings(base_url=server.url, temperature=0.5, max_tokens=77))
            await chat.complete(request(temperature=0.5, max_tokens=77))
            await chat.complete(request(temperature=1.0, max_tokens=88, schema=""))
        first, second = (received.body for received in server.requests)
        assert (first["model"], first["temperature"], first["max_completion_tokens"]) == ("small", 0.5, 77)
        assert (second["temperature"], second["max_completion_tokens"]) == (1.0, 88)
        assert "response_format" not in second

    @pytest.mark.parametrize(("abilities", "form", "attempts"), [(("tool", "text"), "tool", 2), (("text",), "text", 3)])
    async def test_weaker_forms_are_found_out_once(self, abilities: Any, form: str, attempts: int) -> None:
        async with ChatServer(obey_schema, structured=abilities) as server:
            chat = served(server)
            first, second = await chat.complete(request()), await chat.complete(request())
        assert (first.attempts, second.attempts, chat.structured) == (attempts, 1, form)
        assert json.loads(first.text) == json.loads(second.text) == {"verdict": "yes"}

    @pytest.mark.parametrize(
        ("fault", "trouble"),
        [
            ("rate limit", "rate limit"),
            ("server error", "server"),
            ("overloaded", "server"),
            ("bad request", "rejected"),
            ("bad key", "rejected"),
            ("hang", "time out"),
            ("drop", "connection"),
            ("cut", "connection"),
            ("broken body", "garbled"),
            ("no choices", "garbled"),
            ("wrong type", "garbled"),
        ],
    )
    async def test_no_reply(self, fault: Any, trouble: str) -> None:
        async with ChatServer(lambda body: Behaviour(fault, GOOD, retry_after="7")) as server:
            chat = served(server, timeout=0.5 if fault == "hang" else 30)
            with pytest.raises(ChatError, match=r"^langchain:ChatOpenAI:small failed \(") as caught:
                await chat.complete(request())
        assert caught.value.trouble == trouble
        assert caught.value.retry_after == (
            7.0 if fault in ("rate limit", "server error", "overloaded", "bad request", "bad key") else None
        )
        assert server.count == 1

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
            reply = await served(server, structured=structured).complete(request())
        assert (reply.finish, reply.text) == (finish, text)
        assert reply.counted == (fault != "no usage")


class TestOtherModels:
    async def test_tool_calls_where_the_model_binds_tools(self) -> None:
        call = {"name": NAME, "args": {"verdict": "nö"}, "id": "1"}
        model = Tooled(answer=AIMessage("", tool_calls=[call]))
        chat = LangChain(model)
        reply = await chat.complete(request())
        assert chat.structured == "tool"
        assert reply.text == '{"verdict": "nö"}'
        assert model.asked[0][1]["tool_choice"] == NAME
        assert model.asked[0][1]["tools"][0]["function"]["parameters"] == json.loads(SCHEMA)

    async def test_instruction_where_it_does_not(self) -> None:
        model = Doubled(answer=AIMessage(GOOD))
        chat = LangChain(model)
        reply = await chat.complete(request())
        assert (chat.structured, reply.text, reply.counted) == ("text", GOOD, False)
        assert model.asked[0][0][-1].content == f"again\n\n{INSTRUCTION}{SCHEMA}"

    @pytest.mark.parametrize(
        ("about", "finish"),
        [
            ({"stop_reason": "end_turn"}, "stop"),
            ({"stop_reason": "max_tokens"}, "length"),
            ({"stop_reason": "refusal"}, "refusal"),
            ({"finish_reason": "MAX_TOKENS"}, "length"),
            ({"finish_reason": "SAFETY"}, "filter"),
            ({"done_reason": "length"}, "length"),
            ({}, "stop"),
        ],
    )
    async def test_finish_in_the_words_of_providers(self, about: dict[str, str], finish: str) -> None:
        reply = await LangChain(Doubled(answer=AIMessage("x", response_metadata=about))).complete(request())
        assert reply.finish == finish

    async def test_tokens(self) -> None:
        usage: Any = {"input_tokens": 5, "output_tokens": 6, "total_tokens": 11}
        reply = await LangChain(Doubled(answer=AIMessage("x", usage_metadata=usage))).complete(request())
        assert (reply.tokens_in, reply.tokens_out, reply.counted) == (5, 6, True)
        usage = {"input_tokens": 2**70, "output_tokens": -6, "total_tokens": 0}
        absurd = await LangChain(Doubled(answer=AIMessage("x", usage_metadata=usage))).complete(request())
        assert (absurd.tokens_in < 1000, absurd.tokens_out, absurd.counted) == (True, 1, False)

    async def test_errors_of_packages_we_do_not_know(self) -> None:
        class ResourceExhausted(Exception):
            code = 429

        with pytest.raises(ChatError, match=r"\(ResourceExhausted\): Slow down") as caught:
            await LangChain(Doubled(answer=AIMessage("x"), trouble=ResourceExhausted("Slow down"))).complete(request())
        assert caught.value.trouble == "rate limit"

    def test_errors_without_a_status(self) -> None:
        class ConnectTimeout(TimeoutError):
            pass

        assert _chat_error("m", ConnectTimeout()).trouble == "time out"
        assert _chat_error("m", ConnectionResetError()).trouble == "connection"
        assert _chat_error("m", json.JSONDecodeError("no", "", 0)).trouble == "garbled"
        assert _chat_error("m", KeyError("x")).trouble == "garbled"
        assert _chat_error("m", RuntimeError("x")).trouble == "rejected"

    async def test_langchains_own_fake(self) -> None:
        model = FakeListChatModel(responses=["one"])
        assert isinstance(await LangChain(model).complete(request()), Reply)
        assert is_chat_model(model)
        assert not is_chat_model("openai:x")
        assert name_of(model) == "langchain:FakeListChatModel"
