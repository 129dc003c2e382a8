"""Texts of at most so many words: asked for, refused once, and then cut."""

from collections.abc import Callable
from typing import Generic, TypeVar

from pydantic import BaseModel

A = TypeVar("A", bound=BaseModel)
_LONGEST = 20


def count(text: str) -> int:
    """Words of a text as split at white space; a stretch of more than 20 characters counts once per 20 begun, so that
    a text without spaces has a length too.
    """
    return sum(_weight(word) for word in text.split())


def cut(text: str, limit: int) -> str:
    """The first ``limit`` words, one blank between them; a short enough text stays as it is, but for its ends."""
    if count(text) <= limit:
        return text.strip()
    kept, room = list[str](), limit
    for word in text.split():
        if _weight(word) > room:
            kept += [word[: _LONGEST * room]] if room and not kept else []
            break
        kept.append(word)
        room -= _weight(word)
    return " ".join(kept)


def _weight(word: str) -> int:
    return -(-len(word) // _LONGEST)


class AtMost(Generic[A]):
    """The check of one ask whose answer holds texts of limited length.

    The first answer that is too long is refused, which gives the model its one chance to shorten it; from then on
    length is not held against an answer, and whoever asked cuts it. ``long`` is the refused answer: it serves where
    the second turn brings nothing valid, for it was an answer in all but its length.
    """

    def __init__(self, texts: Callable[[A], dict[str, str]], limit: int) -> None:
        """``texts`` gives the texts of an answer under the names of their fields."""
        self._texts, self._limit = texts, limit
        self.long: A | None = None

    def __call__(self, answer: A) -> str:
        """What is wrong with an answer, in words the model can act on; "" when nothing is."""
        texts = self._texts(answer)
        empty = [name for name, text in texts.items() if not text.strip()]
        if empty:
            return f"{empty[0]} is empty"
        lengths = {name: count(text) for name, text in texts.items() if count(text) > self._limit}
        if not lengths or self.long is not None:
            return ""
        self.long = answer
        name, words = next(iter(lengths.items()))
        return f"{name} has {words} words, and at most {self._limit} are allowed"
