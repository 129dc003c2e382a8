"""Calls as OpenTelemetry spans, by the GenAI semantic conventions; nothing at all where OpenTelemetry is missing."""

import json
import os
from typing import TYPE_CHECKING

from townsquare.protocols.chat import Chat, ChatError, Reply, Request

if TYPE_CHECKING:
    from opentelemetry.trace import Span, Tracer

CONTENT = "TOWNSQUARE_TRACE_CONTENT"
"""Environment variable: 1 puts prompts and answers into spans. Off by default: they may hold what people wrote."""


def traced(chat: Chat) -> Chat:
    """``chat`` with a span around every call; ``chat`` itself where OpenTelemetry is not installed.

    Where spans go is the application's business: without a tracer provider they go nowhere.
    """
    try:
        from opentelemetry import trace
    except ImportError:
        return chat
    return Traced(chat, trace.get_tracer("townsquare"), content=os.environ.get(CONTENT) == "1")


class Traced:
    """A Chat around a Chat: one client span ``chat {model}`` per call, retries included."""

    def __init__(self, chat: Chat, tracer: "Tracer", *, content: bool = False) -> None:
        self.chat, self.content = chat, content
        self._tracer = tracer

    @property
    def structured(self) -> str:
        """How the endpoint is told the form of an answer; empty where it does not say."""
        return str(getattr(self.chat, "structured", ""))

    async def complete(self, request: Request) -> Reply:
        """What the chat inside answers."""
        from opentelemetry.trace import SpanKind, StatusCode

        provider, _, model = request.model.partition(":")
        with self._tracer.start_as_current_span(
            f"chat {model}", kind=SpanKind.CLIENT, record_exception=False, set_status_on_exception=False
        ) as span:
            recording = span.is_recording()
            if recording:
                self._describe(span, request, provider, model)
            try:
                reply = await self.chat.complete(request)
            except BaseException as error:
                span.set_attribute(
                    "error.type", error.trouble if isinstance(error, ChatError) else type(error).__name__
                )
                span.set_status(StatusCode.ERROR)  # without the message: servers like to quote what they were asked
                raise
            if recording:
                self._conclude(span, reply)
            return reply

    async def close(self) -> None:
        """Close the chat inside."""
        await self.chat.close()

    def _describe(self, span: "Span", request: Request, provider: str, model: str) -> None:
        span.set_attributes(
            {
                "gen_ai.operation.name": "chat",
                "gen_ai.provider.name": provider,
                "gen_ai.request.model": model,
                "gen_ai.request.temperature": request.temperature,
                "gen_ai.request.max_tokens": request.max_tokens,
                "gen_ai.output.type": "json" if request.schema else "text",
                "townsquare.request.key": request.key,
            }
        )
        if self.content:
            turns = [_turn(message.role, message.text) for message in request.messages]
            span.set_attribute("gen_ai.input.messages", json.dumps(turns, ensure_ascii=False))

    def _conclude(self, span: "Span", reply: Reply) -> None:
        reason = {"filter": "content_filter"}.get(reply.finish, reply.finish)
        span.set_attributes(
            {
                "gen_ai.response.model": reply.served_by,
                "gen_ai.response.finish_reasons": (reason,),
                "gen_ai.usage.input_tokens": reply.tokens_in,
                "gen_ai.usage.output_tokens": reply.tokens_out,
                "townsquare.attempts": reply.attempts,
            }
        )
        if self.content:
            turn = _turn("assistant", reply.text) | {"finish_reason": reason}
            span.set_attribute("gen_ai.output.messages", json.dumps([turn], ensure_ascii=False))


def _turn(role: str, text: str) -> dict[str, object]:
    return {"role": role, "parts": [{"type": "text", "content": text}]}
