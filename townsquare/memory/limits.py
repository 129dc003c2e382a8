"""How long a memory may be, counted and cut by our code: a model that was asked for 180 words writes up to 387."""

import re

from pydantic import Field

from townsquare.protocols.memory import Scope
from townsquare.protocols.settings import Settings

LONGEST = 20
"""Characters that count as one word at most, so that a text without spaces has a length too."""

_CHUNK = re.compile(r"\S+")
_BORDER = re.compile(r"[.!?…][\"')\]»”’]*(?=\s|$)|[。！？](?:[」』）])*|(?=\n)")


class Words(Settings):
    """Words a text may have, by where it is written; none for no limit. The numbers are AgentCF's and AgentCF++'s,
    which only ask for them; the one for episodes is ours.
    """

    episode: int | None = Field(default=60, ge=1)
    "Words of one episode."
    separated: int | None = Field(default=150, ge=1)
    "Words of the text about one domain on its own."
    fused: int | None = Field(default=180, ge=1)
    "Words of the text about one domain with what the others say about it."
    group: int | None = Field(default=None, ge=1)
    "Words of one entry that a group shares."
    item: int | None = Field(default=50, ge=1)
    "Words of an item's memory, whatever its layer."

    def of(self, scope: Scope) -> int | None:
        """The limit of a scope."""
        limit: int | None = self.item if scope.kind == "item" else getattr(self, scope.layer)
        return limit


def count(text: str) -> int:
    """Words of ``text``: stretches between spaces, a stretch of more than 20 characters as one word per 20 begun."""
    return sum(_weight(chunk) for chunk in text.split())


def cut(text: str, words: int) -> str:
    """``text`` as it is when it has at most ``words`` words (1 or more); otherwise as much of it as fits.

    It ends after the last whole sentence (or line) if that keeps at least half of the words allowed, else after the
    last word that fits, with an ellipsis.
    """
    if count(text) <= words:
        return text
    used, end = 0, 0
    for chunk in _CHUNK.finditer(text):
        weight = _weight(chunk.group())
        if used + weight > words:
            if not used:  # a first stretch that is too long by itself
                return text[chunk.start() : chunk.start() + LONGEST * words - 1] + "…"
            break
        used += weight
        end = chunk.end()
    head = text[:end]
    borders = [match.end() for match in _BORDER.finditer(head)]
    if borders and count(head[: borders[-1]]) * 2 >= words:
        return head[: borders[-1]].rstrip()
    if len(head.split()[-1]) % LONGEST == 0:  # with the ellipsis it would count as one word more
        head = head[:-1]
    return head + "…"


def excess(text: str, words: int | None) -> str:
    """What is wrong with a text that is too long, in words a model can act on; "" when nothing is."""
    length = count(text)
    return "" if words is None or length <= words else f"the text has {length} words; at most {words} are allowed"


def _weight(chunk: str) -> int:
    return -(-len(chunk) // LONGEST)
