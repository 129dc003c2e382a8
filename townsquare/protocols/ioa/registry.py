"""Who there is: cards by name, who is here, and who can do what is asked for."""

from collections import Counter, OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from townsquare.protocols.errors import InputError, did_you_mean
from townsquare.protocols.ioa.cards import Card
from townsquare.protocols.ioa.messages import Match
from townsquare.protocols.ioa.names import SERVER
from townsquare.protocols.ioa.ranks import Ranks
from townsquare.protocols.ioa.rules import OutOfTurn
from townsquare.protocols.ioa.topics import Address
from townsquare.protocols.ioa.vocabulary import Code
from townsquare.protocols.memory import Embedder

Vectors = NDArray[np.floating[Any]]

PER_OWNER = 10_000
"""Cards that one owner may have."""
ALL = 100_000
"""Cards of all owners together."""
_STATUSES = 200_000
"""Statuses that are remembered, the latest."""


@dataclass(slots=True)
class _Entry:
    card: Card
    vector: Vectors | None = field(default=None, compare=False)


class Registry:
    """Cards in the order of registration. A name belongs to who came first, until the card is taken away.

    An agent is here unless its own status, or that of its host, was last said to be ``away``.
    """

    def __init__(self, embedder: Embedder | None = None, *, per_owner: int = PER_OWNER, limit: int = ALL) -> None:
        """``embedder`` finds agents by what they can do; without one they are found by name only."""
        self.embedder, self.per_owner, self.limit = embedder, per_owner, limit
        self._entries: dict[str, _Entry] = {}
        self._owned: Counter[str] = Counter()
        self._shared: dict[Address, dict[str, None]] = {}
        """By host, the agents that share its connection."""
        self._away: OrderedDict[Address, None] = OrderedDict()
        self._matrix: tuple[list[str], Vectors] | None = None

    def __len__(self) -> int:
        return len(self._entries)

    def __contains__(self, name: object) -> bool:
        return name in self._entries

    def __iter__(self) -> Iterator[Card]:
        return (entry.card for entry in self._entries.values())

    def get(self, name: str) -> Card | None:
        """The card of that name."""
        entry = self._entries.get(name)
        return entry.card if entry is not None else None

    def __getitem__(self, name: str) -> Card:
        """Raises OutOfTurn(unknown)."""
        if name not in self._entries:
            raise OutOfTurn(Code.UNKNOWN, f"no agent {name[:64]!r}{self._suggestion(name)}")
        return self._entries[name].card

    def put(self, card: Card, owner: str) -> bool:
        """Take a card, new or changed, from ``owner``; whether it is new or changed.

        Raises OutOfTurn: name (``server``, or another owner's), sender (the card names another owner), busy (too many
        cards).
        """
        known = self._entries.get(card.name)
        if SERVER in (card.name, card.host, card.owner, owner):
            raise OutOfTurn(Code.NAME, f"nobody but the server may be called {SERVER!r}")
        if card.owner != owner:
            raise OutOfTurn(Code.SENDER, f"the card names {card.owner!r} as its owner, and came from {owner!r}")
        if known is not None and known.card.owner != owner:
            raise OutOfTurn(Code.NAME, f"{card.name!r} is taken, by an agent of {known.card.owner!r}")
        if known is None and (self._owned[owner] >= self.per_owner or len(self) >= self.limit):
            raise OutOfTurn(Code.BUSY, f"no room: {owner!r} has {self._owned[owner]:,} cards, all have {len(self):,}")
        if known is not None and known.card == card:
            return False
        if known is None:
            self._owned[owner] += 1
        else:
            self._leave_host(known.card)
        vector = known.vector if known is not None and known.card.text() == card.text() else None
        self._entries[card.name] = _Entry(card, vector)
        self._shared.setdefault(host_of(card), {})[card.name] = None
        self._matrix = None
        return True

    def gone(self, name: str) -> Card | None:
        """The agent has left for good; its card, if it had one."""
        entry = self._entries.pop(name, None)
        if entry is None:
            return None
        self._owned[entry.card.owner] -= 1
        self._leave_host(entry.card)
        self._matrix = None
        return entry.card

    def away(self, who: Address) -> tuple[str, ...]:
        """An agent or host has gone away; the agents that were here until now."""
        if who in self._away:
            self._away.move_to_end(who)
            return ()
        names = tuple(name for name in self._concerned(who) if self.is_here(name))
        self._away[who] = None
        if len(self._away) > _STATUSES:
            self._away.popitem(last=False)
        return names

    def here(self, who: Address) -> tuple[str, ...]:
        """An agent or host is here; the agents that were away until now."""
        if who not in self._away:
            return ()
        del self._away[who]
        return tuple(name for name in self._concerned(who) if self.is_here(name))

    def is_here(self, name: str) -> bool:
        """Whether an agent that is known is connected."""
        card = self._entries[name].card
        return Address(card.owner, name) not in self._away and host_of(card) not in self._away

    def sharing(self, host: Address) -> tuple[str, ...]:
        """The agents that share the connection of ``host``."""
        return tuple(self._shared.get(host, ()))

    def lookup(self, names: Sequence[str] = ()) -> tuple[Match, ...]:
        """These agents in the order given, all by name where none is given; unknown names are left out."""
        wanted = dict.fromkeys(names) if names else sorted(self._entries)
        return tuple(
            Match(card=self._entries[name].card, score=0.0, here=self.is_here(name))
            for name in wanted
            if name in self._entries
        )

    def discover(self, queries: Sequence[str], top: int = 3, without: str = "") -> tuple[tuple[Match, ...], ...]:
        """For each query the ``top`` agents whose cards fit best: cosine of query and card (Chen et al.), ties by name.

        Who is away comes after everybody who is here (ours: a team is formed of those who can answer). ``without`` is
        left out, as one does not look for oneself. Raises InputError without an embedder.
        """
        cards = self.unread()
        self.learn(cards, self.embed([card.text() for card in cards]))
        return self.best(self.embed(queries), top, without)

    def embed(self, texts: Sequence[str]) -> Vectors:
        """(n, d) vectors; may run in another thread. Raises InputError without an embedder."""
        if self.embedder is None:
            raise InputError("this server finds agents by name only: it was started without an embedder.")
        return self.embedder.embed(texts) if texts else np.zeros((0, 0), np.float32)

    def unread(self) -> list[Card]:
        """Cards without a vector."""
        return [entry.card for entry in self._entries.values() if entry.vector is None]

    def learn(self, cards: Sequence[Card], vectors: Vectors) -> None:
        """The vectors of these cards; those that have changed meanwhile are passed over."""
        for card, vector in zip(cards, vectors, strict=True):
            entry = self._entries.get(card.name)
            if entry is not None and entry.card.text() == card.text():
                entry.vector = vector
        self._matrix = None

    def best(self, queries: Vectors, top: int, without: str = "") -> tuple[tuple[Match, ...], ...]:
        """``discover`` for (q, d) vectors, among the cards that have one."""
        names, scores = self._scores(queries)
        away = np.array([not self.is_here(name) for name in names], bool)
        return tuple(
            tuple(
                Match(card=self._entries[names[n]].card, score=float(row[n]), here=not away[n])
                for n in np.lexsort((np.arange(len(names)), -row, away))[: top + 1]
                if names[n] != without
            )[:top]
            for row in scores
        )

    def ranks(self, queries: Sequence[str], owners: Sequence[str]) -> Ranks:
        """At which place each query finds the agent that it is meant for, here or away. Raises OutOfTurn(unknown)."""
        for name in owners:
            self[name]
        cards = self.unread()
        self.learn(cards, self.embed([card.text() for card in cards]))
        names, scores = self._scores(self.embed(queries))
        places = []
        for row, owner in zip(scores, owners, strict=True):
            order = np.lexsort((np.arange(len(names)), -row))
            places.append(1 + [names[n] for n in order].index(owner))
        return Ranks(tuple(places))

    def _scores(self, queries: Vectors) -> tuple[list[str], Vectors]:
        """Names in order, and (q, n) cosines, rounded so that equal texts tie whatever the processor."""
        if self._matrix is None:
            names = sorted(name for name, entry in self._entries.items() if entry.vector is not None)
            found = [self._entries[name].vector for name in names]
            self._matrix = names, np.stack([v for v in found if v is not None]) if names else np.zeros((0, 0))
        names, matrix = self._matrix
        if not names or not len(queries):
            return names, np.zeros((len(queries), 0))
        return names, np.clip(np.round((queries @ matrix.T).astype(np.float64), 6), -1.0, 1.0)

    def _concerned(self, who: Address) -> list[str]:
        """The agent itself, and those whose host it is."""
        own = self._entries.get(who.agent)
        names = dict(self._shared.get(who, {}))
        if own is not None and own.card.owner == who.owner:
            names.setdefault(who.agent)
        return list(names)

    def _leave_host(self, card: Card) -> None:
        host = host_of(card)
        self._shared[host].pop(card.name, None)
        if not self._shared[host]:
            del self._shared[host]

    def _suggestion(self, name: str) -> str:
        return did_you_mean(name[:64], self._entries) if len(self._entries) <= 1_000 else "."


def host_of(card: Card) -> Address:
    """Whose connection an agent uses: its host's, or its own."""
    return Address(card.owner, card.host or card.name)
