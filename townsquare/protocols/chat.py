"""Language-model endpoints: what is asked of one, what comes back, and how it can fail."""

import hashlib
import json
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, Protocol, runtime_checkable

from townsquare.protocols.errors import TownsquareError

Role = Literal["system", "user", "assistant"]
Finish = Literal["stop", "length", "refusal", "filter"]
"""Why the model stopped: it was done, it ran out of tokens, it declined, or the endpoint's filter cut it off."""
Trouble = Literal["rate limit", "server", "time out", "connection", "garbled", "rejected", "unreachable"]
"""How a call can fail. ``rejected`` (wrong key, unknown model, bad request) and ``unreachable`` (the breaker is open)
are not tried again; ``garbled`` is an answer that is no chat completion at all.
"""


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of a conversation."""

    role: Role
    text: str


@dataclass(frozen=True)
class Request:
    """All that decides an answer: equal requests are the same call, and share one entry of a cassette."""

    model: str
    """``provider:model``, for example openai:gpt-4o-mini."""
    messages: tuple[Message, ...]
    schema: str = ""
    """JSON schema of the answer as canonical JSON text; empty for free text."""
    temperature: float = 0.0
    max_tokens: int = 1000
    draw: int = 0
    """Number of the sample: another draw of the same request is another call."""

    @cached_property
    def key(self) -> str:
        """sha256 over everything above, as hex; the name of this call in every cassette."""
        body = [
            self.model,
            [[m.role, m.text] for m in self.messages],
            self.schema,
            self.temperature,
            self.max_tokens,
            self.draw,
        ]
        text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True, slots=True)
class Reply:
    """What an endpoint answered, whether or not it is of any use."""

    text: str
    finish: Finish = "stop"
    tokens_in: int = 0
    tokens_out: int = 0
    counted: bool = True
    """Whether the endpoint reported the tokens; if not they are ``estimate_tokens``."""
    served_by: str = ""
    """The model as the endpoint names it."""
    attempts: int = 1
    """Requests it took, retries included."""
    seconds: float = 0.0
    """From the first request to the answer."""


class ChatError(TownsquareError):
    """A call that brought no reply, after all retries; the message names the endpoint and what it said."""

    def __init__(self, message: str, trouble: Trouble, *, retry_after: float | None = None, attempts: int = 1) -> None:
        super().__init__(message)
        self.trouble, self.retry_after, self.attempts = trouble, retry_after, attempts


@runtime_checkable
class Chat(Protocol):
    """One language-model endpoint."""

    async def complete(self, request: Request) -> Reply:
        """The model's reply. Raises ChatError when there is none; never makes one up."""

    async def close(self) -> None:
        """Let go of connections; called once, after the last call."""


def estimate_tokens(text: str) -> int:
    """Tokens of ``text``, at about four UTF-8 bytes each (our rule of thumb; 0 for an empty text)."""
    return (len(text.encode("utf-8", "surrogatepass")) + 3) // 4
