import pytest

from townsquare.protocols.standpoints import STANDPOINTS, standpoint


@pytest.mark.parametrize(
    ("opinion", "words"),
    [(0, "strongly against"), (0.5, "neither for nor against"), (0.6, "somewhat for"), (1, "strongly for")],
)
def test_words_for_opinions(opinion, words):
    assert standpoint(opinion) == words


def test_seven_equal_stretches():
    found = [standpoint((k + 0.5) / 70) for k in range(70)]
    assert found == [words for words in STANDPOINTS for _ in range(10)]
