"""Arguments to draw on: for each of the trial's 30 topics and both sides, and in general for any other topic.

All texts are ours, in bank/*.toml. An argument knows which rhetorical strategy it uses and whom it speaks to.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import blake2b
from importlib.resources import files
from typing import Any

from townsquare.protocols.debate import SIDES, STRATEGIES

GROUPS: Mapping[str, frozenset[str]] = {
    "left": frozenset({"democrat"}),
    "right": frozenset({"republican"}),
    "middle": frozenset({"independent", "not-sure"}),
    "young": frozenset({"18-24", "25-34"}),
    "old": frozenset({"55-64", "65+", "retired"}),
    "graduate": frozenset({"bachelor", "master", "phd"}),
    "no-college": frozenset({"no-degree", "high-school", "vocational"}),
    "learner": frozenset({"student"}),
    "worker": frozenset({"employed-wages"}),
    "self": frozenset({"self-employed"}),
    "jobless": frozenset({"unemployed-looking", "unemployed-notlooking"}),
}
"""Whom an argument can speak to: by name, words of the profile of which one has to be somebody's."""
POLITICS = frozenset({"left", "right", "middle"})
"""Groups that count double: politics is the field that the trial marks as important."""
_FILES = ("low", "medium", "high")
_NAMES = {side: name for name, side in SIDES.items()}


@dataclass(frozen=True, slots=True)
class Argument:
    """One or two sentences for one side of one topic."""

    strategy: str
    """One of ``protocols.debate.STRATEGIES``."""
    groups: frozenset[str]
    """Names of ``GROUPS`` that it speaks to; may be empty."""
    text: str

    def fit(self, words: frozenset[str]) -> int:
        """How well it suits somebody whose profile holds ``words``: a point per group, two for politics."""
        return sum(1 + (name in POLITICS) for name in self.groups if GROUPS[name] & words)


@dataclass(frozen=True, slots=True)
class Entry:
    """What can be said on a topic, and how opinions on it are spread."""

    text: str
    arguments: Mapping[int, tuple[Argument, ...]]
    """By side, 1 pro and -1 con; at least four each."""
    lean: float = 0.0
    """How much more one camp says yes: 1 those who vote Democratic, -1 those who vote Republican (ours, a guess)."""
    spread: float = 1.1
    """Standard deviation of opinions within a camp, in steps of the Likert scale (ours)."""

    @property
    def key(self) -> int:
        """What random draws about the topic hang on: 32 bits of its wording, the same in any selection of topics."""
        return int.from_bytes(blake2b(self.text.encode("utf-8", "surrogatepass"), digest_size=4).digest(), "little")


@dataclass(frozen=True, slots=True)
class Bank:
    """Everything there is to say."""

    entries: Mapping[str, Entry]
    """By wording, case-folded."""
    general: Mapping[int, tuple[Argument, ...]]
    """Arguments with ``{topic}`` in them, for topics that are not in the bank."""
    frames: Mapping[str, Mapping[int, tuple[str, ...]]]
    """By stage, and ``unanswered`` for where the opponent said nothing: sentences round an argument, by side."""

    def entry(self, topic: str) -> Entry:
        """What can be said on ``topic``; made from general arguments where it is none of the bank's."""
        found = self.entries.get(" ".join(topic.split()).casefold())
        if found is not None:
            return found
        said = topic.strip().rstrip("?.! ") or "this"
        return Entry(
            topic,
            {
                side: tuple(Argument(one.strategy, one.groups, one.text.replace("{topic}", said)) for one in arguments)
                for side, arguments in self.general.items()
            },
        )


@cache
def bank() -> Bank:
    """The bank that ships with the package."""
    general = _read("general")
    frames = {
        stage: {side: tuple(by_side[_NAMES[side]]) for side in _NAMES} for stage, by_side in general["frames"].items()
    }
    rows = [row for name in _FILES for row in _read(name)["topic"]]
    entries = {
        row["text"].casefold(): Entry(row["text"], _sides(row), float(row["lean"]), float(row["spread"]))
        for row in rows
    }
    return Bank(entries, _sides(general["general"]), frames)


def _sides(row: Mapping[str, Any]) -> dict[int, tuple[Argument, ...]]:
    return {side: tuple(map(_argument, row[name])) for side, name in _NAMES.items()}


def _argument(row: list[str]) -> Argument:
    strategy, groups, text = row
    if strategy not in STRATEGIES or not set(groups.split()) <= set(GROUPS):
        raise ValueError(f"the argument {text!r} names a strategy or a group that there is not")
    return Argument(strategy, frozenset(groups.split()), text)


def _read(name: str) -> dict[str, Any]:
    text = files("townsquare.agents.debaters").joinpath("bank", f"{name}.toml").read_text("utf-8")
    return tomllib.loads(text)
