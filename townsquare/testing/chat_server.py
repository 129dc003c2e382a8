"""A real HTTP server that speaks the OpenAI chat-completions API and can misbehave. No language model is behind it.

    with ChatServer(lambda body: "yes") as server:
        ...  # OPENAI_BASE_URL=server.url

What it answers is a function of the request, and so is every fault: the same request meets the same fate, whatever
else is going on. ``python -m townsquare.testing.chat_server`` serves answers that merely fit the schema asked for.
"""

import argparse
import asyncio
import contextlib
import json
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal, Self, get_args

from townsquare.protocols.chat import estimate_tokens
from townsquare.protocols.errors import InputError
from townsquare.testing.schema_filler import filled, schema_of

if TYPE_CHECKING:
    from aiohttp import web

Fault = Literal[
    "rate limit",
    "server error",
    "overloaded",
    "bad request",
    "bad key",
    "hang",
    "drop",
    "cut",
    "broken body",
    "wrong type",
    "no choices",
    "huge",
    "empty",
    "broken answer",
    "length",
    "refusal",
    "filter",
    "no usage",
]
"""How a request can go wrong.

HTTP status: ``rate limit`` 429, ``server error`` 500, ``overloaded`` 503, ``bad request`` 400, ``bad key`` 401.
Connection: ``hang`` never answers, ``drop`` hangs up at once, ``cut`` in the middle of the body.
Body: ``broken body`` is no JSON, ``wrong type`` an HTML page, ``no choices`` an empty list of them, ``huge`` 10 MB.
Message: ``empty`` text, ``broken answer`` (half of it, as if complete), ``length`` (half of it, marked as cut off),
``refusal``, ``filter``; ``no usage`` is a good answer without a count of tokens.
"""
FAULTS: tuple[Fault, ...] = get_args(Fault)
Capability = Literal["schema", "tool", "text"]
_STATUS = {"rate limit": 429, "server error": 500, "overloaded": 503, "bad request": 400, "bad key": 401}
HUGE = 10_000_000
"""Bytes of a ``huge`` answer."""


@dataclass(frozen=True, slots=True)
class Behaviour:
    """What the server does with one request, where that is more than to answer it."""

    fault: Fault | None = None
    text: str = ""
    """The answer, for faults that still give one."""
    retry_after: str = ""
    """Header of that name: seconds or an HTTP date; empty for none."""
    latency: float | None = None
    """Seconds before anything happens; None for the server's own."""


@dataclass(frozen=True, slots=True)
class Received:
    """One request as it came in."""

    body: dict[str, Any]
    headers: Mapping[str, str]
    """Names in lower case."""


