"""One limiter for all calls to an endpoint: so many requests and tokens a minute, and pauses when it asks for one."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from time import monotonic

WINDOW = 60.0
"""Seconds in a minute."""


@dataclass(slots=True)
class Admission:
    """One admitted request."""

    at: float
    """When, in seconds of the clock."""
    tokens: int
    """Held for it, until what it took is known."""


class Limiter:
    """Never more than so many requests, and so many tokens, in any 60 seconds (a sliding window).

    Tokens are held by estimate when a request is admitted and corrected when its reply is in, so that the bound on
    tokens holds as long as estimates are not too low. Requests are admitted in the order in which they came. One that
    needs more tokens than a minute has waits until nothing else is in the window. A pause stops everybody.
    """

    def __init__(
        self,
        requests: int | None = None,
        tokens: int | None = None,
        *,
        clock: Callable[[], float] = monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.requests, self.tokens = requests, tokens
        self._clock, self._sleep = clock, sleep
        self._turn = asyncio.Lock()
        self._window: deque[Admission] = deque()
        self._held = 0
        self._until = 0.0

    async def admit(self, tokens: int = 0) -> Admission:
        """Wait until one more request, holding ``tokens``, is allowed."""
        if self.requests is None and self.tokens is None and self._until <= self._clock():
            return Admission(0.0, tokens)  # nothing to keep account of
        async with self._turn:
            while (wait := self.wait(tokens)) > 0:
                await self._sleep(wait)
            admission = Admission(self._clock(), tokens)
            if self.requests is not None or self.tokens is not None:
                self._window.append(admission)
                self._held += tokens
            return admission

    def settle(self, admission: Admission, tokens: int) -> None:
        """Correct what an admitted request holds to what it took."""
        if self._window and admission.at >= self._window[0].at:
            self._held += tokens - admission.tokens
        admission.tokens = tokens

    def pause(self, seconds: float) -> None:
        """Admit nobody for so long; of several pauses the last to end counts."""
        self._until = max(self._until, self._clock() + seconds)

    @property
    def paused(self) -> float:
        """Seconds the pause has left."""
        return max(0.0, self._until - self._clock())

    def wait(self, tokens: int = 0) -> float:
        """Seconds until a request holding ``tokens`` can be admitted if nothing changes; 0 for at once."""
        now = self._clock()
        while self._window and self._window[0].at + WINDOW <= now:
            self._held -= self._window.popleft().tokens
        free = now
        if self.requests is not None and len(self._window) >= self.requests:
            free = self._window[len(self._window) - self.requests].at + WINDOW
        if self.tokens is not None and self._window:
            excess = self._held + tokens - self.tokens
            for admission in self._window:
                if excess <= 0:
                    break
                excess -= admission.tokens
                free = max(free, admission.at + WINDOW)
        return max(0.0, free - now, self._until - now)
