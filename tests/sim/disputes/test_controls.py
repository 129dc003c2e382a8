"""Controls do what they say, and swapping the parties turns their support round."""

from dataclasses import replace

import pytest

from townsquare.protocols import Streams
from townsquare.protocols.dispute import Hearing, other
from townsquare.protocols.settings import Settings
from townsquare.sim.disputes.cases import cases
from townsquare.sim.disputes.controls import Fair, First, Longer


def swapped(hearing: Hearing) -> Hearing:
    sides = {"customer": hearing.shop, "shop": hearing.customer}
    return replace(hearing, first=other(hearing.first), truth=other(hearing.truth), **sides)


@pytest.mark.parametrize("judge", [Fair, Longer, First])
async def test_swapping_negates(judge: type[Fair]) -> None:
    made = judge(Fair.Config(), Streams(0))
    for case in cases():
        hearing = case.hearing()
        there, back = await made.rule(hearing), await made.rule(swapped(hearing))
        assert there.support == -(back.support or 0.0)
    assert issubclass(Fair.Config, Settings)
