"""Statements out of the bank: which argument is next, and how it takes up what the opponent said."""

import re
from collections.abc import Sequence

import numpy as np

from townsquare.agents.debaters.bank import Argument, Bank, Entry, bank
from townsquare.agents.debaters.leaks import leaks, words_of
from townsquare.agents.debaters.situation import Situation, written
from townsquare.agents.prompts.quoting import clean
from townsquare.protocols.columns import FloatArray, IntArray
from townsquare.protocols.debate import TURNS
from townsquare.protocols.streams import Streams

_QUOTED = 9
"""Words of the opponent that are quoted at most."""
_FEWEST = 4
"""Words that a quotation has at least, where there are so many."""
_LETTERS = 120
"""Letters that a quotation has at most."""
_MOST = 16
"""Arguments of one side that there is room for among the draws."""
_MARKS = "“”\"'"
_QUOTES = re.compile('[“”"]')
_LOOSE = re.compile(
    r"(?:an?|and|are|as|at|but|has|have|was|were|by|for|from|if|in|is|it|of|on|or|so|than|that|the|to|which|who|with),?",
    re.IGNORECASE,
)
"""Words that a quotation does not end with."""


class Writer:
    """Writes turns from the bank.

    An agent's arguments of a debate stand in one order from the start: drawn, and where the opponent's profile is told,
    those that speak to it first. Each turn takes the next, so nothing is said twice, and the same agent with the same
    luck says the same in every arm as long as it is told the same.
    """

    def __init__(self, streams: Streams, preference: float, source: Bank | None = None) -> None:
        """``preference`` is how much a point of fit (``Argument.fit``) counts against luck (standard Gumbel)."""
        self.streams, self.preference, self.bank = streams, preference, source or bank()

    def write(self, cases: Sequence[Situation], seats: IntArray, tick: int) -> list[str]:
        """What each says in the turn that is due; ``seats`` is what the draws hang on."""
        if not cases:
            return []
        entries = [self.bank.entry(case.proposition) for case in cases]
        keys = np.array([entry.key for entry in entries], np.int64)
        places = keys[:, None] * 256 + np.arange(_MOST)
        luck = self.streams.gumbel("argument", 0, seats[:, None], places)
        turns = self.streams.uniform("frame", tick, seats, keys)
        return [
            self._one(case, entry, luck[i], float(turns[i]))
            for i, (case, entry) in enumerate(zip(cases, entries, strict=True))
        ]

    def ordered(self, entry: Entry, side: int, luck: FloatArray, profile: frozenset[str]) -> list[Argument]:
        """The arguments of a side in the order in which they are used; ties go to the earlier in the bank."""
        arguments = entry.arguments[side]
        score = [self.preference * one.fit(profile) + float(luck[n]) for n, one in enumerate(arguments)]
        return [arguments[n] for n in sorted(range(len(arguments)), key=lambda n: (-score[n], n))]

    def _one(self, case: Situation, entry: Entry, luck: FloatArray, frame: float) -> str:
        side = 1 if case.side >= 0 else -1
        order = self.ordered(entry, side, luck, words_of(case.profile))
        argument = order[TURNS.index(case.turn) % len(order)]
        said = (
            written(case.opponent)[-1:] if case.opponent and case.opponent[-1:] == written(case.opponent)[-1:] else ()
        )
        quote = snippet(said[0]) if said else ""
        if quote and leaks(quote, case.profile):
            quote = ""
        kind = case.turn if case.turn == TURNS[0] or quote else "unanswered"
        forms = self.bank.frames[kind][side]
        form = forms[min(int(frame * len(forms)), len(forms) - 1)]
        return form.replace("{quote}", quote).replace("{argument}", argument.text)


def snippet(text: str) -> str:
    """A few words of ``text`` to be quoted: how its longest sentence that quotes nobody begins; "" for none."""
    sentences = [part.strip(f" {_MARKS}") for part in re.split(r"(?<=[.!?])\s+", clean(text))]
    plain = [_QUOTES.sub("", part) for part in sentences]
    own = [part for part in sentences if part and not _QUOTES.search(part)] or [part for part in plain if part]
    if not own:
        return ""
    longest = max(own, key=lambda part: len(part.split()))
    first = re.split(r"(?<=[;:])\s+", longest)[0]
    words = (first if len(first.split()) >= _FEWEST else longest).split()
    cut = words[:_QUOTED]
    while len(words) > len(cut) > _FEWEST and _LOOSE.fullmatch(cut[-1]):
        cut.pop()
    said = " ".join(cut)[:_LETTERS].rstrip(" .,;:!?—–-")
    return f"{said} …" if said and len(cut) < len(words) else said
