"""Pairs that share a word: a filter by keywords tells none apart, one that looks at what is said does better."""

import numpy as np

from townsquare.evaluate.over_association import association_row, flagged_pairs
from townsquare.protocols import Streams
from townsquare.sim.data.confusable import Pair, pairs
from townsquare.sim.moderators.lexicon import Lexicon
from townsquare.sim.moderators.panel import Panel


async def test_a_filter_by_keywords_tells_no_pair_apart() -> None:
    keywords = [pair.keyword for pair in pairs()]
    lexicon = Lexicon(Lexicon.Config.model_validate({"entries": keywords}), Streams(0))
    row = association_row("lexicon", [await flagged_pairs(lexicon, pairs())])
    assert row["found"] == 1
    assert row["over_association"] == 1
    assert row["told_apart"] == 0
    assert row["pairs"] == len(pairs())


async def test_a_panel_by_words_flags_less_that_is_harmless() -> None:
    row = association_row("panel", [await flagged_pairs(Panel(Panel.Config(), Streams(0)), pairs())])
    assert row["over_association"] <= 0.26  # of the keyword filter's 1: the published cut, as a target
    assert row["told_apart"] > 0.1


def test_shares_by_hand() -> None:
    """Flagged: both, the first, none, the second; the last is abstained from in one of two seeds."""
    first = np.array([[1, 1, 0], [1, 0, 0], [0, 0, 0], [0, 1, 0]], bool)
    second = first.copy()
    second[3] = [False, False, True]
    row = association_row("x", [first, second])
    assert (row["found"], row["over_association"], row["told_apart"]) == (0.5, 0.375, 0.25)
    assert row["abstained"] == 1 / 8
    assert row["found_low"] < 0.5 < row["found_high"]


async def test_what_is_asked_is_each_text_once() -> None:
    class Counting(Lexicon):
        seen = 0

        def classify(self, texts):  # type: ignore[no-untyped-def]
            self.seen += len(texts)
            return super().classify(texts)

    made = Counting(Lexicon.Config.model_validate({"entries": ["x"]}), Streams(0))
    found = await flagged_pairs(made, [Pair("x", "y"), Pair("...", "x")])
    assert made.seen == 3  # of the four texts two are equal
    assert found.tolist() == [[True, False, False], [False, True, True]]


def test_ours_are_pairs() -> None:
    texts = [text for pair in pairs() for text in (pair.harmful, pair.confusable)]
    assert len(texts) == len(set(texts)) >= 80
