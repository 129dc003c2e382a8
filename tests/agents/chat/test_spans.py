"""Spans by the GenAI conventions, read back with the SDK's own exporter."""

import json
import sys
from typing import Any

import pytest

from townsquare.agents.chat.providers.scripted import Scripted
from townsquare.agents.chat.spans import CONTENT, Traced, traced
from townsquare.protocols.chat import Chat, ChatError, Message, Reply, Request

REQUEST = Request("openai:gpt-4o-mini", (Message("system", "s"), Message("user", "a secret")), "{}", 0.5, 77)


def script(request: Request) -> Reply:
    return Reply("whispered", "length", 11, 3, served_by="gpt-4o-mini-2024", attempts=2)


async def spans(chat: Any, *, content: bool = False) -> list[Any]:
    pytest.importorskip("opentelemetry.sdk")
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import SimpleSpanProcessor
    from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

    exporter, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    try:
        await Traced(chat, provider.get_tracer("test"), content=content).complete(REQUEST)
    except ChatError:
        pass
    finally:
        provider.shutdown()
    return list(exporter.get_finished_spans())


async def test_one_span_per_call() -> None:
    (span,) = await spans(Scripted(script))
    assert (span.name, span.kind.name, span.status.status_code.name) == ("chat gpt-4o-mini", "CLIENT", "UNSET")
    assert dict(span.attributes) == {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "openai",
        "gen_ai.request.model": "gpt-4o-mini",
        "gen_ai.request.temperature": 0.5,
        "gen_ai.request.max_tokens": 77,
        "gen_ai.output.type": "json",
        "gen_ai.response.model": "gpt-4o-mini-2024",
        "gen_ai.response.finish_reasons": ("length",),
        "gen_ai.usage.input_tokens": 11,
        "gen_ai.usage.output_tokens": 3,
        "townsquare.request.key": REQUEST.key,
        "townsquare.attempts": 2,
    }


async def test_failed_call() -> None:
    def fail(request: Request) -> str:
        raise ChatError("The server quotes: a secret", "server")

    (span,) = await spans(Scripted(fail))
    assert span.attributes["error.type"] == "server"
    assert span.status.status_code.name == "ERROR"
    assert "secret" not in span.to_json()


async def test_content_only_when_asked_for() -> None:
    (quiet,) = await spans(Scripted(script))
    assert "secret" not in quiet.to_json()
    assert "whispered" not in quiet.to_json()
    (open_one,) = await spans(Scripted(script), content=True)
    said = json.loads(open_one.attributes["gen_ai.input.messages"])
    assert said[1] == {"role": "user", "parts": [{"type": "text", "content": "a secret"}]}
    assert json.loads(open_one.attributes["gen_ai.output.messages"])[0]["finish_reason"] == "length"


def test_content_is_switched_on_by_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("opentelemetry")
    quiet = traced(Scripted(script))
    monkeypatch.setenv(CONTENT, "1")
    told = traced(Scripted(script))
    assert isinstance(quiet, Traced)
    assert isinstance(told, Traced)
    assert (quiet.content, told.content) == (False, True)


async def test_without_a_tracer_provider_nothing_changes() -> None:
    chat = traced(Scripted(script))
    assert await chat.complete(REQUEST) == script(REQUEST)
    assert isinstance(chat, Chat)
    await chat.close()


def test_without_opentelemetry_there_is_no_wrapping(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "opentelemetry", None)
    chat = Scripted(script)
    assert traced(chat) is chat
