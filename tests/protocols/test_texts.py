import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from townsquare.protocols.texts import pack, printable, unpack


@given(st.lists(st.text(st.characters(exclude_categories=()))))
def test_texts_come_back_as_they_were(texts: list[str]) -> None:
    coded, ends = pack(texts)
    assert coded.dtype == np.uint8
    assert unpack(coded, ends) == texts


def test_half_a_surrogate_pair_becomes_a_question_mark():
    assert printable("a\ud83db é") == "a?b é"
