"""Propositions to debate: the 30 of the published trial, which ship with the package, or one's own."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from importlib.resources import files

from townsquare.protocols.errors import InputError


@dataclass(frozen=True, slots=True)
class Topic:
    """One proposition; pro is yes."""

    text: str
    """Its full wording."""
    cluster: str
    """Its strength, one of ``CLUSTERS`` of protocols/debate.py: how far from the middle people's opinions on it were
    before they debated; "" where that is not known.
    """


@cache
def topics() -> tuple[Topic, ...]:
    """The 30 topics of Salvi et al. 2024 in the wording of their repository (MIT, LICENSE beside the file), the weak
    ones first; ten per cluster. Which topic is in which cluster is published.
    """
    text = files("townsquare.sim.data").joinpath("topics", "topics.toml").read_text("utf-8")
    return tuple(Topic(row["text"], row["cluster"]) for row in tomllib.loads(text)["topic"])


def own_topics(texts: Sequence[str]) -> tuple[Topic, ...]:
    """Topics of one's own, of unknown strength; InputError where a text is empty or there twice."""
    found = tuple(Topic(" ".join(text.split()), "") for text in texts)
    plain = [topic.text.casefold() for topic in found]
    if "" in plain:
        raise InputError("a topic has no text.")
    twice = next((topic.text for topic in found if plain.count(topic.text.casefold()) > 1), None)
    if twice is not None:
        raise InputError(f"the topic {twice!r} is there twice.")
    return found


def find_topic(words: str, among: Sequence[Topic] | None = None) -> Topic:
    """The topic with this text, or the only one whose text contains ``words``; upper and lower case are the same.

    Raises InputError where there is none, with the nearest one, or where there are several.
    """
    known = topics() if among is None else among
    wanted = " ".join(words.split()).casefold()
    exact = [topic for topic in known if topic.text.casefold() == wanted]
    found = exact or [topic for topic in known if wanted and wanted in topic.text.casefold()]
    if len(found) == 1:
        return found[0]
    if found:
        several = " and ".join(repr(topic.text) for topic in found[:2])
        raise InputError(f"{words!r} is part of {len(found)} topics, {several} among them; give more of one of them.")
    near = _nearest(wanted, known)
    raise InputError(
        f"there is no topic {words!r}"
        + (f". Did you mean {near!r}?" if near else "; `townsquare list topics` has all.")
    )


def _nearest(wanted: str, known: Sequence[Topic]) -> str:
    """The text of the topic with most words that are like those of ``wanted``; "" where none is."""
    asked = [word.strip("?.,!'\"") for word in wanted.split()]
    asked = [word for word in asked if len(word) > 3] or asked

    def alike(topic: Topic) -> int:
        there = [word.strip("?.,!()“”") for word in topic.text.casefold().split()]
        return sum(bool(get_close_matches(word, there, n=1, cutoff=0.8)) for word in asked)

    best = max(known, key=alike, default=None)
    return best.text if best is not None and alike(best) else ""
