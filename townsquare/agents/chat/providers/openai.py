"""Endpoints that speak the OpenAI chat-completions API: OpenAI, vLLM, Ollama, llama.cpp. The fast path."""

import json
import os
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from time import monotonic
from typing import TYPE_CHECKING, Any, Literal

from pydantic_core import from_json

from townsquare.agents.chat.providers.completion import reply_of
from townsquare.agents.chat.providers.forms import NAME, Form, instructed, response_format, tool, weaker
from townsquare.agents.chat.providers.troubles import error_of, retry_after, said, trouble_of
from townsquare.protocols.chat import ChatError, Reply, Request
from townsquare.protocols.chat_settings import ChatSettings
from townsquare.protocols.errors import InputError

if TYPE_CHECKING:
    import httpx2
    from openai import AsyncOpenAI

DEFAULT_URL = "https://api.openai.com/v1"
LARGEST = 2_000_000
"""Bytes of an answer; a longer one is garbled, and not read to its end."""


@dataclass(frozen=True, slots=True)
class Abilities:
    """What is known of an endpoint and its model."""

    form: Form
    """How it is told the form of an answer."""
    limit: Literal["max_tokens", "max_completion_tokens"] = "max_tokens"
    """What it calls the limit of an answer; OpenAI's newer models know the second name only."""


class OpenAI:
    """A model at an endpoint that speaks the OpenAI API, with one pool of connections.

    Base URL and key come from the arguments, else ``settings.base_url``, OPENAI_BASE_URL and OPENAI_API_KEY. One
    request per call, nothing streamed; retries, limits and the whole time a call may take are Patient's. What an
    endpoint cannot do is found out with the first request that is refused for it (``structured = "auto"``), which is
    then made again in a weaker form. Raises InputError where there is no key for OpenAI itself.
    """

    def __init__(
        self, model: str = "", settings: ChatSettings | None = None, *, base_url: str = "", key: str = ""
    ) -> None:
        self.settings = settings or ChatSettings()
        self.url = (base_url or self.settings.base_url or os.environ.get("OPENAI_BASE_URL") or DEFAULT_URL).rstrip("/")
        self._key = key or os.environ.get("OPENAI_API_KEY", "")
        if not self._key and self.url == DEFAULT_URL:
            raise InputError(
                f"the model {f'openai:{model}' if model else 'of OpenAI'!r} needs a key: set OPENAI_API_KEY, or "
                "OPENAI_BASE_URL for a server of your own (docs/models.md)."
            )
        if not self.url.startswith(("http://", "https://")):
            raise InputError(f"the base URL of a model starts with http:// or https:// (got {self.url!r}).")
        if "?" in self.url or "@" in self.url.partition("//")[2].partition("/")[0]:
            # such a URL would be told in messages, and those are kept; what is in it is not repeated here
            raise InputError("the base URL of a model holds no password and no query: a key goes into OPENAI_API_KEY.")
        self._client = _client(self.url, self._key or "none", self.settings)
        self._abilities = Abilities("schema" if self.settings.structured == "auto" else self.settings.structured)

    @property
    def structured(self) -> Form:
        """How the endpoint is told the form of an answer, as far as is known by now."""
        return self._abilities.form

    async def complete(self, request: Request) -> Reply:
        """What the endpoint answers; ``attempts`` are more than one while it is found out what the endpoint can do."""
        started, attempts, abilities = monotonic(), 0, self._abilities
        while True:
            attempts += 1
            try:
                reply = await self._ask(request, abilities)
            except ChatError as error:
                humbler = self._humbler(request, abilities, error)
                if humbler is None:
                    error.attempts = attempts
                    raise
                abilities = humbler
            else:
                if attempts > 1:  # only what has worked is remembered
                    self._abilities = abilities
                return replace(reply, attempts=attempts, seconds=monotonic() - started)

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()

    async def _ask(self, request: Request, abilities: Abilities) -> Reply:
        import httpx2
        from openai import APIConnectionError, APIStatusError

        try:
            response = await self._client.post(
                f"{self.url}/chat/completions", cast_to=httpx2.Response, content=_body(request, abilities)
            )
        except APIStatusError as error:
            message, code = error_of(error.body)
            raise ChatError(
                f"{self.url} answered {error.status_code}: {said(message, self._key) or 'nothing more'}.",
                trouble_of(error.status_code, code),
                retry_after=retry_after(error.response.headers),
            ) from None
        except APIConnectionError as error:
            raise self._disconnected(error) from None
        try:
            return reply_of(from_json(response.content), request, tool=abilities.form == "tool")
        except ValueError as error:
            kind = response.headers.get("content-type", "of no type")
            raise ChatError(
                f"{self.url} answered with no chat completion ({said(error, self._key)}; {kind}).", "garbled"
            ) from None

    def _humbler(self, request: Request, abilities: Abilities, error: ChatError) -> Abilities | None:
        """What to try after a refusal that is about the way of asking; None for any other trouble."""
        complaint = str(error)
        if error.trouble != "rejected":
            return None
        if abilities.limit == "max_tokens" and "max_completion_tokens" in complaint:
            return replace(abilities, limit="max_completion_tokens")
        form = weaker(abilities.form, complaint) if request.schema and self.settings.structured == "auto" else None
        return replace(abilities, form=form) if form else None

    def _disconnected(self, error: BaseException) -> ChatError:
        """The client calls a dropped connection a time out; the cause at the bottom knows better."""
        cause = error
        while cause.__cause__ is not None:
            cause = cause.__cause__
        late = isinstance(cause, TimeoutError)
        told = said(cause, self._key) or type(cause).__name__
        what = f"did not answer within {self.settings.timeout:g} s" if late else f"cannot be reached: {told}"
        return ChatError(f"{self.url} {what}.", "time out" if late else "connection")


