"""What a page is made of."""

from tests.agents.browsers.pages import page
from townsquare.agents.browsers.page import BEST, CONTENT, STAYS, TIRED, WORST


def test_reasons_to_leave_are_apart() -> None:
    assert len({STAYS, TIRED, CONTENT}) == 3
    assert (WORST, BEST) == (1, 5)


def test_rows_belong_together() -> None:
    made = page(5, 2)
    assert made.items.shape == made.match.shape == made.quality.shape == made.own.shape == (5, 2)
    assert len(made.traits) == len(made.agents) == len(made.likes) == 5
