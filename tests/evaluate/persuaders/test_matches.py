"""Matches, both ways round."""

from collections.abc import Sequence
from typing import Any, ClassVar

import pytest

from tests.evaluate.persuaders.posts_of import pair, post
from tests.evaluate.persuaders.scripted import Says
from townsquare.evaluate.persuaders.inputs import Input, draw
from townsquare.evaluate.persuaders.likes import Likes
from townsquare.evaluate.persuaders.matches import Match, Output, judge_all, write
from townsquare.evaluate.persuaders.models import Models
from townsquare.evaluate.persuaders.roster import Entry, entry
from townsquare.evaluate.persuaders.settings import PersuadersSettings
from townsquare.evaluate.persuaders.standings import Round, rows
from townsquare.protocols import ContractError, InputError, Settings, Streams
from townsquare.protocols.persuader import Brief, Pair

NAMES = ("unchanged", "topline", "flipped")


def chains(count: int = 12) -> list[Pair]:
    """Posts of three levels: the middle one has a worse and a better one."""
    pairs = []
    for n in range(count):
        low, mid, high = (post(f"{n}{x}", f"{word} {n}", likes) for x, word, likes in
                          (("a", "poor", 2), ("b", "fair", 10), ("c", "good", 50)))  # fmt: skip
        pairs += [pair(low, mid), pair(mid, high)]
    return pairs


def inputs() -> tuple[Input, ...]:
    return draw(chains(), ["Ref"], 100, 0.0, Streams(0)).inputs


async def written(names: Sequence[str] = NAMES) -> list[Output]:
    outputs = list[Output]()
    async with Models() as models:
        for name in names:
            one = entry("persuader", name, {})
            outputs += await write(one, one.made(Streams(0), models), inputs(), lambda: None)
    return outputs


def elo(matches: Sequence[Match], outputs: Sequence[Output]) -> dict[str, dict[str, Any]]:
    table = rows([Round(0, inputs(), tuple(outputs), tuple(matches))], NAMES, PersuadersSettings(), Streams(0))
    return {row["contestant"]: row for row in table if row["case"] == "all"}


async def test_controls_come_out_in_order_where_the_judge_knows() -> None:
    """Dossier check 5."""
    outputs = await written()
    matches = await judge_all(Likes(Settings(), Streams(0)), inputs(), outputs, lambda: None)
    found = elo(matches, outputs)
    assert list(found) == ["topline", "unchanged", "flipped"]
    assert found["topline"]["low"] > found["unchanged"]["elo"] == 979 > found["flipped"]["high"]
    assert (found["topline"]["lost"], found["flipped"]["won"]) == (0, 0)
    assert found["flipped"]["written"] == 12
    assert found["topline"]["written"] == found["topline"]["inputs"] == 24


@pytest.mark.parametrize("place", ["left", "right"])
async def test_who_always_says_the_same_place_makes_ties_only(place: str) -> None:
    """Dossier check 6."""
    outputs = await written()
    matches = await judge_all(Says(lambda a, b: place), inputs(), outputs, lambda: None)
    assert {match.winner for match in matches} == {"tie"}
    assert all(match.flipped for match in matches)
    found = elo(matches, outputs)
    assert {row["elo"] for row in found.values()} == {979.0}
    assert {(row["low"], row["high"], row["online"]) for row in found.values()} == {(979.0, 979.0, 979.0)}


async def test_a_judge_is_told_no_names_and_no_likes() -> None:
    judge = Says(lambda a, b: "left" if "good" in a else "right" if "good" in b else "tie")
    matches = await judge_all(judge, inputs(), await written(), lambda: None)
    for brief, left, right, _ in judge.seen:
        assert (brief.better, brief.worse, brief.post.text) == (None, None, "")
        assert left.likes != left.likes
        assert right.likes != right.likes
    assert len({number for *_, number in judge.seen}) == len(judge.seen) == 2 * len(matches)
    assert {m.winner for m in matches if "topline" in (m.left, m.right)} >= {"left", "right"}


async def test_an_answer_that_is_missing_is_no_tie() -> None:
    matches = await judge_all(Says(lambda a, b: None if a < b else "left"), inputs(), await written(), lambda: None)
    assert {match.winner for match in matches} == {""}
    found = elo(matches, await written())
    assert all(row["elo"] != row["elo"] for row in found.values())


async def test_equal_texts_are_a_tie_that_nobody_is_asked_about() -> None:
    judge = Says(lambda a, b: "left")
    outputs = [Output(0, "unchanged", "same"), Output(0, "topline", "same"), Output(0, "flipped", None)]
    matches = await judge_all(judge, inputs(), outputs, lambda: None)
    assert [(match.winner, match.same) for match in matches] == [("tie", True)]
    assert judge.seen == []


async def test_contestants_are_told_what_they_declare_only() -> None:
    told = list[Brief]()

    class Curious:
        needs: ClassVar[tuple[str, ...]] = ("worse",)

        async def write(self, brief: Brief) -> str | None:
            told.append(brief)
            return " "

    one = entry("persuader", "flipped", {})
    outputs = await write(one, Curious(), inputs(), lambda: None)
    assert {brief.better for brief in told} == {None}
    assert {brief.worse is None for brief in told} == {True, False}
    assert all(brief.post.likes != brief.post.likes for brief in told)
    assert {output.text for output in outputs} == {None}  # nothing but spaces is nothing


async def test_broken_promises_and_texts_nobody_posted_are_sentences() -> None:
    with pytest.raises(ContractError, match="choose returned 'both'"):
        await judge_all(Says(lambda a, b: "both"), inputs(), await written(), lambda: None)
    own = [Output(0, "unchanged", "fair 0"), Output(0, "words", "Fair 0, is it not?")]
    with pytest.raises(InputError, match="nobody has posted 'Fair 0, is it not"):
        await judge_all(Likes(Settings(), Streams(0)), inputs(), own, lambda: None)


async def test_a_contestant_that_breaks_is_named() -> None:
    class Broken:
        async def write(self, brief: Brief) -> str | None:
            raise ValueError("oops")

    one = Entry("mine", Broken, Settings())
    with pytest.raises(ContractError, match=r"mine\.write failed: ValueError: oops\."):
        await write(one, Broken(), inputs()[:1], lambda: None)
