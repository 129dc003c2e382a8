"""Streams: every message is handed over once and in order, whatever broker, host or server lose, repeat or forget.

Go-back-N with cumulative acknowledgements. There is one stream per host and direction, for all agents of the host
together. The rules, for both ends:

* Numbers are 1, 2, 3, ... for one life of the sender, and are never given twice. Every message that has a ``seq`` names
  its ``stream``, ``{host}:{life}`` or ``server:{life}``: whoever starts anew starts at 1, in another stream. (The
  ``id`` does not tell: the server passes on what others said.) A host acknowledges in the name of any of its agents.
* The receiver takes only the next number. What came before is dropped; what comes too early is dropped too, and the
  sender is asked, with ``again``, to go back. An ``ack`` names the stream it is about, and has no ``seq`` itself.
* The sender keeps what is not acknowledged and sends it again when asked, when the connection broke, and when nothing
  was acknowledged for a growing time: then only the oldest, and the others once that one has arrived.
* What is sent again says in ``since`` that all before it was acknowledged. So a receiver that forgot everything (a
  server that was killed) goes on where its forerunner was, and nobody has to notice.

Pure: the caller's clock comes in as ``now`` (seconds). Host and server use the same classes.
"""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

Kept = TypeVar("Kept")

WINDOW = 1_000
"""Messages that may be unacknowledged; then the sender waits."""
EVERY = 64
"""Messages after which they are acknowledged at the latest."""
DELAY = 0.05
"""Seconds after which they are."""
PATIENCE = 1.0
"""Seconds without an acknowledgement after which the oldest is sent again; doubled each time."""
LONGEST = 30.0
"""What the doubling ends at."""


@dataclass(frozen=True, slots=True)
class Again(Generic[Kept]):
    """Something to be sent again, with ``seq`` and ``since`` as they stand here."""

    seq: int
    since: int
    kept: Kept


class Outgoing(Generic[Kept]):
    """The sender's end: gives numbers, and keeps what is not acknowledged."""

    def __init__(
        self,
        window: int = WINDOW,
        patience: float = PATIENCE,
        longest: float = LONGEST,
        forgotten: Callable[[Kept], None] = lambda kept: None,
    ) -> None:
        """``window``: how many may be unacknowledged; ``patience`` and ``longest``: seconds, see the file;
        ``forgotten``: is told of each message that is acknowledged.
        """
        self.window, self.patience, self.longest = window, patience, longest
        self._forgotten = forgotten
        self.base = 1
        """The oldest number that is not acknowledged."""
        self._next = 1
        self._kept: OrderedDict[int, Kept] = OrderedDict()
        self._wait, self._since = patience, 0.0
        self._repeated = float("-inf")
        """When everything was sent again."""
        self._probed = 0
        """The number that was sent again because nothing was heard; 0 for none."""

    def __len__(self) -> int:
        """How many are not acknowledged."""
        return len(self._kept)

    @property
    def full(self) -> bool:
        """Whether the sender has to wait for an acknowledgement."""
        return len(self._kept) >= self.window

    @property
    def deadline(self) -> float | None:
        """When ``overdue`` has something to say; None while everything is acknowledged."""
        return self._since + self._wait if self._kept else None

    def put(self, make: Callable[[int], Kept], now: float) -> Kept:
        """Number a message: ``make`` gets its number, and what it returns is kept, and returned, to be sent."""
        made = make(self._next)
        if not self._kept:
            self._since = now
        self._kept[self._next] = made
        self._next += 1
        return made

    def acknowledged(self, upto: int, again: bool, now: float) -> list[Again[Kept]]:
        """Forget what has arrived; what is to be sent again now. Numbers that were never given are not believed."""
        upto = min(upto, self._next - 1)
        if upto < self.base:
            again = again and now - self._repeated >= self.patience  # else the answer is under way
        else:
            while self.base <= upto:
                self._forgotten(self._kept.popitem(last=False)[1])
                self.base += 1
            self._wait, self._since = self.patience, now
            again = again or 0 < self._probed <= upto
        if not again:
            return []
        self._probed = 0
        return self.everything(now)

    def everything(self, now: float) -> list[Again[Kept]]:
        """All that is not acknowledged, oldest first: asked for, or because the connection broke."""
        self._since = self._repeated = now
        return [Again(seq, self.base, kept) for seq, kept in self._kept.items()]

    def overdue(self, now: float) -> list[Again[Kept]]:
        """The oldest, when nothing was heard for too long; else nothing."""
        if self.deadline is None or now < self.deadline:
            return []
        self._since, self._wait = now, min(2 * self._wait, self.longest)
        self._probed = self.base
        return [Again(self.base, self.base, self._kept[self.base])]


class Incoming:
    """The receiver's end of one life of a sender: says what is new, and what to acknowledge."""

    def __init__(self, every: int = EVERY, delay: float = DELAY) -> None:
        """``every``: messages, ``delay``: seconds after which an acknowledgement is due."""
        self.every, self.delay = every, delay
        self.upto = 0
        """Everything up to here has arrived."""
        self._taken = 0
        self._due: float | None = None
        self._again = False
        self._asked = (0, float("-inf"))
        """Behind which number the sender was asked to go back, and when."""

    @property
    def deadline(self) -> float | None:
        """When ``acknowledge`` has something to say; None while there is nothing."""
        return self._due

    def take(self, seq: int, since: int | None, now: float) -> bool:
        """Whether the message is the next one; it is to be dropped otherwise."""
        if since is not None and since > self.upto + 1:
            self.upto = since - 1  # the sender was told, by whoever was here before, that those had arrived
        if self._due is None:
            self._due = now + self.delay
        if seq == self.upto + 1:
            self.upto = seq
            self._taken += 1
            if self._taken >= self.every:
                self._due = now
            return True
        behind, when = self._asked
        if seq > self.upto and (behind != self.upto or now - when >= PATIENCE):
            self._asked = (self.upto, now)
            self._again, self._due = True, now
        return False

    def acknowledge(self, now: float) -> tuple[int, bool] | None:
        """``upto`` and ``again`` of the ack to be sent now; None when it is too early, or nothing came."""
        if self._due is None or now < self._due:
            return None
        again, self._again, self._due, self._taken = self._again, False, None, 0
        return self.upto, again
