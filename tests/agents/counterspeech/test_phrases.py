"""The phrases themselves: every place can be filled, and none of them does harm."""

from string import Formatter

import pytest

from townsquare.agents.counterspeech.guard import sentences
from townsquare.agents.counterspeech.phrases import FILLED, OPENINGS, SAID, composed
from townsquare.agents.counterspeech.strategy import MOVES, Strategy
from townsquare.protocols import Streams
from townsquare.protocols.counterspeech import CELLS
from townsquare.sim.moderators.harm_words import harm

PATTERNS = [pattern for table in (OPENINGS, SAID) for patterns in table.values() for pattern in patterns]


def test_every_place_has_words_and_every_move_has_phrases() -> None:
    places = {name for pattern in PATTERNS for _, name, _, _ in Formatter().parse(pattern) if name}
    assert places == FILLED.keys() | {"word", "who"}
    assert SAID.keys() == MOVES.keys()


def test_opening_and_move_are_two_sentences_at_most() -> None:
    assert all(sentences(pattern) == 1 for pattern in PATTERNS)


@pytest.mark.parametrize("cell", CELLS, ids="-".join)
def test_nothing_that_can_be_said_does_harm(cell: tuple[str, str]) -> None:
    rng = Streams(1).get("phrases")
    said = [
        composed(Strategy(*cell, move), "tram", "newcomers", iter(rng.random(24)))
        for move in CELLS[cell]
        for _ in range(400)
    ]
    assert harm(said).max() == 0.0
    assert len(set(said)) > 300 * len(CELLS[cell])
    assert {sentences(text) for text in said} == {2}
