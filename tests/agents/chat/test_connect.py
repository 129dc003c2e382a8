"""From names and objects to chats."""

import sys
from typing import Any

import pytest

from townsquare.agents.chat.connect import connect, model_name
from townsquare.agents.chat.patience import Gate, Patient
from townsquare.agents.chat.providers.langchain import LangChain
from townsquare.agents.chat.providers.openai import OpenAI
from townsquare.agents.chat.providers.scripted import Scripted
from townsquare.agents.chat.spans import Traced
from townsquare.protocols import registry
from townsquare.protocols.chat import Chat, Message, Reply, Request
from townsquare.protocols.chat_settings import ChatSettings
from townsquare.protocols.errors import ContractError, InputError
from townsquare.testing.chat_server import ChatServer

SETTINGS = ChatSettings(base_url="http://127.0.0.1:9/v1")


def inside(chat: Chat) -> Any:
    """The provider in all its wrappings."""
    while isinstance(chat, Traced | Patient):
        chat = chat.chat
    return chat


def shout(request: Request) -> str:
    return request.messages[-1].text.upper()


async def test_openai_is_the_fast_path() -> None:
    pytest.importorskip("openai")
    async with ChatServer(lambda body: "yes") as server:
        chat = connect("openai:small:latest", ChatSettings(base_url=server.url))
        reply = await chat.complete(Request("openai:small:latest", (Message("user", "?"),)))
        await chat.close()
    assert isinstance(inside(chat), OpenAI)
    assert reply.text == "yes"
    assert server.requests[0].body["model"] == "small:latest"


async def test_scripted_by_name_and_as_a_function() -> None:
    for model in (shout, Scripted(shout), "scripted:string:capwords"):
        chat = connect(model, SETTINGS)
        assert isinstance(inside(chat), Scripted)
        assert model_name(model).startswith("scripted:")
    reply = await connect(shout, SETTINGS).complete(Request(model_name(shout), (Message("user", "hello"),)))
    assert reply.text == "HELLO"
    assert model_name(shout) == f"scripted:{__name__}:shout"


async def test_a_provider_of_a_plug_in(monkeypatch: pytest.MonkeyPatch) -> None:
    class Mine:
        def __init__(self, model: str, settings: ChatSettings) -> None:
            self.model, self.settings = f"mine:{model}", settings

        async def complete(self, request: Request) -> Reply:
            return Reply(f"{self.model} at {self.settings.base_url}")

        async def close(self) -> None:
            pass

    monkeypatch.setattr(registry, "_REGISTERED", {("chat", "mine"): Mine})
    reply = await connect("mine:tiny", SETTINGS).complete(Request("mine:tiny", ()))
    assert reply.text == "mine:tiny at http://127.0.0.1:9/v1"
    assert model_name(Mine("tiny", SETTINGS)) == "mine:tiny"

    monkeypatch.setattr(registry, "_REGISTERED", {("chat", "mine"): lambda *_: {}["no"]})
    with pytest.raises(InputError, match="'mine:tiny' cannot be set up: KeyError"):
        connect("mine:tiny", SETTINGS)


async def test_any_chat() -> None:
    class Anything:
        async def complete(self, request: Request) -> Reply:
            return Reply("anything")

        async def close(self) -> None:
            pass

    assert (await connect(Anything(), SETTINGS).complete(Request("a:b", ()))).text == "anything"
    assert model_name(Anything()).endswith("Anything")


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        ("text", "returned str, not a Reply with a text"),
        (None, "returned NoneType, not a Reply"),
        (Reply(None), "returned Reply, not a Reply with a text"),  # type: ignore[arg-type]
        (Reply("x", tokens_in=2**70), "tokens, which is no count"),
        (Reply("x", tokens_out=-1), "a Reply with -1 tokens, which is no count"),
    ],
)
async def test_a_chat_that_breaks_its_word(reply: Any, words: str) -> None:
    class Odd:
        async def complete(self, request: Request) -> Any:
            return reply

        async def close(self) -> None:
            pass

    with pytest.raises(ContractError, match=f"the model a:b {words}" if "returned" in words else words):
        await connect(Odd(), SETTINGS).complete(Request("a:b", ()))


def test_a_chat_that_is_not_async() -> None:
    class Plain:
        model = "plain:one"

        def complete(self, request: Request) -> Reply:
            return Reply("x")

        def close(self) -> None:
            pass

    with pytest.raises(InputError, match="are async functions, not so those of plain:one"):
        connect(Plain(), SETTINGS)


def test_what_is_connected_is_not_connected_twice() -> None:
    chat = connect(shout, SETTINGS)
    assert connect(chat, SETTINGS) is chat


def test_models_can_share_a_gate() -> None:
    gate = Gate(SETTINGS)
    chats: list[Any] = [connect(shout, SETTINGS, gate) for _ in range(2)]
    patients = [chat.chat if isinstance(chat, Traced) else chat for chat in chats]
    assert patients[0].gate is patients[1].gate is gate


def test_langchain_by_name_and_as_an_object(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("langchain_openai")
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    with pytest.raises(InputError, match=r"'openai:small' cannot be set up: .*OPENAI_API_KEY"):
        connect("langchain:openai:small", SETTINGS)
    monkeypatch.setenv("OPENAI_API_KEY", "x")
    from langchain_openai import ChatOpenAI

    assert isinstance(inside(connect("langchain:openai:small", SETTINGS)), LangChain)
    model = ChatOpenAI(model="small", base_url="http://127.0.0.1:9/v1", api_key="x")  # type: ignore[arg-type]
    assert isinstance(inside(connect(model, SETTINGS)), LangChain)
    assert model_name(model) == "langchain:ChatOpenAI:small"


@pytest.mark.parametrize(
    ("model", "words"),
    [
        ("openai/gpt-4o", r"named provider:model \(got 'openai/gpt-4o'\); did you mean 'openai:gpt-4o'\?"),
        ("gpt-4o", "did you mean 'openai:gpt-4o'"),
        ("", "no model is named"),
        (7, r"a model is provider:model, .* \(got int\)"),
        (Scripted, r"got the class Scripted, not an object of it"),
    ],
)
def test_what_is_no_model(model: Any, words: str) -> None:
    for function in (model_name, lambda model: connect(model, SETTINGS)):
        with pytest.raises(InputError, match=words):
            function(model)


def test_unknown_provider() -> None:
    pytest.importorskip("langchain")
    with pytest.raises(InputError, match=r"no provider of models named 'antropic'.* Did you mean 'anthropic'"):
        connect("antropic:claude", SETTINGS)
    with pytest.raises(InputError, match=r"no provider of models named 'zzz' \(in 'zzz:x'\)\. Known: openai, scripted"):
        connect("zzz:x", SETTINGS)
    with pytest.raises(InputError, match=r"no provider of models named 'opnai'.* Did you mean 'openai'"):
        connect("opnai:gpt", SETTINGS)


def test_missing_packages_come_with_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("langchain")
    with pytest.raises(InputError, match=r"'anthropic:claude' needs a package .*pip install langchain-anthropic"):
        connect("anthropic:claude", SETTINGS)
    monkeypatch.setitem(sys.modules, "langchain.chat_models", None)
    monkeypatch.setitem(sys.modules, "openai", None)
    for model in ("groq:x", "openai:x"):
        with pytest.raises(InputError, match=r"pip install 'townsquare\[llm\]'"):
            connect(model, SETTINGS)