class ChatServer:
    """Serves ``/v1/chat/completions`` on a free local port, in a thread of its own, while a ``with`` block runs.

    ``answer`` gets the parsed request and returns the text, or a Behaviour; an exception of it is a 500 that says
    which. It runs in the server's thread, one call at a time. ``structured`` says what the server accepts beside plain
    text: response formats with a schema, forced tool calls; the rest is a 400, as real servers do. Any key will do.
    """

    def __init__(
        self,
        answer: Callable[[dict[str, Any]], str | Behaviour],
        *,
        latency: float = 0.0,
        structured: Sequence[Capability] = ("schema", "tool", "text"),
        usage: bool = True,
        port: int = 0,
    ) -> None:
        self.answer, self.latency, self.structured, self.usage, self.port = answer, latency, structured, usage, port
        self.requests: list[Received] = []
        """All requests so far, in the order of arrival."""
        self.peak = 0
        """Most requests at a time."""
        self._open = 0
        self._loop: asyncio.AbstractEventLoop | None = None
        self._trouble: BaseException | None = None

    @property
    def url(self) -> str:
        """The base URL, for OPENAI_BASE_URL."""
        return f"http://127.0.0.1:{self.port}/v1"

    @property
    def count(self) -> int:
        """Requests so far."""
        return len(self.requests)

    def __enter__(self) -> Self:
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, name="chat server", daemon=True)
        self._thread.start()
        self._ready.wait()
        if self._trouble is not None:
            raise self._trouble
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        assert self._loop is not None
        self._loop.call_soon_threadsafe(self._over.set)
        self._thread.join()

    async def __aenter__(self) -> Self:
        return self.__enter__()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        await asyncio.to_thread(self.__exit__, kind, error, at)

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except BaseException as error:
            self._trouble = error
        finally:
            self._ready.set()

    async def _serve(self) -> None:
        try:
            from aiohttp import web
        except ImportError as error:
            raise InputError("the chat server needs aiohttp: pip install 'townsquare[llm]'.") from error
        self._loop, self._over, self._web = asyncio.get_running_loop(), asyncio.Event(), web
        app = web.Application(client_max_size=64_000_000)
        app.router.add_post("/v1/chat/completions", self._handle)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.0, handler_cancellation=True)
        await runner.setup()
        try:
            await web.TCPSite(runner, "127.0.0.1", self.port, backlog=1024).start()
            self.port = runner.addresses[0][1]
            self._ready.set()
            await self._over.wait()
        finally:
            await runner.cleanup()

    async def _handle(self, request: "web.Request") -> "web.StreamResponse":
        body = await request.json()
        self.requests.append(Received(body, {name.lower(): value for name, value in request.headers.items()}))
        self._open += 1
        self.peak = max(self.peak, self._open)
        try:
            refused = self._cannot(body)
            if refused:
                return self._error(400, refused)
            try:
                found = self.answer(body)
            except Exception as error:
                return self._error(500, f"the scripted answer failed: {type(error).__name__}: {error}")
            behaviour = Behaviour(text=found) if isinstance(found, str) else found
            wait = self.latency if behaviour.latency is None else behaviour.latency
            if wait > 0:
                await asyncio.sleep(wait)
            return await self._behave(request, body, behaviour)
        finally:
            self._open -= 1

    def _cannot(self, body: dict[str, Any]) -> str:
        if body.get("response_format") and "schema" not in self.structured:
            return "response_format of type json_schema is not supported by this model"
        if body.get("tools") and "tool" not in self.structured:
            return "tools and tool_choice are not supported by this model"
        return ""

    async def _behave(self, request: "web.Request", body: dict[str, Any], asked: Behaviour) -> "web.StreamResponse":
        fault = asked.fault
        if fault in _STATUS:
            return self._error(_STATUS[fault], f"scripted fault: {fault}", asked.retry_after)
        if fault == "hang":
            await asyncio.Event().wait()
        if fault == "wrong type":
            return self._web.Response(
                text="<html><body>Bad gateway, says the proxy</body></html>", content_type="text/html"
            )
        data = json.dumps(self._completion(body, asked), ensure_ascii=False).encode()
        if fault == "broken body":
            data = data[: len(data) // 2]
        if fault in ("drop", "cut"):
            return await self._hang_up(request, data if fault == "cut" else b"")
        return self._web.Response(body=data, content_type="application/json")

    async def _hang_up(self, request: "web.Request", data: bytes) -> "web.StreamResponse":
        """Close the connection, after half of ``data`` if there is any."""
        response = self._web.StreamResponse()
        if data:
            response.content_type, response.content_length = "application/json", len(data)
            await response.prepare(request)
            await response.write(data[: len(data) // 2])
        if request.transport is not None:
            request.transport.close()
        return response

    def _error(self, status: int, message: str, retry_after: str = "") -> "web.Response":
        headers = {"Retry-After": retry_after} if retry_after else {}
        return self._web.json_response({"error": {"message": message, "type": "error"}}, status=status, headers=headers)

    def _completion(self, body: dict[str, Any], asked: Behaviour) -> dict[str, Any]:
        fault, text = asked.fault, asked.text
        finish = {"length": "length", "filter": "content_filter"}.get(fault or "", "stop")
        if fault in ("broken answer", "length"):
            text = text[: (len(text) + 1) // 2]
        elif fault == "huge":
            text = "x" * HUGE
        elif fault in ("empty", "refusal", "filter"):
            text = ""
        message: dict[str, Any] = {"role": "assistant", "content": text, "refusal": None}
        if fault == "refusal":
            message |= {"content": None, "refusal": "I cannot help with that."}
        elif body.get("tools") and fault != "filter":
            function = {"name": body["tools"][0]["function"]["name"], "arguments": text}
            message |= {"content": None, "tool_calls": [{"id": "call_0", "type": "function", "function": function}]}
            finish = "tool_calls" if finish == "stop" else finish
        choices = [{"index": 0, "message": message, "finish_reason": finish, "logprobs": None}]
        found = {
            "id": f"scripted-{self.count}",
            "object": "chat.completion",
            "created": 0,
            "model": body.get("model", ""),
            "choices": [] if fault == "no choices" else choices,
        }
        if self.usage and fault != "no usage":
            tokens_in = sum(estimate_tokens(str(turn.get("content", ""))) for turn in body.get("messages", ()))
            tokens_out = estimate_tokens(text)
            found["usage"] = {
                "prompt_tokens": tokens_in,
                "completion_tokens": tokens_out,
                "total_tokens": tokens_in + tokens_out,
            }
        return found


def obey_schema(body: dict[str, Any]) -> str:
    """The first answer that fits the schema asked for; without one, a sentence that says what this server is."""
    schema = schema_of(body)
    if schema is None:
        return "This answer is scripted; no language model is behind this address."
    return json.dumps(filled(schema), ensure_ascii=False)


def main(arguments: Sequence[str] | None = None) -> None:
    """Serve ``obey_schema`` until interrupted."""
    parser = argparse.ArgumentParser(prog="python -m townsquare.testing.chat_server", description=obey_schema.__doc__)
    parser.add_argument("--port", type=int, default=8001, help="local port, 0 for any free one (default 8001)")
    parser.add_argument("--latency", type=float, default=0.1, help="seconds before each answer (default 0.1)")
    given = parser.parse_args(arguments)
    with (
        ChatServer(obey_schema, latency=given.latency, port=given.port) as server,
        contextlib.suppress(KeyboardInterrupt),
    ):
        sys.stdout.write(
            f"{server.url}\nScripted, not a language model: every answer is the first one that fits the schema.\n"
            f"Use it with: export OPENAI_BASE_URL={server.url}\n"
        )
        sys.stdout.flush()
        threading.Event().wait()


if __name__ == "__main__":
    main()
