"""How little a title has to do with its text: a sign of clickbait (after arXiv 2408.08538; the formula is ours)."""

from collections.abc import Sequence

import numpy as np
from pydantic import Field

from townsquare.protocols.columns import FloatArray, steady
from townsquare.protocols.registry import make
from townsquare.protocols.scenario import Use
from townsquare.protocols.settings import Settings
from townsquare.protocols.streams import Streams


class TitleBodyGap:
    """1 - cosine of title and body, within 0 and 1; the title is what stands before the first ``separator``.

    NaN for a text without a title or without a body. With the default embedder it sees shared words only, so that a
    title in other words than its text has a gap too; ``minilm`` or ``openai`` see what is meant.
    """

    class Config(Settings):
        """How a text is cut, and compared."""

        separator: str = Field(default="\n", min_length=1)
        "What stands between title and body."
        embedder: Use = Use(name="hashing")
        "What makes vectors of both."

    config: Config

    def __init__(self, config: Config, streams: Streams) -> None:
        self.config = config
        self._embedder = make("embedder", config.embedder.name, config.embedder.settings(), streams)

    def __call__(self, texts: Sequence[str], /) -> FloatArray:
        """(n,)."""
        parts = [text.partition(self.config.separator) for text in texts]
        rows = [row for row, (title, _, body) in enumerate(parts) if title.strip() and body.strip()]
        gaps = np.full(len(texts), np.nan)
        if rows:
            titles = np.asarray(self._embedder.embed([parts[row][0] for row in rows]), float)
            bodies = np.asarray(self._embedder.embed([parts[row][2] for row in rows]), float)
            gaps[rows] = steady(np.clip(1 - (titles * bodies).sum(axis=1), 0, 1), 6)
        return gaps
