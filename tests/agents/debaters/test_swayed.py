"""Opinions before and after a debate, as rules have them."""

import numpy as np
import pytest

from tests.agents.debaters.seats import PENNY, rows
from townsquare.agents.debaters import swayed
from townsquare.agents.debaters.bank import bank
from townsquare.agents.debaters.situation import NOTHING, Situation, situation
from townsquare.agents.personas import Demographics, Persona

ENTRY = bank().entry(PENNY)
TAX = bank().entry("Should the Rich Pay More Taxes?")


def debated(side: int, theirs: str = "Nickels clank.", mine: str = "Pennies shine.", turns: int = 3) -> Situation:
    lying = [("topic", PENNY), *[("own", mine), ("opponent", theirs)] * turns]
    return situation(rows("settle", 5, lying, side=side).row(0))


def test_a_stance_decides_where_there_is_one() -> None:
    ann = Persona(stances={"the penny": {"value": 4.5, "prior_thought": 2}, "penny": {"value": 1}})
    assert swayed.agreement(ann, ENTRY, luck=-3.0) == 5
    assert swayed.thought(ann, ENTRY, 5, luck=3.0) == 2
    assert swayed.agreement(ann, TAX, luck=0.0) == 3


def test_camps_lie_apart_where_the_topic_leans() -> None:
    left, right = (Persona(demographics=Demographics(politics=camp)) for camp in ("democrat", "republican"))
    assert swayed.agreement(left, TAX, 0.0) > 3 > swayed.agreement(right, TAX, 0.0)
    assert swayed.agreement(None, TAX, 0.0) == 3
    assert swayed.agreement(left, bank().entry("A topic of my own"), 0.0) == 3


def test_strong_opinions_had_more_thought() -> None:
    assert swayed.thought(None, ENTRY, 5, 0.0) > swayed.thought(None, ENTRY, 3, 0.0)


@pytest.mark.parametrize("side", [1, -1])
@pytest.mark.parametrize("before", [1, 2, 3, 4, 5])
def test_with_nothing_said_nothing_changes(side: int, before: int) -> None:
    silent = debated(side, NOTHING, NOTHING)
    assert swayed.afterwards(None, silent, ENTRY, before, 1.0, 1.0) == before
    assert swayed.afterwards(None, debated(0, turns=0), ENTRY, before, 1.0, 1.0) == before


def test_the_formula_by_hand() -> None:
    """Statements without markers weigh 0.6; for a con, the scale is that of agreement with the proposition."""
    assert swayed.weight("Nickels clank.", ENTRY, 1, frozenset()) == pytest.approx(0.6)
    found = swayed.afterwards(None, debated(-1), ENTRY, 2, 0.5, 0.25)
    assert found == pytest.approx(2 + 0.5 * 0.6 * 3 - 0.25 * 0.6 * 1)
    mirrored = swayed.afterwards(None, debated(1), ENTRY, 4, 0.5, 0.25)
    assert mirrored == pytest.approx(6 - found)
    firm = swayed.afterwards(Persona(stubbornness=1.0), debated(-1), ENTRY, 2, 0.5, 0.25)
    assert firm == pytest.approx(2 - 0.25 * 0.6)


def test_who_is_too_far_off_is_not_heard() -> None:
    deaf = Persona(eps=0.5)
    assert swayed.afterwards(deaf, debated(-1), ENTRY, 2, 0.5, 0.0) == 2
    assert swayed.afterwards(deaf, debated(-1), ENTRY, 3, 0.5, 0.0) > 3


def test_reasons_and_what_speaks_to_the_reader_weigh_more() -> None:
    argument = next(one for one in ENTRY.arguments[1] if "old" in one.groups)
    plain = swayed.weight(argument.text, ENTRY, 1, frozenset())
    assert swayed.weight(argument.text, ENTRY, 1, frozenset({"65+"})) == pytest.approx(plain + 0.2)
    assert swayed.weight("Because of the data.", ENTRY, 1, frozenset()) == pytest.approx(0.8)


def test_opinions_stay_on_the_scale() -> None:
    for before in range(1, 6):
        for side in (1, -1):
            for s, c in ((1.0, 0.0), (0.0, 1.0), (1.0, 1.0)):
                assert 1 <= swayed.afterwards(None, debated(side), ENTRY, before, s, c) <= 5


def test_formal_texts_are_taken_for_an_ai_more_often() -> None:
    luck = (np.arange(200) + 0.5) / 200
    prose = ["Institutional heterogeneity necessitates considerable methodological differentiation."] * 3
    talk = ["I mean, we just get by, you know, my mum and I."] * 3
    rates = [np.mean([swayed.takes_for_ai(texts, float(x)) for x in luck]) for texts in (prose, talk, [NOTHING] * 3)]
    assert rates[0] > 0.9
    assert rates[1] < 0.4
    assert rates[2] == pytest.approx(0.5)


@pytest.mark.parametrize(("value", "step"), [(-9.0, 1), (1.49, 1), (2.5, 3), (4.5, 5), (99.0, 5)])
def test_the_nearest_step(value: float, step: int) -> None:
    assert swayed.likert(value) == step
