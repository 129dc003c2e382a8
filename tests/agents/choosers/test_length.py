"""At most so many words, whatever the model writes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from townsquare.agents.choosers.length import AtMost, count, cut
from townsquare.memory.limits import count as counted_by_memory


class Said(BaseModel):
    text: str


def at_most(limit: int) -> AtMost[Said]:
    return AtMost(lambda answer: {"text": answer.text}, limit)


@given(st.text(), st.integers(1, 30))
def test_a_cut_text_fits_and_counts_as_memories_count(text: str, limit: int) -> None:
    assert count(text) == counted_by_memory(text)
    assert count(cut(text, limit)) <= limit
    if count(text) <= limit:
        assert cut(text, limit) == text.strip()


@pytest.mark.parametrize(
    ("text", "limit", "expected"),
    [
        ("one  two\nthree", 3, "one  two\nthree"),
        ("one  two\nthree four", 3, "one two three"),
        ("x" * 50, 2, "x" * 40),
        ("one " + "x" * 50, 2, "one"),
        ("", 1, ""),
    ],
)
def test_cut(text: str, limit: int, expected: str) -> None:
    assert cut(text, limit) == expected


def test_a_long_text_is_refused_once() -> None:
    check = at_most(2)
    assert check(Said(text="a b")) == ""
    assert check(Said(text="a b c")) == "text has 3 words, and at most 2 are allowed"
    assert check.long == Said(text="a b c")
    assert check(Said(text="a b c d")) == ""


def test_an_empty_text_is_refused_always() -> None:
    check = at_most(2)
    assert [check(Said(text=" \n")) for _ in range(3)] == ["text is empty"] * 3
    assert check.long is None
