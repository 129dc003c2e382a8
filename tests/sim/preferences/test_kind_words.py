"""The words by which readers' filters know kinds of posts."""

from townsquare.protocols.post_kinds import KINDS
from townsquare.sim.moderators.word_counts import words
from townsquare.sim.preferences.kind_words import WORDS


def test_every_kind_but_the_benign_has_some_and_none_is_of_two() -> None:
    assert set(WORDS) == set(KINDS) - {"benign"}
    entries = [entry for held in WORDS.values() for entry in held]
    assert len(set(entries)) == len(entries)
    assert all(words(entry) for entry in entries)
