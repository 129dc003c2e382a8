"""A person in a debater's seat. The person is a list of lines."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from tests.agents.debaters.seats import ANN, CONCLUSION, OPENING, PENNY, REBUTTAL, rows
from tests.agents.joining.test_person import Typed
from tests.agents.minds.elsewhere import recorded
from townsquare.agents.debaters.person import PersonDebater, SeatEmpty
from townsquare.protocols.actions import KIND
from townsquare.protocols.errors import ContractError, ReplayMiss

TOPIC = [("topic", PENNY)]
SAID = [("topic", PENNY), *[("own", "Pennies shine."), ("opponent", "Nickels clank.")] * 3]


def seated(path: Path, *lines: str, **more: Any) -> tuple[PersonDebater, Typed]:
    terminal = Typed(*lines)
    return PersonDebater(PersonDebater.Config(), recorded(path / "c.sqlite", **more), terminal), terminal


async def test_ratings_are_asked_until_they_are_on_the_scale(tmp_path: Path) -> None:
    mind, terminal = seated(tmp_path, "6", "0", "two", "2.5", "", " 2 ", "5")
    done = await mind.decide(rows("screen", 1, TOPIC))
    assert done.kind.tolist() == [KIND["opinion"], KIND["rate"]]
    assert done.value.tolist() == [2, 5]
    assert terminal.shown.count("Please give a whole number from 1 to 5.") == 5
    assert f"Topic: {PENNY}" in terminal.shown


async def test_a_turn_shows_the_side_and_what_the_trial_would_show(tmp_path: Path) -> None:
    mind, terminal = seated(tmp_path, "", "My opening.", "My answer\x1b[2J.", "My end.")
    done = await mind.decide(rows("argue", OPENING, TOPIC, side=-1))
    assert (done.text.tolist(), done.item.tolist()) == (["My opening."], [-1])
    assert "Your side is CON: you argue against it, whatever you think yourself." in terminal.shown
    assert "Please write something." in terminal.shown
    assert any("25 words or more are suggested" in line for line in terminal.shown)

    lying = [*TOPIC, ("profile", ANN), ("own", "My opening."), ("opponent", "Nickels\x1b[2J clank.")]
    done = await mind.decide(rows("argue", REBUTTAL, lying))
    assert done.item.tolist() == [3]
    assert "\x1b" not in "".join(terminal.shown) + done.text[0]
    assert "Nickels [2J clank." in terminal.shown
    assert "politics: democrat" in terminal.shown

    done = await mind.decide(rows("argue", CONCLUSION, [*lying, ("own", "b"), ("opponent", "Again.")]))
    assert "Your opponent's rebuttal:" in terminal.shown
    assert "Again." in terminal.shown


async def test_afterwards_a_rating_and_a_guess(tmp_path: Path) -> None:
    mind, terminal = seated(tmp_path, "4", "perhaps", "H")
    done = await mind.decide(rows("settle", 5, SAID))
    assert (done.kind.tolist(), done.value.tolist()) == ([KIND["opinion"], KIND["guess"]], [4, 0])
    assert done.item.tolist() == [0, -1]
    assert "Please answer h for human or a for AI." in terminal.shown
    waits, _ = seated(tmp_path, "3")
    assert (await waits.decide(rows("settle", 5, TOPIC, side=0))).kind.tolist() == [KIND["opinion"]]


async def test_what_was_answered_is_never_asked_again(tmp_path: Path) -> None:
    mind, _ = seated(tmp_path, "My opening.")
    first = await mind.decide(rows("argue", OPENING, TOPIC))
    again, terminal = seated(tmp_path)
    second = await again.decide(rows("argue", OPENING, TOPIC))
    assert second.text.tolist() == first.text.tolist()
    assert terminal.shown == []
    replayed, _ = seated(tmp_path, mode="replay")
    assert (await replayed.decide(rows("argue", OPENING, TOPIC))).text.tolist() == first.text.tolist()
    with pytest.raises(ReplayMiss):
        await replayed.decide(rows("argue", OPENING, [("topic", "Another?")]))


async def test_who_leaves_leaves_the_seat_empty_and_comes_back_to_it(tmp_path: Path) -> None:
    two = rows("screen", 1, TOPIC, TOPIC)
    mind, terminal = seated(tmp_path, "1", "2", "3")
    with pytest.raises(SeatEmpty, match="`townsquare resume RUN` goes on") as left:
        await mind.decide(two)
    assert (left.value.status, left.value.code) == ("interrupted", 130)
    assert "--- people, 2 of 2: agent 1 ---" in terminal.shown
    back, terminal = seated(tmp_path, "4", "5")
    assert (await back.decide(two)).value.tolist() == [1, 2, 4, 5]
    assert "--- people, 1 of 2: agent 0 ---" not in terminal.shown


async def test_each_answer_is_in_the_table_of_asks(tmp_path: Path) -> None:
    mind, _ = seated(tmp_path, "1", "2")
    await mind.decide(rows("screen", 1, TOPIC))
    assert mind.recorded.asked.totals == {"answered": 1}


async def test_a_person_judges_no_rhetoric(tmp_path: Path) -> None:
    mind, _ = seated(tmp_path)
    with pytest.raises(ContractError, match="was asked to 'code'"):
        await mind.decide(rows("code", 5, TOPIC))


async def test_two_groups_at_one_terminal_take_turns(tmp_path: Path) -> None:
    home, terminal = recorded(tmp_path / "c.sqlite"), Slow("1", "2", "3", "4")
    people, opponents = (PersonDebater(PersonDebater.Config(), home, terminal) for _ in range(2))
    one, two = await asyncio.gather(
        people.decide(rows("screen", 1, TOPIC)), opponents.decide(rows("screen", 1, TOPIC, first=5, group="opponents"))
    )
    assert (one.value.tolist(), two.value.tolist()) == ([1, 2], [3, 4])


class Slow(Typed):
    """Takes a moment for every line."""

    async def ask(self, prompt: str) -> str:
        await asyncio.sleep(0.01)
        return await super().ask(prompt)
