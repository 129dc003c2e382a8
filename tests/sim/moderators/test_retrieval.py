"""The labelled texts most like a post vote, and are named."""

import numpy as np
import pytest

from tests.sim.moderators.labelled_texts import examples
from townsquare.protocols import InputError, Streams
from townsquare.protocols.moderator import ACTION, Labelled, Posts
from townsquare.sim.moderators.retrieval import Retrieval


def moderator(**settings: object) -> Retrieval:
    made = Retrieval(Retrieval.Config.model_validate(settings), Streams(0))
    made.learn(examples())
    return made


async def test_texts_like_spam_are_removed_and_say_why() -> None:
    verdicts = await moderator().review(Posts.of_texts(["a free prize for you, call now", "lunch at home today?"]))
    assert verdicts.action.tolist() == [ACTION["remove"], ACTION["show"]]
    assert list(verdicts.category) == ["spam", "ham"]
    assert verdicts.evidence[0][0].startswith("you have won a free prize")
    assert verdicts.score[0] > 0.5 > verdicts.score[1]


async def test_what_shares_no_word_with_any_example_is_abstained_from() -> None:
    verdicts = await moderator().review(Posts.of_texts(["xylophone quartz", "", "...", "\u200b"]))
    assert verdicts.action.tolist() == [ACTION["abstain"]] * 4
    assert (verdicts.score == 0.5).all()


async def test_bm25_by_hand() -> None:
    """Two examples of one word each; the idf is ln(1 + (2 - 1 + .5) / (1 + .5)) = ln 2, lengths are the mean."""
    made = Retrieval(Retrieval.Config(nearest=1), Streams(0))
    made.learn(Labelled(["good", "bad"], np.array([0, 1]), ["ham", "spam"], [False, True]))
    verdicts = await made.review(Posts.of_texts(["bad bad good"]))
    assert verdicts.score[0] == pytest.approx(2 / 3)


async def test_another_action() -> None:
    verdicts = await moderator(action="label").review(Posts.of_texts(["claim your free prize now"]))
    assert verdicts.action.tolist() == [ACTION["label"]]


async def test_nobody_taught_it() -> None:
    with pytest.raises(InputError, match="learns from labelled texts before"):
        await Retrieval(Retrieval.Config(), Streams(0)).review(Posts.of_texts(["hello"]))


async def test_nothing_to_review() -> None:
    assert len((await moderator().review(Posts.of_texts([]))).action) == 0


def test_examples_of_one_kind_only() -> None:
    with pytest.raises(InputError, match="there is no harmful one"):
        Retrieval(Retrieval.Config(), Streams(0)).learn(examples().where(np.arange(4)))
