"""Sequence diagrams as SVG."""

import xml.etree.ElementTree as ET

from tests.dashboard.steps import CHECK, group
from townsquare.dashboard.palette import STYLES
from townsquare.dashboard.sequence import sequence

SVG = "{http://www.w3.org/2000/svg}"


def words(svg: str) -> list[str]:
    return ["".join(text.itertext()) for text in ET.fromstring(svg).iter(f"{SVG}text")]


def test_members_are_named_once_and_in_order() -> None:
    assert words(sequence(group(*CHECK)))[:3] == ["desk", "finder", "judge"]


def test_one_mark_per_step_and_the_state_where_it_changes() -> None:
    svg = ET.fromstring(sequence(group(*CHECK)))
    assert len(list(svg.iter(f"{SVG}path"))) == 3  # task, progress, result: from one to one
    assert len(list(svg.iter(f"{SVG}circle"))) == 3  # two turns and the end: to everybody
    said = words(sequence(group(*CHECK)))
    assert [one for one in said if one in ("waits for results", "discussion", "conclusion")] == [
        "waits for results", "discussion", "conclusion",
    ]  # fmt: skip


def test_what_failed_is_told_apart_by_words_and_colour() -> None:
    svg = sequence(group(*CHECK))
    assert "failed: left" in words(svg)
    assert svg.count(STYLES[1].colour) == 2


def test_texts_are_escaped_and_cut() -> None:
    svg = sequence(group(*CHECK, ("say", "<b>", "a", "discussion", "x " * 500)))
    assert "<script>" not in svg
    assert "<b>" not in svg
    assert max(map(len, words(svg))) < 80


def test_nobody_says_anything() -> None:
    assert words(sequence(group(CHECK[0]))) == []
