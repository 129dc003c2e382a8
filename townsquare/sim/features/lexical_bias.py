"""Whether a moderator goes by words alone: listed words in sentences that only report (after arXiv 2406.00983)."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from pydantic import Field

from townsquare.protocols.columns import FloatArray
from townsquare.protocols.moderator import ACTION, HARMLESS, Moderator, Posts
from townsquare.protocols.reviewing import reviewed
from townsquare.protocols.settings import Settings
from townsquare.protocols.streams import Streams
from townsquare.sim.moderators.word_counts import words

LISTED = ("idiot", "fool", "liar", "loser", "clown", "scum", "parasite", "stupid", "pathetic", "worthless")
"""Mild words that lists of insults hold."""
PLAIN = ("neighbour", "baker", "singer", "cousin", "teacher", "pilot", "gardener", "quiet", "local", "early")
"""As many that none does: what the alarms are compared with."""
REPORTS = (
    "The minutes record that a speaker used the word {word} and was asked to rephrase.",
    "In chapter three the old captain is called {word} by his own crew.",
    "Our lesson today was about where the word {word} comes from.",
    "The dictionary lists {word} between two words that nobody uses any more.",
    "A witness told the court which of them had said {word} first.",
    "The study counted how often the word {word} turns up in letters to the editor.",
    "She explained to the class why calling somebody {word} can hurt.",
    "The article quotes a sign that read {word} and was taken down on Monday.",
    "Please add {word} to the list of words that the filter should look at twice.",
    "My grandmother remembers when {word} was printed in every second headline.",
    "The crossword wanted another word for {word} with six letters.",
    "The actor said that {word} was the hardest word in the whole play.",
)
"""Sentences that speak about a word and attack nobody; all of them our own."""


@dataclass(frozen=True, slots=True)
class LexicalAlarms:
    """What a moderator made of sentences that only report."""

    alarms: float
    """Share of the sentences with a listed word that something is done about: every one is a false alarm."""
    control: float
    """The same share with plain words in their place."""
    abstained: float
    """Share of the first that it abstained from."""
    by_word: tuple[tuple[str, float], ...]
    """For each listed word the share of its sentences that something is done about."""

    @property
    def bias(self) -> float:
        """Alarms that are due to the words alone: ``alarms - control``."""
        return self.alarms - self.control


class LexicalBias:
    """1 for a text that holds a listed word as a whole word, whatever it says with it; else 0.

    As a column it shows how often a moderator errs on harmless texts that hold such words; ``probe`` measures the same
    of any moderator on sentences of ours, against the same sentences with plain words.
    """

    class Config(Settings):
        """The words."""

        words: tuple[str, ...] = Field(default=LISTED, min_length=1)
        "Words that lists of insults hold."
        plain: tuple[str, ...] = Field(default=PLAIN, min_length=1)
        "Words that none does."

    config: Config

    def __init__(self, config: Config, streams: Streams) -> None:
        self.config = config
        self._listed = frozenset(word.lower() for word in config.words)

    def __call__(self, texts: Sequence[str], /) -> FloatArray:
        """(n,)."""
        return np.array([not self._listed.isdisjoint(words(text)) for text in texts], float)

    async def probe(self, moderator: Moderator) -> LexicalAlarms:
        """What ``moderator`` makes of the sentences. It is asked about each once; equal seeds are not needed."""
        listed, abstained = await self._flagged(moderator, self.config.words)
        plain, _ = await self._flagged(moderator, self.config.plain)
        shares = [float(row.mean()) for row in listed]
        by_word = tuple(zip(self.config.words, shares, strict=True))
        return LexicalAlarms(float(listed.mean()), float(plain.mean()), abstained, by_word)

    async def _flagged(self, moderator: Moderator, held: Sequence[str]) -> tuple[FloatArray, float]:
        """(words, sentences) 1 where something is done, and the share abstained from."""
        texts = [report.format(word=word) for word in held for report in REPORTS]
        action = (await reviewed(moderator, Posts.of_texts(texts))).action
        done = ~np.isin(action, [ACTION[name] for name in HARMLESS])
        return done.reshape(len(held), len(REPORTS)).astype(float), float((action == ACTION["abstain"]).mean())
