"""The members of a group round their table: who is there, who can speak, and who is next."""

from collections.abc import Collection, Sequence

from townsquare.protocols.ioa.cards import Card


class Circle:
    """Members in the order of the invitation, the opener first. Whoever goes away keeps the seat."""

    def __init__(self, members: Sequence[Card]) -> None:
        """At least one; the first of two cards of one name counts."""
        self.cards = {card.name: card for card in reversed(members)}
        self.names = tuple(dict.fromkeys(card.name for card in members))
        self.present = set(self.names)

    @property
    def opener(self) -> str:
        """Who opened the group."""
        return self.names[0]

    def can_speak(self, name: str) -> bool:
        """Whether this member is there, and can be given the floor at all."""
        return name in self.present and self.cards[name].speaks

    def speakers(self) -> list[str]:
        """All who are there and can speak, in order."""
        return [name for name in self.names if self.can_speak(name)]

    def among(self, names: Sequence[str]) -> list[str]:
        """Those of ``names`` that are members, each once, in the order given."""
        return [name for name in dict.fromkeys(names) if name in self.cards]

    def next(self, wanted: str, without: Collection[str] = ()) -> str | None:
        """The first of these who can speak and is not in ``without``: ``wanted``, the opener, those seated after
        ``wanted``, round the table. None when there is nobody.
        """
        seat = self.names.index(wanted)
        order = (wanted, self.opener, *self.names[seat + 1 :], *self.names[:seat])
        return next((name for name in order if self.can_speak(name) and name not in without), None)
