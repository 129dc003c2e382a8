"""Cues add no fact: what is stripped is what was there."""

from itertools import product

import pytest

from townsquare.protocols import InputError
from townsquare.protocols.dispute import PARTIES, Party
from townsquare.sim.disputes.cases import cases
from townsquare.sim.disputes.cues import CUES, LENGTH, ORDER, control, stripped, treated


@pytest.mark.parametrize(("cue", "party", "strength"), list(product(CUES, PARTIES, (1, 2, 3))))
def test_round_trip(cue: str, party: Party, strength: int) -> None:
    for case in cases():
        plain = control(case.hearing(), cue, party, strength)
        given = treated(case.hearing(), cue, party, strength)
        assert given != plain
        assert stripped(given, cue, party, strength) == plain


@pytest.mark.parametrize("party", PARTIES)
def test_a_matched_control_is_as_long_to_the_letter(party: Party) -> None:
    hearing = cases()[0].hearing()
    for cue in set(CUES) - {ORDER, LENGTH}:
        for strength in (1, 2, 3):
            with_cue = treated(hearing, cue, party, strength)
            without = control(hearing, cue, party, strength, matched=True)
            assert len(with_cue.statement(party)) == len(without.statement(party)), (cue, strength)


def test_only_one_statement_changes() -> None:
    hearing = cases()[0].hearing()
    for cue in set(CUES) - {ORDER}:
        assert treated(hearing, cue, "shop").customer == hearing.customer


def test_a_cue_that_is_none() -> None:
    with pytest.raises(InputError, match="there is no cue 'threat'"):
        treated(cases()[0].hearing(), "threat", "shop")
    with pytest.raises(InputError, match="1, 2 or 3"):
        treated(cases()[0].hearing(), ORDER, "shop", 4)
