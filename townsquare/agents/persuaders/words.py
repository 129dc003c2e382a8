"""A rewriter without a language model: a handful of copy-editing rules, and no idea of what a text says."""

import re
from typing import ClassVar

from pydantic import Field

from townsquare.protocols.persuader import Brief
from townsquare.protocols.settings import Settings
from townsquare.protocols.streams import Streams

_HEDGES = "perhaps|maybe|somewhat|rather(?! than)|quite|basically|actually|a (?:little )?bit|sort of|kind of"
_GLAD = "pleased|happy|proud|delighted|excited|thrilled"
_PLAIN = (
    (rf"\b(?:we are|we're|i am|i'm) (?:very )?(?:{_GLAD}) to announce(?: that)?\b,? *", ""),
    (r"\b(?:please note that|it should be noted that|needless to say|as you may know)\b,? *", ""),
    (rf"\b(?:{_HEDGES})\b,? *", ""),
    (r"\bin order to\b", "to"),
    (r"\bdue to the fact that\b", "because"),
    (r"\bat this (?:point|moment) in time\b", "now"),
    (r"\ba (?:large|great) number of\b", "many"),
    (r"\bprior to\b", "before"),
    (r"\b(?:utilise|utilize)\b", "use"),
    (r"\bpurchase\b", "buy"),
    (r"\bassist\b", "help"),
    (r"\bcommence\b", "start"),
    (r"\b(?:our|all) (?:customers|users|readers|followers|members)(?= (?:can|may|will|get)\b)", "you"),
)
"""Roundabout phrases and hedges, and what is put in their place; the reader is spoken to."""
_RULES = [(re.compile(rf"{pattern}(\w?)", re.IGNORECASE), plain) for pattern, plain in _PLAIN]
_LINK = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
_ASKS = re.compile(r"\?|\b(?:tell us|let us know|join|share|reply|vote|sign up|comment)\b", re.IGNORECASE)
_INVITATION = "What do you think?"


class Words:
    """Cuts hedges and roundabout phrases, speaks to the reader, and ends with a question. Our rules.

    A floor: a contestant with a language model that does not beat it has learnt nothing worth its price. It adds no
    number, name, link or quotation, and leaves links alone. A text to which no rule applies is given back as it is.
    """

    class Config(Settings):
        """Which rules are used."""

        cut: bool = True
        "Whether hedges and roundabout phrases are cut."
        invite: bool = True
        "Whether a text that asks nothing of its reader gets a question at its end."
        characters: int = Field(default=280, ge=20)
        "Characters a text may have for a question to be added to it."

    needs: ClassVar[tuple[str, ...]] = ()
    config: Config

    def __init__(self, config: Config, streams: Streams) -> None:
        self.config = config

    async def write(self, brief: Brief) -> str | None:
        """The text by the rules."""
        text = brief.post.text
        if self.config.cut:
            text = _between_links(text) or text
        asks = _ASKS.search(_LINK.sub("", text))
        if self.config.invite and not asks and len(text) + 1 + len(_INVITATION) <= self.config.characters:
            text = _invited(text)
        return text


def _between_links(text: str) -> str:
    """``text`` with the rules applied to everything that is not a link."""
    links, parts = _LINK.findall(text), _LINK.split(text)
    whole = "".join(part for pair in zip(map(_cut, parts), [*links, ""], strict=True) for part in pair)
    return whole if whole == text else _tidied(whole)


def _cut(text: str) -> str:
    """By all rules; what began with a capital still does."""
    for pattern, plain in _RULES:

        def put(found: re.Match[str], plain: str = plain) -> str:
            whole = plain + found[1]
            return whole[:1].upper() + whole[1:] if found[0][0].isupper() else whole

        text = pattern.sub(put, text)
    return text


def _tidied(text: str) -> str:
    """No blanks or commas left over where something was cut out."""
    text = re.sub(r"[ \t]+", " ", text)
    text = re.sub(r" +([,.!?;:])", r"\1", text)
    return re.sub(r"^[\s,;:]+", "", text).rstrip()


def _invited(text: str) -> str:
    """The question before a link at the end, else at the very end."""
    *words, last = text.split(" ")
    head, link = (" ".join(words), f" {last}") if _LINK.fullmatch(last) else (text, "")
    head = head.rstrip()
    stop = "." if head and (head[-1].isalnum() or head[-1] in "%)\"'’”") else ""
    return f"{head}{stop} {_INVITATION}{link}".lstrip()
