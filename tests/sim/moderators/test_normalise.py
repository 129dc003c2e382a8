"""Disguises that can be told from ordinary writing are taken off; ordinary writing stays what it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from townsquare.sim.moderators.normalise import LONGEST, normalised


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("FREE m0ney!!!", "free money!!!"),
        ("fr33 v1agra", "free viagra"),
        ("\u0405\u0435xy \u0440ay", "sexy pay"),
        ("fr\u200bee c\u00adash", "free cash"),
        ("f r e e  c.a.s.h now", "free  cash now"),
        ("sooooo goooood", "soo good"),
        ("\uff26\uff32\uff25\uff25", "free"),
        ("wh@t the h3ll", "what the hell"),
        ("", ""),
    ],
)
def test_disguises_come_off(text: str, read: str) -> None:
    assert normalised(text) == read


@pytest.mark.parametrize(
    "text", ["i am 10am 2nd g8 b4", "win100", "привет мир", "καλημερα", "call 08452810075 now", "a b"]
)
def test_ordinary_writing_stays(text: str) -> None:
    assert normalised(text) == text


def test_only_the_beginning_of_a_very_long_text_is_read() -> None:
    assert len(normalised("ab" * 10 * LONGEST)) == LONGEST


@given(st.text(max_size=200))
def test_nothing_breaks_it(text: str) -> None:
    assert isinstance(normalised(text), str)
