"""The row that every table has."""

import pytest

from tests.evaluate.lists_of import KINDS, real
from tests.evaluate.reference import REFERENCE, means
from townsquare.evaluate.candidates import draw
from townsquare.evaluate.rankers.chance import chance
from townsquare.protocols import Streams


@pytest.mark.parametrize("kind", KINDS)
def test_reference_table(kind: str) -> None:
    shown = draw(real(kind), Streams(0))
    assert means(chance(shown), shown) == pytest.approx((0.1000, 0.2948, 0.4544, 0.2929), abs=5e-5)
    assert means(chance(shown), shown) == pytest.approx(REFERENCE[kind, "chance"], abs=0.01)
