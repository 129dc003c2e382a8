"""Statements out of the bank."""

import numpy as np
import pytest

from tests.agents.debaters.seats import ANN, CONCLUSION, OPENING, PENNY, REBUTTAL, rows
from townsquare.agents.debaters.bank import bank
from townsquare.agents.debaters.leaks import words_of
from townsquare.agents.debaters.situation import situation
from townsquare.agents.debaters.writing import Writer, snippet
from townsquare.protocols import Streams

TEXTS = {one.text: one for entry in bank().entries.values() for side in entry.arguments.values() for one in side}


def argument(text: str) -> str:
    """The argument of the bank that a statement holds."""
    (found,) = [one for one in TEXTS if one in text]
    return found


def written(tick: int, *lying: list[tuple[str, str]], side: int = 1, seed: int = 0) -> list[str]:
    seen = rows("argue", tick, *lying, side=side)
    return Writer(Streams(seed), 2.0).write([situation(seen.row(i)) for i in range(len(seen))], seen.seats, tick)


def test_nothing_is_said_twice_in_a_debate() -> None:
    for topic in (entry.text for entry in bank().entries.values()):
        for side in (1, -1):
            said = [written(tick, *[[("topic", topic)]] * 20, side=side) for tick in (OPENING, REBUTTAL, CONCLUSION)]
            for turns in zip(*said, strict=True):
                assert len({argument(text) for text in turns}) == 3


def test_a_rebuttal_quotes_the_opponent() -> None:
    lying = [("topic", PENNY), ("own", "a"), ("opponent", "Coins are heavy and nobody wants to carry them about.")]
    (text,) = written(REBUTTAL, lying)
    assert "“Coins are heavy and nobody wants to carry them …”" in text
    (silent,) = written(REBUTTAL, [("topic", PENNY), ("own", "a"), ("opponent", "(wrote nothing)")])
    assert "“" not in silent
    assert argument(silent) == argument(text)


def test_the_same_agent_says_the_same_whoever_else_debates() -> None:
    alone = written(OPENING, [("topic", PENNY)])
    among = written(OPENING, *[[("topic", PENNY)]] * 40)
    assert among[0] == alone[0]
    assert len(set(among)) > 5
    assert (
        written(OPENING, [("topic", PENNY)], seed=1) != alone or written(OPENING, [("topic", PENNY)], seed=2) != alone
    )


def test_a_profile_brings_forward_what_speaks_to_it() -> None:
    told = [("topic", PENNY), ("profile", ANN)]
    fit = {
        name: np.mean([TEXTS[argument(text)].fit(words_of(ANN)) for text in written(OPENING, *[lying] * 300)])
        for name, lying in (("told", told), ("not told", [("topic", PENNY)]))
    }
    assert fit["told"] > fit["not told"] + 0.3


def test_what_the_profile_says_is_not_said_even_in_a_quotation() -> None:
    (text,) = written(
        REBUTTAL, [("topic", PENNY), ("profile", ANN), ("own", "a"), ("opponent", "I am as a democrat against it.")]
    )
    assert "democrat" not in text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Yes.", "Yes"),
        ("", ""),
        ("...", ""),
        ("You say “it is late”. I say that it is early enough.", "I say that it is early enough"),
        ("“only a quotation”", "only a quotation"),
        ("a" * 500, "a" * 120),
        ("One two three four five six seven eight of the ten.", "One two three four five six seven eight …"),
        ("First point here now; second.", "First point here now …"),
        ("so \x1b[2J bad", "so [2J bad"),
    ],
)
def test_a_quotation_is_short_and_quotes_nobody_else(text: str, said: str) -> None:
    found = snippet(text)
    assert found.removesuffix(" …") == said.removesuffix(" …")
