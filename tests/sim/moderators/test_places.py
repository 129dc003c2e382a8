"""The slow reading gives what the fast one gives, and knows where it came from."""

import random

import numpy as np
import pytest

from townsquare.sim.moderators.disguises import DISGUISES, disguised
from townsquare.sim.moderators.normalise import normalised
from townsquare.sim.moderators.places import placed

TEXTS = [
    "You are a TERRIBLE person, win100 now fr33!", "straße ﬁne Ⅷ b.a.d.l.y and b a d l y sooooo baaaaad", "",
    "Привет мир, это spаm", "ΟΔΥΣΣΕΥΣ Σ", "İstanbul ǅ 한국어 각 ㅤ", "a\u0301\u0301\u200bb \ufb03 x", "\u200b\u200bq",
]  # fmt: skip


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("how", ["as written", *DISGUISES])
def test_the_same_as_the_fast_reading(text: str, how: str) -> None:
    for share in (0.1, 1.0):
        said = text if how == "as written" else disguised(text, how, np.random.default_rng(1), share)
        found = placed(said)
        assert found.text == normalised(said)
        assert len(found.starts) == len(found.ends) == len(found.text)
        assert list(found.starts) == sorted(found.starts)


def test_the_same_for_any_letters() -> None:
    draw = random.Random(1)
    ranges = [(32, 127), (32, 127), (0xA0, 0x3000), (0xAC00, 0xD7A0), (0xF900, 0xFFFF), (0x200B, 0x200C), (97, 99)]
    for _ in range(2_000):
        text = "".join(chr(draw.randrange(*draw.choice(ranges))) for _ in range(draw.randrange(25)))
        assert placed(text).text == normalised(text), repr(text)


@pytest.mark.parametrize(
    ("text", "word", "stands"),
    [
        ("so BAD", "bad", "BAD"),
        ("so b.a-d_d", "badd", "b.a-d_d"),
        ("so baaaad!", "baad", "baaaad"),
        ("so badddd", "badd", "badddd"),
        ("so b\u200bа\u0301d\u200b!", "bad", "b\u200bа\u0301d\u200b"),
        ("the of\ufb01ce", "office", "of\ufb01ce"),
    ],
)
def test_places_are_those_of_the_text_as_it_was_written(text: str, word: str, stands: str) -> None:
    found = placed(text)
    at = found.text.index(word)
    start, end = found.span(at, at + len(word))
    assert text[start:end] == stands
