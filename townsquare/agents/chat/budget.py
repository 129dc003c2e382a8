"""What may be spent: reserved before a call, settled after it, and never passed by more than the calls in flight."""

import asyncio
from collections import deque
from dataclasses import dataclass, replace
from math import ceil

from townsquare.agents.chat.prices import Prices
from townsquare.agents.chat.tape import Spent
from townsquare.protocols.chat import Request, estimate_tokens
from townsquare.protocols.chat_settings import Budget
from townsquare.protocols.errors import BudgetExceeded, InputError

_TURN = 4
"""Tokens that a chat format adds to each message (our rule of thumb)."""


@dataclass(frozen=True, slots=True)
class Reservation:
    """What a call may take at most, set aside until it is settled."""

    model: str
    estimated: int
    """Tokens of the prompt by ``estimate_tokens``."""
    longest: int
    """Tokens the answer may take."""
    tokens: int = 0
    usd: float = 0.0


class Meter:
    """Spends a budget, for all models of a run together.

    Before a call its prompt (estimated) and the longest answer it may give are set aside, so that a cap is never
    passed as long as the endpoint honours ``max_tokens`` and its tokens are about as long as we think. Where an
    endpoint counts more tokens for a prompt than we estimate, the worst ratio seen so far is used from then on: what
    passes the cap is at most the excess of the calls that were in flight meanwhile.

    A call that does not fit waits, first come first served, while calls in flight may still give something back. Once
    nothing can, the budget is spent for good: BudgetExceeded, then and for every later call; no call is in flight at
    that moment. A call that brought no reply counts as a call, without tokens; retries
    within a call are not counted, and neither is a call that was cancelled.
    """

    def __init__(self, budget: Budget, prices: Prices, spent: Spent | None = None) -> None:
        """``spent`` is what earlier sessions of the run have paid for (``Cassette.spent``)."""
        self.budget, self.prices, self.spent = budget, prices, spent or Spent()
        self._capped = not (budget.calls is None and budget.tokens is None and budget.usd is None)
        self._calls = self._tokens = 0
        self._usd = 0.0
        self._ratio = 1.0
        self._waiting: deque[tuple[Reservation, asyncio.Future[Reservation]]] = deque()
        self._over = ""

    def admit(self, model: str) -> None:
        """Raise InputError when money is capped and the model has no price: no cap could then be kept."""
        if self.budget.usd is not None and self.prices.of(model) is None:
            raise InputError(
                f"the budget is in US dollars, but there is no price for {model}: cap tokens or calls instead, or add "
                "the model to your price table (TOWNSQUARE_PRICES or ~/.config/townsquare/prices.toml)."
            )

    async def reserve(self, request: Request) -> Reservation:
        """Set aside what ``request`` may take, waiting while it does not fit. Raises BudgetExceeded."""
        if self._over:
            raise BudgetExceeded(self._over)
        wanted = self._reservation(request)
        if not self._waiting and self._fits(wanted):
            self._take(wanted)
            return wanted
        admitted: asyncio.Future[Reservation] = asyncio.get_running_loop().create_future()
        self._waiting.append((wanted, admitted))
        self._next()
        try:
            return await admitted
        except asyncio.CancelledError:
            if admitted.done() and not admitted.cancelled() and admitted.exception() is None:
                self._give_back(admitted.result())
            raise

    def settle(self, held: Reservation, tokens_in: int = 0, tokens_out: int = 0, *, called: bool = True) -> None:
        """Replace what was set aside by what was used; ``called`` is False for a call that was never made."""
        if called:
            if tokens_in > held.estimated * self._ratio:
                self._ratio = tokens_in / max(1, held.estimated)
            usd = self.prices.usd(held.model, tokens_in, tokens_out) or 0.0
            calls, before_in, before_out, before = self.spent
            self.spent = Spent(calls + 1, before_in + tokens_in, before_out + tokens_out, before + usd)
        self._give_back(held)

    def usd(self, model: str, tokens_in: int, tokens_out: int) -> float | None:
        """What a call costs; None when the price is not known."""
        return self.prices.usd(model, tokens_in, tokens_out)

    def _reservation(self, request: Request) -> Reservation:
        if not self._capped:
            return Reservation(request.model, 1 << 60, request.max_tokens)
        return self._at_present(Reservation(request.model, prompt_tokens(request), request.max_tokens))

    def _at_present(self, wanted: Reservation) -> Reservation:
        """The same, by what is known of the endpoint's way of counting."""
        prompt = ceil(wanted.estimated * self._ratio)
        usd = self.prices.usd(wanted.model, prompt, wanted.longest) or 0.0
        return replace(wanted, tokens=prompt + wanted.longest, usd=usd)

    def _fits(self, wanted: Reservation) -> bool:
        cap, spent = self.budget, self.spent
        return (
            (cap.calls is None or spent.calls + self._calls + 1 <= cap.calls)
            and (cap.tokens is None or spent.tokens_in + spent.tokens_out + self._tokens + wanted.tokens <= cap.tokens)
            and (cap.usd is None or spent.usd + self._usd + wanted.usd <= cap.usd)
        )

    def _take(self, wanted: Reservation) -> None:
        self._calls += 1
        self._tokens += wanted.tokens
        self._usd += wanted.usd

    def _give_back(self, held: Reservation) -> None:
        self._calls -= 1
        self._tokens -= held.tokens
        self._usd = self._usd - held.usd if self._calls else 0.0
        self._next()

    def _next(self) -> None:
        """Let in whoever fits now, in the order of arrival; with nothing left in flight, refuse everybody."""
        while self._waiting:
            wanted, admitted = self._waiting[0]
            if admitted.done():  # its task was cancelled
                self._waiting.popleft()
                continue
            wanted = self._at_present(wanted)
            if self._fits(wanted):
                self._waiting.popleft()
                self._take(wanted)
                admitted.set_result(wanted)
            elif self._calls:
                return
            else:
                self._refuse(wanted)

    def _refuse(self, wanted: Reservation) -> None:
        self._over = self._over or self._words(wanted)
        while self._waiting:
            _, admitted = self._waiting.popleft()
            if not admitted.done():
                admitted.set_exception(BudgetExceeded(self._over))

    def _words(self, wanted: Reservation) -> str:
        cap, spent = self.budget, self.spent
        tokens = spent.tokens_in + spent.tokens_out
        if cap.calls is not None and spent.calls + 1 > cap.calls:
            what, more = f"the budget of {cap.calls:,} calls is spent", "--set budget.calls"
        elif cap.tokens is not None and tokens + wanted.tokens > cap.tokens:
            what = f"the budget of {cap.tokens:,} tokens is spent: the next call may take {wanted.tokens:,}"
            more = "--set budget.tokens"
        else:
            what = f"the budget of {cap.usd:g} USD is spent: the next call may cost {wanted.usd:.4f} USD"
            more = "--budget"
        return (
            f"{what} ({spent.calls:,} calls, {tokens:,} tokens and {spent.usd:.4f} USD so far); every finished tick "
            f"and every reply is kept: `townsquare resume RUN` with a larger {more} goes on."
        )


def prompt_tokens(request: Request) -> int:
    """Estimated tokens of a prompt, the form of the answer included: some endpoints count it, some do not."""
    words = sum(estimate_tokens(message.text) + _TURN for message in request.messages)
    return words + estimate_tokens(request.schema)
