"""What scripted authors of four kinds say."""

import numpy as np

from townsquare.agents.minds.author_words import DRAWS, author_words, harm_of
from townsquare.protocols.post_kinds import KIND, KINDS
from townsquare.protocols.streams import Streams
from townsquare.sim.moderators.harm_words import read


def said(kind: str, n: int = 200, *, part: bool = False) -> list[str]:
    numbers = Streams(0).uniform("test", 0, np.arange(n)[:, None], np.arange(DRAWS))
    return author_words(np.full(n, KIND[kind]), numbers, part=part)


def test_every_kind_says_much_and_nothing_is_left_to_fill_in() -> None:
    for kind in KINDS:
        texts = said(kind)
        assert len(set(texts)) > 150
        assert not any("{" in text for text in texts)


def test_kinds_share_no_sentence() -> None:
    sentences = [{s for text in said(kind) for s in text.split(". ")} for kind in KINDS]
    for one in range(4):
        for other in range(one):
            assert not sentences[one] & sentences[other]


def test_harm_words_tell_most_attacks_and_mistake_few_others() -> None:
    found = {kind: np.mean([read(text).score >= 0.6 for text in said(kind)]) for kind in KINDS}
    assert found["toxic"] > 0.6
    assert 0 < found["benign"] < 0.2  # some sound like another kind
    assert found["spam"] < 0.1


def test_who_learns_meets_sentences_that_it_has_not_seen() -> None:
    seen, all_of_them = ({text.split(". ")[-1] for text in said("negative", part=part)} for part in (True, False))
    assert seen < all_of_them


def test_the_last_number_below_one_is_a_sentence_too() -> None:
    assert author_words(np.array([2]), np.full((1, DRAWS), 1 - 2**-53))


def test_harm_goes_by_kind() -> None:
    ends = [harm_of(np.arange(4), np.full(4, draw)).tolist() for draw in (0.0, 1.0)]
    assert ends == [[0.0, 0.1, 0.0, 0.6], [0.1, 0.3, 0.1, 1.0]]
