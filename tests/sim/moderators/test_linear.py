"""Words have weights that are learnt; those that speak most for harm are pointed at."""

import numpy as np
import pytest

from tests.sim.moderators.labelled_texts import examples
from townsquare.protocols import InputError, Streams
from townsquare.protocols.moderator import ACTION, Posts
from townsquare.sim.moderators.disguises import disguised
from townsquare.sim.moderators.linear import Linear, features


def moderator(**settings: object) -> Linear:
    made = Linear(Linear.Config.model_validate(settings), Streams(0))
    made.learn(examples())
    return made


async def test_spans_are_where_they_say() -> None:
    text = "Hello! Claim your FREE prize now"
    verdicts = await moderator().review(Posts.of_texts([text, "see you at lunch"]))
    assert verdicts.action.tolist() == [ACTION["remove"], ACTION["show"]]
    found = {text[span.start : span.end].lower() for span in verdicts.spans[0]}
    assert "free" in found or "prize" in found
    assert verdicts.spans[1] == ()


async def test_letters_that_are_two_when_small_move_no_span() -> None:
    text = "İİİİ claim your FREE prize"
    (spans,) = (await moderator().review(Posts.of_texts([text]))).spans
    assert {text[span.start : span.end].lower() for span in spans} <= {"claim", "your", "free", "prize"}
    assert len(spans) == 3


async def test_disguises_do_not_help() -> None:
    made, rng = moderator(), np.random.default_rng(0)
    for how in ("look-alikes", "invisible signs", "letters apart"):
        text = disguised("claim your free prize now call 09061701461", how, rng, 0.5)
        assert text != "claim your free prize now call 09061701461"
        assert (await made.review(Posts.of_texts([text]))).action[0] == ACTION["remove"], how


async def test_evasion_in_bulk_breaks_nothing() -> None:
    texts = ["free prize " * 100_000, "", "same text", *["same text"] * 9_999, "\ud800", "\x00", "\u202e free"]
    verdicts = await moderator().review(Posts.of_texts(texts))
    assert len(verdicts.action) == len(texts)
    assert verdicts.action[1] == ACTION["abstain"]
    assert len(set(verdicts.action[2:10_002].tolist())) == 1


def test_features_beside_words() -> None:
    assert features("CALL 80086 at www.x.com, 150p") == [
        "call", "80086", "at", "ww", "x", "com", "150p", "NUMBER 5", "MIXED 0a", "LENGTH 1", "CAPITALS", "LINK",
    ]  # fmt: skip


def test_one_kind_only() -> None:
    with pytest.raises(InputError, match="there is no harmful one"):
        Linear(Linear.Config(), Streams(0)).learn(examples().where(np.arange(3)))
