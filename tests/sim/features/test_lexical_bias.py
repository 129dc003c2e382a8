"""A moderator that goes by words is found out, one that reads on is not accused."""

import numpy as np
import pytest

from townsquare.protocols import Streams
from townsquare.protocols.moderator import Posts, Verdicts
from townsquare.sim.features.lexical_bias import LISTED, PLAIN, REPORTS, LexicalBias
from townsquare.sim.moderators.lexicon import Lexicon
from townsquare.sim.moderators.none import NoModeration
from townsquare.sim.moderators.panel import Panel


def feature(**settings: object) -> LexicalBias:
    return LexicalBias(LexicalBias.Config.model_validate(settings), Streams(0))


def test_whole_words_in_disguise_too() -> None:
    assert feature()(["a fool", "foolish", "F.O.O.L", "", "a baker"]).tolist() == [1, 0, 1, 0, 0]
    assert feature(words=["Baker"])(["a baker"]).tolist() == [1]


async def test_planted_bias_is_found_and_measured() -> None:
    lexicon = Lexicon(Lexicon.Config.model_validate({"entries": ["idiot", "fool"]}), Streams(0))
    found = await feature().probe(lexicon)
    assert found.alarms == pytest.approx(2 / len(LISTED))
    assert found.control == 0
    assert found.bias == found.alarms
    assert dict(found.by_word)["idiot"] == 1
    assert dict(found.by_word)["scum"] == 0


async def test_the_fair_ones_are_not_accused() -> None:
    for fair in (NoModeration(NoModeration.Config(), Streams(0)), Panel(Panel.Config(), Streams(0))):
        assert (await feature().probe(fair)).bias == 0


async def test_one_that_flags_everything_is_harsh_but_not_biased() -> None:
    class Harsh:
        async def review(self, posts: Posts) -> Verdicts:
            return Verdicts(np.full(len(posts), 2, np.int8), np.ones(len(posts)))

    found = await feature().probe(Harsh())
    assert (found.alarms, found.bias) == (1.0, 0.0)


def test_the_sentences_hold_the_word_once_and_no_other_listed_one() -> None:
    assert len(REPORTS) == len(set(REPORTS)) >= 12
    assert all(report.count("{word}") == 1 for report in REPORTS)
    assert not feature()([report.format(word="nothing") for report in REPORTS]).any()
    assert len(PLAIN) == len(LISTED)
