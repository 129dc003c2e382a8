"""Threads for tests: messages in the order in which they were written, and what a bot is shown of them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from townsquare.protocols import Observations
from townsquare.sim.moderators.harm_words import harm

HATEFUL = (
    "You are an idiot if you want a tram",
    "Newcomers never work and always take our flats",
    "You will regret this bridge",
    "Those people always cheat at the market",
    "Cyclists are stupid, keep them off the old bridge",
)
KIND = ("insult", "stereotype", "threat", "stereotype", "insult")


@dataclass
class Thread:
    """One thread, in which everybody answers the first message or another."""

    texts: list[str] = field(default_factory=list)
    by_bot: list[bool] = field(default_factory=list)
    counter: list[bool] = field(default_factory=list)
    parent: list[int] = field(default_factory=list)

    def add(self, text: str, *, bot: bool = False, counter: bool = False, parent: int = -1) -> None:
        self.texts.append(text)
        self.by_bot.append(bot)
        self.counter.append(counter)
        self.parent.append(parent)

    def features(self, bots: int) -> dict[str, Any]:
        parent = np.array(self.parent, int)
        by_bot = np.array(self.by_bot, bool)
        spoke = [i for i, (own, bot) in enumerate(zip(self.counter, self.by_bot, strict=True)) if own and not bot]
        since = len(self.texts) - 1.0 - max(spoke) if spoke else np.inf
        columns = {
            "harm": harm(self.texts),
            "bot": by_bot,
            "counter": np.array(self.counter, bool),
            "countered": np.bincount(parent[by_bot & (parent >= 0)], minlength=len(parent)),
            "since": np.full(len(parent), since),
        }
        return {name: np.broadcast_to(np.asarray(of, float), (bots, len(parent))) for name, of in columns.items()}

    def seen(self, bots: Sequence[int], limit: int = 100, tick: int = 1) -> Observations:
        items = np.broadcast_to(np.arange(len(self.texts)), (len(bots), len(self.texts)))
        return Observations(
            tick, "bots", "counter", np.array(bots), limit, items, features=self.features(len(bots)),
            text=lambda item: self.texts[item],
        )  # fmt: skip


def before(comments: Sequence[str], bots: Sequence[int] = (7,), limit: int = 100, **features: Any) -> Observations:
    """Comments, all as harmful as their words say, before every bot."""
    items = np.broadcast_to(np.arange(len(comments)), (len(bots), len(comments)))
    said = {"harm": np.broadcast_to(harm(list(comments)), items.shape)}
    more = {name: np.broadcast_to(np.asarray(value, float), items.shape) for name, value in features.items()}
    return Observations(
        1, "bots", "counter", np.array(bots), limit, items, features=said | more, text=lambda item: comments[item]
    )
