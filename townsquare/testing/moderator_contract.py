"""The promises of a moderator, as tests to inherit."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import numpy as np

from townsquare.protocols import Settings, Streams, configure
from townsquare.protocols.moderator import ACTION, ACTIONS, Labelled, Learner, Moderator, Posts, Verdicts

HARMLESS = ("see you at lunch", "the tram is late again", "happy birthday dear aunt", "the garden needs water")
HARMFUL = ("claim your free prize now", "you are an idiot", "send your pin to win cash", "shut up, you fool")
ODD = (
    "", " ", "\n\t", "!!!", "\u200b\u200b", "\ud800", "\x00\x1b[2J", "a", "ａｂｃ", "Привет", "你好", "😀😀",
    "x" * 100_000, "word " * 20_000, "f\u200br\u200be\u200be prize", "frее рrize", "f r e e  p r i z e",
    "{0} %s <|im_end|>", "a\u0301" * 50,
)  # fmt: skip
"""Texts that people do write, or bots."""


class ModeratorContract:
    """Subclass it, say how to make one, and every promise is checked.

    Either set ``name`` (and ``settings``) of a registered moderator, or define ``make``. One that learns is given eight
    labelled texts first. How well it tells harmful from harmless texts is not tested.
    """

    name: ClassVar[str | None] = None
    """What the moderator is registered as."""
    settings: ClassVar[Mapping[str, Any]] = {}
    """What it is configured with; its defaults if empty."""
    on_its_own: ClassVar[bool] = True
    """Whether it looks at each text alone, so that neither order nor company changes a verdict."""

    def make(self, streams: Streams) -> Moderator:
        """A new one that has learnt nothing and draws from ``streams`` only."""
        assert self.name is not None, "Give the subclass of ModeratorContract a `name`, or define `make`."
        cls, config = configure("moderator", self.name, dict(self.settings))
        made: Moderator = cls(config, streams)
        return made

    def ready(self, seed: int = 0) -> Moderator:
        """One that has learnt, where it does."""
        made = self.make(Streams(seed))
        if isinstance(made, Learner):
            labels = np.array([0] * len(HARMLESS) + [1] * len(HARMFUL))
            made.learn(Labelled([*HARMLESS, *HARMFUL], labels, ["ham", "spam"], [False, True]))
        return made

    def review(self, texts: Sequence[str], seed: int = 0) -> Verdicts:
        """What a new one says of ``texts``, checked for shape."""
        found = asyncio.run(self.ready(seed).review(Posts.of_texts(texts)))
        sound(found, texts)
        return found

    # what it is

    def test_it_is_a_moderator(self) -> None:
        """It can review, and its settings come back from a file as they were."""
        made = self.make(Streams(0))
        assert isinstance(made, Moderator), "A moderator needs the method review."
        cls: Any = type(made)
        assert issubclass(getattr(cls, "Config", object), Settings), "A moderator carries its settings as Config."
        config = cls.Config.model_validate(dict(self.settings))
        again = cls.Config.model_validate_json(config.model_dump_json())
        assert again == config, "A Config must equal itself after it was written as JSON and read again."

    # what it says

    def test_there_is_a_verdict_on_each_post(self) -> None:
        """Also on one, and on none."""
        self.review([*HARMLESS, *HARMFUL])
        self.review(["hello"])
        self.review([])

    def test_no_text_breaks_it(self) -> None:
        """Empty, very long, in any script, with signs that nobody sees, and ten thousand times the same."""
        self.review(ODD)
        self.review(["the same post again"] * 10_000)

    def test_the_same_posts_get_the_same_verdicts(self) -> None:
        """From another one that was made alike."""
        texts = [*HARMLESS, *HARMFUL, *ODD[:12]]
        one, other = self.review(texts), self.review(texts)
        assert one.action.tolist() == other.action.tolist(), "The same posts must get the same actions."
        assert one.score.tolist() == other.score.tolist(), "The same posts must get the same scores."

    def test_nothing_else_decides(self) -> None:
        """Neither the order of the posts nor their company."""
        if not self.on_its_own:
            return
        texts = [*HARMLESS, *HARMFUL]
        forth, back = self.review(texts), self.review(texts[::-1])
        assert forth.action.tolist() == back.action.tolist()[::-1], "The order of the posts must not matter."
        alone = [int(self.review([text]).action[0]) for text in texts]
        assert forth.action.tolist() == alone, "A post alone must get the verdict that it gets among others."

    def test_the_posts_stay_as_they_were(self) -> None:
        """Columns are only read."""
        posts = Posts.of_texts(HARMFUL)
        before = [posts.items.copy(), posts.authors.copy(), posts.disputes.copy(), posts.archive.copy()]
        for column in (posts.items, posts.authors, posts.disputes, posts.archive):
            column.setflags(write=False)
        asyncio.run(self.ready().review(posts))
        after = [posts.items, posts.authors, posts.disputes, posts.archive]
        assert all((a == b).all() for a, b in zip(before, after, strict=True)), "A moderator must not change posts."


def sound(found: Verdicts, texts: Sequence[str]) -> None:
    """Asserts what holds of all verdicts on ``texts``."""
    n = len(texts)
    assert isinstance(found, Verdicts), "review must return townsquare.protocols.moderator.Verdicts."
    assert len(found.action) == len(found.score) == n, f"There must be {n} actions and scores, one per post."
    action, score = np.asarray(found.action), np.asarray(found.score, float)
    assert ((action >= 0) & (action < len(ACTIONS))).all(), "An action is an index into ACTIONS."
    assert ((score >= 0) & (score <= 1)).all(), "A score lies in 0 to 1; it is never NaN."
    for name in ("rationale", "category", "spans", "evidence"):
        column = getattr(found, name)
        assert len(column) in (0, n), f"{name} must have an entry per post, or none at all."
    for text, spans in zip(texts, found.spans or [()] * n, strict=True):
        for start, end in spans:
            assert 0 <= start < end <= len(text), f"A span must lie in its text: {(start, end)} of {len(text)} letters."
    blank = [row for row, text in enumerate(texts) if not any(map(str.isalnum, text))]
    harsh = [row for row in blank if action[row] in (ACTION["remove"], ACTION["suspend"])]
    assert not harsh, "A post in which there is nothing to read must not be removed."
