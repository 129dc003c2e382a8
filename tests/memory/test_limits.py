import pytest
from hypothesis import given
from hypothesis import strategies as st

from townsquare.memory.limits import LONGEST, Words, count, cut, excess
from townsquare.memory.stores.arrays import Arrays
from townsquare.protocols.memory import Entry, Scope, WordLimit


def test_words_are_counted():
    assert count("") == count(" \n ") == 0
    assert count("one  two\nthree") == 3
    assert count("x" * 20) == 1
    assert count("x" * 21) == 2, "a text without spaces has a length too"


def test_a_short_text_stays():
    assert cut(" as it  is. ", 3) == " as it  is. "


def test_a_long_text_ends_with_a_sentence():
    text = "She likes jazz. She (still) dislikes pop! And then there is a great deal more to say"
    assert cut(text, 9) == "She likes jazz. She (still) dislikes pop!"
    assert cut(text, 7) == "She likes jazz. She (still) dislikes pop!"
    assert cut("- likes jazz a lot\n- dislikes pop", 6) == "- likes jazz a lot"
    assert cut("He said “stop.” And more words follow here", 4) == "He said “stop.”"


def test_or_with_a_word_when_too_much_would_go():
    assert cut("Short. " + "word " * 50, 10) == "Short. " + "word " * 8 + "word…"
    assert cut("3.5 stars of 5 is what she gives to most", 4) == "3.5 stars of 5…"


def test_a_text_without_spaces_is_cut_too():
    assert cut("x" * 20 + " y", 1) == "x" * 19 + "…"
    assert cut("x" * 500, 2) == "x" * (2 * LONGEST - 1) + "…"
    assert cut("爵士乐很好听。" * 100, 3).startswith("爵士乐")


@given(
    st.text(st.sampled_from("ab .!?\n。…”)x"), max_size=300)
    | st.text(max_size=200)
    | st.lists(st.sampled_from(["x" * 19, "x" * 20, "x" * 41, "word", "end."])).map(" ".join),
    st.integers(1, 12),
)
def test_what_is_cut_fits(text, words):
    out = cut(text, words)
    assert count(out) <= words
    assert out == text or count(text) > words
    assert text.startswith(out.removesuffix("…").rstrip()) or text.lstrip().startswith(out.removesuffix("…"))
    if count(text) > words:
        assert out.strip()
        if max(map(len, text.split())) < LONGEST:
            assert count(out) * 2 >= words, "at least half of what is allowed is used"


def test_excess_says_how_much():
    assert excess("one two", 2) == excess("one two", None) == ""
    assert excess("one two three", 2) == "the text has 3 words; at most 2 are allowed"


@pytest.mark.parametrize(
    ("scope", "limit"),
    [
        (Scope(0, "books", "separated"), 150),
        (Scope(0, "books", "fused"), 180),
        (Scope(0), 60),
        (Scope(0, "books", "separated", "item"), 50),
        (Scope(0, "books", "group", "group"), None),
    ],
)
def test_limits_by_scope(scope, limit):
    assert Words().of(scope) == limit
    store = Arrays(Arrays.Config(), 2)
    store.write([Entry(scope, 0, "w " * (limit or 5000))])
    if limit:
        with pytest.raises(WordLimit, match=f"{limit + 1} words; at most {limit}"):
            store.write([Entry(scope, 0, "w " * (limit + 1))])
    assert len(store) == 1
    free = Arrays(Arrays.Config(words=Words(**dict.fromkeys(Words.model_fields))), 2)
    free.write([Entry(scope, 0, "w " * 5000)])
