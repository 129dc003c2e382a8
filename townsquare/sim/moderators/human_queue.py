"""A moderator that is a person with time: what is doubtful is held, and waits in a queue on disk."""

from collections.abc import Callable
from typing import Any

import numpy as np
from pydantic import Field

from townsquare.protocols.asking import AskModel
from townsquare.protocols.moderator import ACTION, Labelled, Learner, Posts, Verdicts
from townsquare.protocols.registry import make
from townsquare.protocols.reviewing import reviewed
from townsquare.protocols.scenario import Use
from townsquare.protocols.settings import Settings
from townsquare.protocols.streams import Streams
from townsquare.sim.moderators.queue_file import QueueFile
from townsquare.sim.recommenders.remote import Courier


class HumanQueue:
    """Holds posts until a person has decided (``townsquare review QUEUE``); then says what was decided.

    With a ``first`` moderator only those posts wait that it would do something about, or abstains from; it may also be
    ``sure``. A decision counts from the first tick on in which the post is put before the moderator again, so it has
    an effect in towns that put held posts forward until they are settled. What was said of a tick stays said: a run
    that is resumed or replayed with its queue meets the same verdicts, whatever was decided since.
    """

    class Config(Settings):
        """Where posts wait, and which."""

        path: str = ""
        "The queue, an SQLite file; a run of its own each. Without one it is in memory, and nobody can decide."
        first: Use | None = None
        "A moderator that looks first; without one every post waits."
        sure: float = Field(default=1.0, gt=0.5, le=1)
        "What the first one scores above this is not held: it is done as it says; 1: all waits."

    config: Config
    learn: Callable[[Labelled], None]
    """The first moderator's; only there where that one learns."""
    ask: AskModel | None
    """Its way to a model; only there where it asks one, and set by whoever builds this."""
    courier: Courier | None
    """Its way to an agent elsewhere; only there where it is one, and set by the town."""

    def __init__(self, config: Config, streams: Streams) -> None:
        """Raises InputError for a file that is no queue."""
        self.config = config
        self.queue = QueueFile(config.path)
        self._first: Any = None
        if config.first is not None:
            self._first = make("moderator", config.first.name, config.first.settings(), streams)
        if isinstance(self._first, Learner):
            self.learn = self._first.learn
        if hasattr(self._first, "ask"):
            self.ask = None
        if hasattr(self._first, "courier"):
            self.courier = None

    async def review(self, posts: Posts) -> Verdicts:
        """``hold``, or what a person has decided."""
        for way in ("ask", "courier"):
            if hasattr(self, way):
                setattr(self._first, way, getattr(self, way))
        found = Verdicts.abstaining(len(posts)) if self._first is None else await reviewed(self._first, posts)
        action, score = np.array(found.action, np.int8), np.array(found.score, float)
        empty = [""] * len(posts)
        why, category = list(found.rationale or empty), list(found.category or empty)
        spans, evidence = list(found.spans or [()] * len(posts)), list(found.evidence or [()] * len(posts))
        with self.queue.at_once():
            for row, item in enumerate(posts.items.tolist()):
                settled = action[row] == ACTION["show"] or (
                    action[row] != ACTION["abstain"] and score[row] > self.config.sure
                )
                if settled:
                    continue
                told, note = self.queue.put(
                    posts.tick,
                    item,
                    int(posts.authors[row]),
                    posts.text(item),
                    score=float(score[row]),
                    category=category[row],
                    why=why[row],
                    spans=spans[row],
                    evidence=evidence[row],
                )
                action[row] = ACTION[told]
                why[row] = note or why[row]
                score[row] = score[row] if told == "hold" else float(told != "show")
        return Verdicts(action, score, why, category, spans, evidence)
