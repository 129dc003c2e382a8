"""Calls that wait their turn, are tried again, and give up in time."""

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from time import monotonic

from townsquare.agents.chat.breaker import Breaker
from townsquare.agents.chat.limits import Limiter
from townsquare.agents.chat.providers.completion import token_count
from townsquare.protocols.chat import Chat, ChatError, Reply, Request, Trouble, estimate_tokens
from townsquare.protocols.chat_settings import ChatSettings
from townsquare.protocols.errors import ContractError

FIRST_WAIT, LONGEST_WAIT = 0.5, 30.0
"""Seconds: how long the first retry waits at most; it doubles with every further one, up to the longest."""
LONGEST_PAUSE = 300.0
"""Seconds an endpoint may ask to wait (Retry-After); where it asks for more, the call fails at once and says so."""
_TRANSIENT: frozenset[Trouble] = frozenset({"rate limit", "server", "time out", "connection", "garbled"})
_ALIVE: dict[Trouble, bool | None] = {"rate limit": None, "rejected": True, "unreachable": None}


class Gate:
    """What all calls to one endpoint share: places, the limiter, the breaker. Shared by models where they share it."""

    def __init__(self, settings: ChatSettings, *, breaker: Breaker | None = None) -> None:
        self.places = asyncio.Semaphore(settings.concurrency)
        self._door = asyncio.Lock()
        self.limiter = Limiter(settings.requests_per_minute, settings.tokens_per_minute)
        self.breaker = breaker or Breaker()

    @asynccontextmanager
    async def place(self) -> AsyncIterator[None]:
        """One of the places; those who get theirs at the same moment start one per turn of the event loop.

        Started together, calls would also be sent, answered and worked off together, and the endpoint would idle while
        we build the next bunch: against one that always takes 100 ms that costs up to a third of the throughput.
        """
        async with self.places:
            async with self._door:
                await asyncio.sleep(0)
            yield


@dataclass(slots=True)
class Effort:
    """What the calls so far took."""

    calls: int = 0
    attempts: int = 0
    """Requests made, first ones and retries."""
    retries: int = 0
    waited: float = 0.0
    """Seconds spent between the attempts of calls, all calls together."""
    turned_away: int = 0
    """Calls that were not made because the endpoint is down."""


class Patient:
    """A Chat around a Chat.

    A call takes one of ``concurrency`` places and keeps it to its end. Each attempt is admitted by the limiter and has
    ``timeout`` seconds. What may pass (rate limit, server, time out, connection, garbled) is tried again up to
    ``retries`` times, after a wait drawn from 0 to ``first_wait`` * 2^n ("full jitter": Brooker, Exponential backoff
    and jitter, AWS Architecture Blog, 2015), and never before the end of the Retry-After of the endpoint. A rate limit,
    and any Retry-After, pauses all calls, not only the one that met it. ``rejected`` is never tried again. While the
    breaker is open calls fail at once as ``unreachable``.
    """

    def __init__(
        self,
        chat: Chat,
        settings: ChatSettings | None = None,
        gate: Gate | None = None,
        *,
        first_wait: float = FIRST_WAIT,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.chat, self.settings = chat, settings or ChatSettings()
        self.gate = gate or Gate(self.settings)
        self.effort = Effort()
        self._first_wait, self._sleep = first_wait, sleep

    @property
    def structured(self) -> str:
        """How the endpoint is told the form of an answer; empty where it does not say."""
        return str(getattr(self.chat, "structured", ""))

    async def complete(self, request: Request) -> Reply:
        """The reply, with the attempts and seconds it took; or the ChatError of the last attempt."""
        self.effort.calls += 1
        async with self.gate.place():
            call = self.gate.breaker.enter()
            if call is None:
                self.effort.turned_away += 1
                raise ChatError(
                    "The endpoint failed so often in a row that it is left alone for a while.",
                    "unreachable",
                    attempts=0,
                )
            alive: bool | None = None
            try:
                reply = await self._persist(request)
                alive = True
                return reply
            except ChatError as error:
                alive = _ALIVE.get(error.trouble, False)
                raise
            finally:
                self.gate.breaker.leave(call, alive)

    async def close(self) -> None:
        """Close the chat inside."""
        await self.chat.close()

    async def _persist(self, request: Request) -> Reply:
        """Attempts, one after the other, until one succeeds or it makes no sense to go on."""
        started, attempts, prompt = monotonic(), 0, self._prompt(request)
        for retry in range(self.settings.retries + 1):
            try:
                reply = await self._attempt(request, prompt)
            except ChatError as error:
                attempts += error.attempts
                self.effort.attempts += error.attempts
                last = retry == self.settings.retries or error.trouble not in _TRANSIENT
                if last or (error.retry_after or 0.0) > LONGEST_PAUSE:
                    raise _summed(error, attempts) from error
                await self._wait(retry, error)
                self.effort.retries += 1
            else:
                self.effort.attempts += reply.attempts
                return replace(reply, attempts=attempts + reply.attempts, seconds=monotonic() - started)
        raise AssertionError("the last attempt returns or raises")

    async def _attempt(self, request: Request, prompt: int) -> Reply:
        limiter = self.gate.limiter
        admission = await limiter.admit(prompt + request.max_tokens if prompt else 0)
        tokens = prompt
        try:
            async with asyncio.timeout(self.settings.timeout):
                reply = _checked(await self.chat.complete(request), request.model)
            tokens = reply.tokens_in + reply.tokens_out
            return reply
        except TimeoutError as error:
            message = f"{request.model} did not answer within {self.settings.timeout:g} s."
            raise ChatError(message, "time out") from error
        finally:
            limiter.settle(admission, tokens)

    async def _wait(self, retry: int, error: ChatError) -> None:
        drawn = _uniform() * min(LONGEST_WAIT, self._first_wait * 2**retry)
        pause = error.retry_after or 0.0
        if pause or error.trouble == "rate limit":
            self.gate.limiter.pause(pause or drawn)
        self.effort.waited += pause + drawn
        await self._sleep(pause + drawn)

    def _prompt(self, request: Request) -> int:
        """Tokens the prompt is held for; counted only where there is a limit to them."""
        if self.settings.tokens_per_minute is None:
            return 0
        return sum(estimate_tokens(message.text) for message in request.messages) + estimate_tokens(request.schema)


def _checked(reply: object, model: str) -> Reply:
    """What a chat returned, if it can be recorded; ContractError for a chat that breaks its word."""
    if not isinstance(reply, Reply) or not isinstance(reply.text, str):
        raise ContractError(f"the model {model} returned {type(reply).__name__}, not a Reply with a text.")
    for tokens in (reply.tokens_in, reply.tokens_out):
        if token_count(tokens) is None:
            raise ContractError(f"the model {model} returned a Reply with {tokens!r} tokens, which is no count.")
    return reply


def _uniform() -> float:
    """A number in [0, 1) that nobody can predict: waits need not repeat, and calls of several processes must differ."""
    return int.from_bytes(os.urandom(6), "big") / 2**48


def _summed(error: ChatError, attempts: int) -> ChatError:
    """The last error of a call, with all its attempts."""
    message = str(error) if attempts == 1 else f"{str(error).rstrip('.')} (after {attempts} attempts)."
    if (error.retry_after or 0.0) > LONGEST_PAUSE:
        message += f" It asks to wait {error.retry_after:,.0f} s."
    return ChatError(message, error.trouble, retry_after=error.retry_after, attempts=attempts)
