"""One call, one order; what is not one is no answer."""

from pathlib import Path
from typing import Any

import pytest

from tests.agents.choosers.school import school
from townsquare.agents.choosers.prompts.shown import taste
from townsquare.agents.choosers.ranking import ordered

TITLES, TEXTS = ["a", "b", "c"], ["one", "two", "three"]


@pytest.mark.parametrize(
    ("order", "wrong"),
    [
        ([1, 2], "place 3 is missing"),
        ([1, 2, 2], "place 2 occurs 2 times"),
        ([1, 2, 3, 4], "place 4 was not shown"),
        ([0, 1, 2], "place 0 was not shown"),
        ([], "place 1 is missing"),
        ([1, 2, 3, 1], "place 1 occurs 2 times"),
    ],
)
async def test_an_incomplete_order_is_repaired_by_the_model_or_no_answer(
    tmp_path: Path, order: list[int], wrong: str
) -> None:
    turns = iter([order, [3, 1, 2], order, order])
    with school(tmp_path, lambda request: {"order": next(turns)}) as (at, chat):
        found = [await ordered(at.asker, [taste("x")], TITLES, TEXTS, user=u, tick=u) for u in (0, 1)]
        first: Any = chat.asked[1].messages[3].text
        assert wrong in first
        # the same request again is answered by the cassette, as it was
        assert found[0] == (2, 0, 1)
        assert found[1] == found[0]
        second = await ordered(at.asker, [taste("y")], TITLES, TEXTS, user=2, tick=2)
    assert second is None
