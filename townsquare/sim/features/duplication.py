"""How much of a text stands in another one word by word."""

from collections import Counter
from collections.abc import Sequence

import numpy as np
from pydantic import Field

from townsquare.protocols.columns import FloatArray
from townsquare.protocols.settings import Settings
from townsquare.protocols.streams import Streams
from townsquare.sim.word_runs import word_runs, words


class Duplication:
    """Share of a text's runs of five words that some other of the texts has too; of equal texts all score 1.

    A text with fewer words than a run has one run, the whole of it; NaN for a text without words.
    """

    class Config(Settings):
        """What counts as copied."""

        run: int = Field(default=5, ge=1)
        "Words in a row."

    config: Config

    def __init__(self, config: Config, streams: Streams) -> None:
        self.config = config

    def __call__(self, texts: Sequence[str], /) -> FloatArray:
        """(n,)."""
        runs = [word_runs(words(text), self.config.run) for text in texts]
        held = Counter(run for found in runs for run in found)
        shares = [np.nan if not found else sum(held[run] > 1 for run in found) / len(found) for found in runs]
        return np.array(shares, float)
