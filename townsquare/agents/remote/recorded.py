"""What agents elsewhere answered, in the cassette of a run: nobody is asked twice, and the past needs no broker.

A request is what an agent of the town saw, as a hash, with who and when; so equal runs that share a cassette share
answers, and who answered decides nothing. The reply is what the town made of the answer.
"""

import json
from hashlib import sha256
from threading import Lock

from townsquare.agents.chat.asked import Asked
from townsquare.agents.chat.cassette import Cassette, Record
from townsquare.agents.chat.tally import Tally
from townsquare.agents.chat.tape import Call, Place
from townsquare.protocols.asking import Outcome
from townsquare.protocols.chat import ChatError, Message, Reply, Request, Trouble

MODEL = "remote"
"""What calls of agents elsewhere are filed under, where those of language models have provider:model."""


class Recorded:
    """The answers of one run. May be used from several threads."""

    def __init__(self, asked: Asked) -> None:
        self.asked, self.settled = asked, 0
        self._cassette: Cassette | None = None
        self._lock = Lock()

    def use(self, cassette: Cassette, settled: int = 0) -> None:
        """Record into ``cassette``. Of ticks before ``settled`` nothing is asked any more."""
        self._cassette, self.settled = cassette, settled

    @property
    def cassette(self) -> Cassette:
        """Where everything is."""
        assert self._cassette is not None, "open the cassette before the first tick"
        return self._cassette

    def find(self, place: Place, request: Request) -> Record | None:
        """What is recorded; None when it has to be asked. Raises ReplayMiss where it may not be."""
        with self._lock:
            return self.cassette.find(request, place, past=place.tick < self.settled)

    def keep(self, place: Place, request: Request, answer: str, *, by: str, seconds: float) -> Record:
        """Record an answer of the agent ``by``; what this returns is what must be acted on."""
        # no attempts: no model was called, and no budget is spent
        reply = Reply(answer, served_by=by, attempts=0, seconds=seconds)
        with self._lock:
            return self.cassette.keep(request, reply, place, usd=0.0)

    def fail(self, place: Place, request: Request, trouble: Trouble, why: str, *, seconds: float) -> Record:
        """Record that there was none: for the rest of its tick it is not asked again."""
        with self._lock:
            return self.cassette.keep_failure(request, ChatError(why, trouble, attempts=0), place, seconds=seconds)

    def note(self, place: Place, request: Request, record: Record, outcome: Outcome, why: str) -> None:
        """Enter what came of it in the run's table of asks, whether it was asked now or long ago."""
        tally = Tally()
        with self._lock:
            tally.add(request.key, record, self.cassette.is_own(record, place))
            by = record.reply.served_by if isinstance(record, Call) else ""
            self.asked.add(place, f"{MODEL}:{by}" if by else MODEL, outcome, why, tally, repair=False)


def request_of(place: Place, who: str, sees: str) -> Request:
    """The request for what is shown at ``place``; ``who`` is the group, or the part of the town, that asks."""
    about = {"tick": place.tick, "what": place.purpose, "who": who, "agent": place.agent, "number": place.number}
    digest = sha256(sees.encode("utf-8", "surrogatepass")).hexdigest()
    return Request(MODEL, (Message("user", json.dumps({**about, "sees": digest})),))
