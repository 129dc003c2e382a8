"""Who can do this? Asked by many at once, answered in another thread, so that a slow embedder holds up nobody."""

import asyncio
import logging
from collections.abc import Callable, Iterable, Sequence

from townsquare.protocols.errors import TownsquareError
from townsquare.protocols.ioa.messages import Discover, Lookup, Match
from townsquare.protocols.ioa.registry import Registry
from townsquare.protocols.ioa.rules import OutOfTurn
from townsquare.protocols.ioa.vocabulary import Code

Found = tuple[tuple[Match, ...], ...]
Answer = Callable[[Discover, Found], None]
Refuse = Callable[[Discover, OutOfTurn], None]

LINE = 1_000
"""Questions that may wait."""
_BATCH = 64
"""Questions that are answered together."""
_HEADER = 2_048
"""Bytes of an answer besides the cards."""
_log = logging.getLogger(__name__)


class Discovery:
    """Answers ``discover``, in order; ``lookup`` at once."""

    def __init__(self, registry: Registry, answer: Answer, refuse: Refuse) -> None:
        self.registry, self._answer, self._refuse = registry, answer, refuse
        self._line: asyncio.Queue[Discover] = asyncio.Queue(LINE)

    def ask(self, question: Discover) -> None:
        """To be answered later. Raises OutOfTurn: busy; state for a server without an embedder."""
        if self.registry.embedder is None:
            raise OutOfTurn(Code.STATE, "this server finds agents by name only: it was started without an embedder")
        try:
            self._line.put_nowait(question)
        except asyncio.QueueFull:
            raise OutOfTurn(Code.BUSY, f"{LINE:,} questions wait already") from None

    def lookup(self, question: Lookup, limit: int) -> Found:
        """As many as fit into ``limit`` bytes, in the order asked for, or by name."""
        names = question.names or sorted(card.name for card in self.registry)
        found = (match for name in dict.fromkeys(names) for match in self.registry.lookup((name,)))
        return (tuple(_fitting(found, limit)),)

    async def run(self) -> None:
        """Answer, for as long as the server runs."""
        while True:
            batch = [await self._line.get()]
            while len(batch) < _BATCH and not self._line.empty():
                batch.append(self._line.get_nowait())
            try:
                await self._answer_all(batch)
            except Exception as error:
                _log.exception("a discovery went wrong")
                reason = str(error) if isinstance(error, TownsquareError) else "the embedder failed; see the log"
                for question in batch:
                    self._refuse(question, OutOfTurn(Code.STATE, reason))

    async def _answer_all(self, batch: Sequence[Discover]) -> None:
        cards = self.registry.unread()
        texts = [card.text() for card in cards]
        queries = [query for question in batch for query in question.queries]
        vectors = await asyncio.to_thread(self.registry.embed, [*texts, *queries])
        self.registry.learn(cards, vectors[: len(cards)])
        at = len(cards)
        for question in batch:
            if question.sender in self.registry:
                wanted = vectors[at : at + len(question.queries)]
                found = self.registry.best(wanted, question.top, without=question.sender)
                self._answer(question, _trimmed(found, self.registry[question.sender].limits.bytes))
            at += len(question.queries)


def _fitting(matches: Iterable[Match], limit: int) -> Iterable[Match]:
    """The first ones that fit into a message."""
    left = limit - _HEADER
    for match in matches:
        left -= len(match.model_dump_json(exclude_none=True).encode()) + 1
        if left < 0:
            return
        yield match


def _trimmed(found: Found, limit: int) -> Found:
    """The best of each query, then the second best, ..., as many as fit into a message."""
    left = limit - _HEADER - 3 * len(found)
    kept: list[list[Match]] = [[] for _ in found]
    for place in range(max((len(matches) for matches in found), default=0)):
        for matches, to in zip(found, kept, strict=True):
            if place < len(matches):
                left -= len(matches[place].model_dump_json(exclude_none=True).encode()) + 1
                if left < 0:
                    return tuple(map(tuple, kept))
                to.append(matches[place])
    return tuple(map(tuple, kept))
