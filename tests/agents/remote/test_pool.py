"""Who is asked, and who instead."""

from collections.abc import Sequence
from typing import Any

import pytest

from tests.agents.minds.elsewhere import Elsewhere, result
from townsquare.protocols.ioa.messages import Match, Result, TaskStatus


async def echo(task: dict[str, Any]) -> Any:
    return task["x"]


async def test_work_goes_to_the_agent_of_its_place() -> None:
    there = Elsewhere(a=echo, b=echo, c=echo)
    pool = there.pool()
    found = [await pool.ask(place, "", {"x": place}) for place in (0, 1, 2, 1)]
    assert [(served.by, served.output, served.trouble) for served in found] == [
        ("a", 0, None),
        ("b", 1, None),
        ("c", 2, None),
        ("b", 1, None),
    ]
    assert there.lookups == 0, "nothing but the work is said while all is well"


@pytest.mark.parametrize(("retries", "by"), [(0, "b"), (1, "c"), (2, "a"), (9, "a")])
async def test_the_next_ones_are_asked_instead(retries: int, by: str) -> None:
    there = Elsewhere(a=echo, b=echo, c=echo)
    there.away = {"b", "c"}
    pool = there.pool(seconds=0.02, retries=retries)
    served = await pool.ask(1, "", {"x": 5})
    assert served.by == by
    assert (served.output, served.why) == ((5, "") if by == "a" else (None, f"{by} is away"))


async def test_one_that_is_back_is_asked_again() -> None:
    there = Elsewhere(a=echo)
    there.away = {"a"}
    pool = there.pool(seconds=0.02)
    assert [(await pool.ask(0, "", {"x": 1})).trouble for _ in range(2)] == ["unreachable"] * 2
    assert len(there.tasks) == 1
    there.away = set()
    await pool.welcome()
    assert (await pool.ask(0, "", {"x": 1})).output == 1


class Deaf(Elsewhere):
    """The broker is away: nothing comes back, not even who is there."""

    async def assign(self, to: str, *_: Any, **__: Any) -> Result:
        self.tasks.append((to, {}))
        return result(status=TaskStatus.TIMED_OUT)

    async def lookup(self, names: Sequence[str] = (), seconds: float = 10.0) -> tuple[Match, ...] | None:
        return None


async def test_where_nothing_can_be_learnt_everybody_is_tried_again() -> None:
    there = Deaf(a=echo)
    pool = there.pool(seconds=3.0)
    for _ in range(2):
        served = await pool.ask(0, "", {"x": 1})
        assert (served.trouble, served.why) == ("time out", "a: timed_out")
    assert len(there.tasks) == 2