def _body(request: Request, abilities: Abilities) -> bytes:
    """The request as JSON; the schema is JSON already and is pasted in."""
    messages, form = request.messages, abilities.form
    if request.schema and form == "text":
        messages = instructed(messages, request.schema)
    body = json.dumps(
        {
            "model": request.model.partition(":")[2],
            "messages": [{"role": message.role, "content": message.text} for message in messages],
            "temperature": request.temperature,
            abilities.limit: request.max_tokens,
        },
        ensure_ascii=False,
    )
    if request.schema and form != "text":
        body = f"{body[:-1]},{_STRUCTURE[form].replace(_SLOT, request.schema)}}}"
    return body.encode("utf-8", "replace")


_SLOT = '"the schema goes here"'
_STRUCTURE = {
    form: json.dumps(part)[1:-1]
    for form, part in {
        "schema": {"response_format": response_format(json.loads(_SLOT))},
        "tool": {"tools": [tool(json.loads(_SLOT))], "tool_choice": {"type": "function", "function": {"name": NAME}}},
    }.items()
}
"""Members of the request that tell the form of an answer, as JSON with a slot for the schema."""


def _client(url: str, key: str, settings: ChatSettings) -> "AsyncOpenAI":
    """The client with its aiohttp transport: the others cost several times the CPU, and falter at 128 connections."""
    try:
        import aiohttp  # noqa: F401
        import httpx2
        from openai import AsyncOpenAI, DefaultAioHttpClient
    except ImportError as error:
        raise InputError(
            f"models behind the OpenAI API need openai and aiohttp: pip install 'townsquare[llm]' ({error})."
        ) from error

    class Capped(httpx2.AsyncByteStream):
        """The body of an answer, up to the size that an answer may have."""

        def __init__(self, stream: Any) -> None:
            self.stream = stream

        async def __aiter__(self) -> AsyncIterator[bytes]:
            read = 0
            async for chunk in self.stream:
                read += len(chunk)
                if read > LARGEST:
                    raise ChatError(f"{url} answered with more than {LARGEST:,} bytes.", "garbled")
                yield chunk

        async def aclose(self) -> None:
            await self.stream.aclose()

    async def cap(response: "httpx2.Response") -> None:
        response.stream = Capped(response.stream)

    http = DefaultAioHttpClient(
        timeout=settings.timeout,
        limits=httpx2.Limits(max_connections=settings.concurrency, keepalive_expiry=30.0),
        event_hooks={"response": [cap]},
    )
    return AsyncOpenAI(base_url=url, api_key=key, max_retries=0, timeout=settings.timeout, http_client=http)
