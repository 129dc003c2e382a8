"""A circuit breaker: whoever asks an endpoint that is down learns it at once, and the endpoint is left in peace."""

from collections.abc import Callable
from time import monotonic


class Breaker:
    """Opens after ``failures`` calls in a row that failed for good; after ``cool_down`` seconds one call is a probe.

    A call in flight when the row began and not back yet could still prove the endpoint alive, so the breaker waits for
    it: slow answers to some calls are never cut off by quick failures of others. The probe's success closes
    the breaker, its failure opens it for another ``cool_down``.
    """

    def __init__(self, failures: int = 10, cool_down: float = 30.0, *, clock: Callable[[], float] = monotonic) -> None:
        self.failures, self.cool_down = failures, cool_down
        self._clock = clock
        self._row = 0
        self._opened: float | None = None
        self._probing: int | None = None
        self._serial = 0
        self._open_calls: set[int] = set()
        self._before: set[int] = set()

    @property
    def is_open(self) -> bool:
        """Whether calls are turned away."""
        return self._opened is not None

    def enter(self) -> int | None:
        """A number for a call that may be made; None when it is turned away."""
        if self._opened is not None:
            if self._probing is not None or self._clock() < self._opened + self.cool_down:
                return None
            self._probing = self._serial
        self._serial += 1
        self._open_calls.add(self._serial - 1)
        return self._serial - 1

    def leave(self, call: int, alive: bool | None) -> None:
        """Say how a call ended: the endpoint is alive, it failed, or (None) that call says nothing about it."""
        self._open_calls.discard(call)
        self._before.discard(call)
        probed = call == self._probing
        self._probing = None if probed else self._probing
        if alive:
            self._row, self._opened = 0, None
            self._before.clear()
        elif alive is False:
            if not self._row:
                self._before = set(self._open_calls)
            self._row += 1
            if probed or (self._row >= self.failures and not self._before and self._opened is None):
                self._opened = self._clock()
