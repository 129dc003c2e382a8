"""Words are the same whichever way they are found."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from townsquare.sim.moderators.linear import _about, _of_piece, features
from townsquare.sim.moderators.normalise import normalised
from townsquare.sim.moderators.word_counts import _WORD, Pieces, Reader, Vocabulary, words


@given(st.text(alphabet="abefr013@$!.- \n\t'", max_size=60))
@example("f r.e e a b c d")
@example("i r u a b")
def test_pieces_one_by_one_give_what_the_whole_text_gives(text: str) -> None:
    assert words(text) == _WORD.findall(normalised(text))


@given(st.text(alphabet="aab É£ü–’“€…\x92.1", max_size=40))
@example("É t é 2 u")
@example("x.y z.w")
@example("x.é z-w")
@example("x… y z w … v")
@example("Ücall üs Ä.b.c.d")
def test_accents_and_signs_change_their_own_piece_only(text: str) -> None:
    assert words(text) == _WORD.findall(normalised(text))


@given(st.lists(st.text(alphabet="abfr01@!. É£ü\u200bаο2²", max_size=30), max_size=5))
def test_a_reader_counts_what_is_in_the_whole_texts(texts: list[str]) -> None:
    vocabulary = Vocabulary(words(text) for text in [*texts[:3], "a b fr a1"])
    want = vocabulary.counts([words(text) for text in texts]).toarray()
    assert (Reader(vocabulary).counts(texts).toarray() == want).all()
    of_features = Vocabulary(features(text) for text in texts[:3])
    want = of_features.counts([features(text) for text in texts]).toarray()
    assert (Reader(of_features, features, _of_piece, _about).counts(texts).toarray() == want).all()


def test_long_pieces_and_many_are_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("townsquare.sim.moderators.word_counts._SEEN", 2)
    read: list[str] = []
    kept = Pieces(lambda piece: read.append(piece) or [piece])  # type: ignore[func-returns-value]
    for piece in ("a", "a", "b", "x" * 50, "c", "a"):
        assert kept[piece] == (piece,)
    assert read == ["a", "b", "x" * 50, "c", "a"]
    assert len(kept) == 2


def test_counts_leave_out_what_is_not_known() -> None:
    vocabulary = Vocabulary([["a", "b"], ["a"]], least=2)
    assert len(vocabulary) == 1
    assert vocabulary.counts([["a", "c", "a"], [], ["b"]]).toarray().tolist() == [[2.0], [0.0], [0.0]]


def test_no_texts() -> None:
    assert Vocabulary([]).counts([]).shape == (0, 1)
