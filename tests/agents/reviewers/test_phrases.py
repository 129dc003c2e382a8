"""Sentences with places to fill."""

from itertools import cycle, repeat

import pytest

from townsquare.agents.reviewers.phrases import (
    DRAWS,
    JUDGED,
    TONES,
    comparing,
    composed,
    filled,
    level_of,
    parsed,
    tasting,
)


@pytest.mark.parametrize(("share", "level"), [(0, 0), (0.1, 0), (0.25, 1), (0.5, 2), (0.75, 3), (1, 4)])
def test_levels_of_a_scale(share: float, level: int) -> None:
    assert level_of(share) == level


def test_a_pattern_is_filled_and_begins_with_a_capital() -> None:
    pattern = parsed("{a}, {b} and {ok}.")
    assert filled(pattern, 0, ["oaken", "brisk"], repeat(0.0)) == "Oaken, brisk and awful."
    assert filled(pattern, 4, ["oaken", "brisk"], repeat(0.0)) == "Oaken, brisk and superb."


@pytest.mark.parametrize("level", range(5))
def test_what_is_said_is_true_to_the_rating(level: int) -> None:
    others = {word for tone, words in zip(TONES, JUDGED, strict=True) if tone != TONES[level] for word in words}
    for start in range(60):
        opening, *_ = composed(level, ["oaken", "brisk"], iter([(start * 0.37 + n * 0.61) % 1 for n in range(DRAWS)]))
        assert any(word in opening.lower() for word in JUDGED[level])
        assert not any(f" {word}." in opening.lower() for word in others if word not in JUDGED[level])


def test_without_words_nothing_is_said_about_the_thing() -> None:
    assert len(composed(3, [], repeat(0.9))) == 1
    assert len(composed(3, ["oaken", "brisk"], repeat(0.9))) == 2
    assert len(composed(3, ["oaken", "brisk"], repeat(0.1))) == 3


def test_asides_carry_their_words() -> None:
    draws = cycle([0.05, 0.35, 0.65, 0.95])
    for _ in range(20):
        assert "oaken and brisk" in tasting(True, "oaken and brisk", draws).lower()
        assert "oaken" in tasting(False, "oaken", draws).lower()
        assert "oaken" in comparing(3, "oaken", draws)
    assert comparing(-2, "oaken", repeat(0.0)) == "I was fonder of the oaken one."
