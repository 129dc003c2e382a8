"""Words that tell something."""

import pytest

from townsquare.agents.reviewers.words import names, telling, words


def test_words_are_small_and_in_order() -> None:
    assert words("The TRAM, a tram's bell: 3 times!") == ["the", "tram", "a", "tram's", "bell", "times"]


def test_telling_words_come_once_and_are_not_common() -> None:
    assert telling("The oaken tram and another oaken bell of item 12, category 3") == ["oaken", "tram", "bell"]
    assert telling("") == []


@pytest.mark.parametrize(
    ("text", "title", "found"),
    [
        ("I saw toy story, twice.", "Toy Story", True),
        ("A story of a toy.", "Toy Story", False),
        ("Toy Stories", "Toy Story", False),
        ("In 1984 I was young", "1984", True),
        ("It was before and after dinner", "It", False),
        ("I saw the Scarlet Letter", "Scarlet Letter, The", True),
        ("a scarlet letter", "The Scarlet Letter", True),
        ("a letter", "The Scarlet Letter", False),
        ("anything", "", False),
        ("the", "The", False),
    ],
)
def test_a_title_is_named_only_as_a_whole(text: str, title: str, found: bool) -> None:
    assert names(text, title) is found
