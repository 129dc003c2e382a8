"""Words are the same whichever way they are found."""

from hypothesis import example, given
from hypothesis import strategies as st

from townsquare.sim.moderators.normalise import normalised
from townsquare.sim.moderators.word_counts import _WORD, Vocabulary, words


@given(st.text(alphabet="abefr013@$!.- \n\t'", max_size=60))
@example("f r.e e a b c d")
@example("i r u a b")
def test_pieces_one_by_one_give_what_the_whole_text_gives(text: str) -> None:
    assert words(text) == _WORD.findall(normalised(text))


def test_counts_leave_out_what_is_not_known() -> None:
    vocabulary = Vocabulary([["a", "b"], ["a"]], least=2)
    assert len(vocabulary) == 1
    assert vocabulary.counts([["a", "c", "a"], [], ["b"]]).toarray().tolist() == [[2.0], [0.0], [0.0]]


def test_no_texts() -> None:
    assert Vocabulary([]).counts([]).shape == (0, 1)
