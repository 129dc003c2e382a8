"""Finds what else was written about the same thing."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from townsquare.protocols.ioa.cards import Card
from townsquare.protocols.ioa.messages import Task
from townsquare.protocols.memory import Embedder

CARD = Card(
    name="retriever",
    description="Searches an archive for articles about the same event as a given article.",
    capabilities=("find articles about the same event",),
)
_REMEMBERED = 20_000
"""Texts whose vectors are kept."""


class Retriever:
    """Nearest texts by embedding; behavioural, no language model.

    Input ``{"post": {"id", "text"}, "archive": [{"id", "text"}, ...], "count": n}``; output ``{"found": [{"id",
    "text"}, ...]}``, best first, ties to the earlier in the archive, the post left out. Empty when the archive is.
    """

    def __init__(self, embedder: Embedder) -> None:
        self.embedder = embedder
        self._vectors: dict[str, NDArray[np.float32]] = {}

    async def run(self, task: Task) -> Mapping[str, Any]:
        """The articles that are most like the post."""
        post, count = task.input["post"], int(task.input["count"])
        others = [one for one in task.input["archive"] if one["id"] != post["id"]]
        if not others:
            return {"found": []}
        vectors = self._embed([post["text"], *(one["text"] for one in others)])
        likeness = np.round((vectors[1:] @ vectors[0]).astype(np.float64), 6)  # BLAS may differ in the last digits
        best = np.argsort(-likeness, kind="stable")[:count]
        return {"found": [others[row] for row in best.tolist()]}

    def _embed(self, texts: list[str]) -> NDArray[np.float32]:
        """An archive comes again with every article that is looked into."""
        if len(self._vectors) > _REMEMBERED:
            self._vectors.clear()
        new = [text for text in dict.fromkeys(texts) if text not in self._vectors]
        if new:
            self._vectors.update(zip(new, self.embedder.embed(new), strict=True))
        return np.stack([self._vectors[text] for text in texts])
