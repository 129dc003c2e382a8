"""Observations and actions as JSON: exact in both directions, and readable by any language."""

import asyncio
import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from townsquare.agents.minds.creator import Creator
from townsquare.agents.minds.reader import Reader
from townsquare.agents.minds.wire_form import answer_of, frame_of, observations, rows_of
from townsquare.protocols import Actions, Observations, Streams


def readers(n: int = 6, k: int = 5) -> Observations:
    chance = np.random.default_rng(3)
    items = np.argsort(chance.random((n, 40)), axis=1)[:, :k] + 100
    items[1, 3:], items[2, 0], items[3] = -1, -1, -1
    return Observations(
        4,
        "users",
        "read",
        np.arange(n) + 7,
        2,
        items.astype(np.int32),
        {
            "concentration": chance.random(n),
            "threshold": chance.random(n) - 1,
            "quality_weight": chance.random(n),
            "position": chance.normal(size=(n, 3)),
            "age": chance.integers(0, 9, n),
            "narrow": chance.random(n).astype(np.float32),
        },
        {"match": chance.normal(size=(n, k)), "quality": np.round(chance.random((n, k)), 9)},
        chance.integers(2**60, 2**63, (n, k)).astype(np.uint64) + np.uint64(2**63),
        text=lambda item: f"item {item}",
    )


def creators(n: int = 4) -> Observations:
    chance = np.random.default_rng(5)
    own = np.array([[3, 8], [5, -1], [-1, -1], [9, -1]])
    likes = np.where(own >= 0, chance.integers(0, 9, own.shape), 0).astype(np.float64)
    around = np.arange(3, 10)
    content = chance.normal(size=(len(around), 3)).astype(np.float32).astype(np.float64)
    return Observations(
        2,
        "creators",
        "create",
        np.arange(n) + 20,
        3,
        own,
        {"home": chance.normal(size=(n, 3)), "concentration": chance.random(n), "spread": chance.random(n)},
        {"likes": likes, "content": content},
        elsewhere=around,
        seats=np.arange(n) + 11,
        about_elsewhere=("content",),
    )


def task(seen: Observations, seed: int = 9) -> Any:
    """As it arrives: through JSON text."""
    return json.loads(json.dumps({**frame_of(seen, seed), "rows": rows_of(seen)}, allow_nan=False))


@pytest.mark.parametrize("seen", [readers(), creators()], ids=["readers", "creators"])
def test_everything_comes_back_bit_for_bit(seen: Observations) -> None:
    again = observations(task(seen))
    here = seen.items >= 0
    assert (again.tick, again.group, again.task, again.limit) == (seen.tick, seen.group, seen.task, seen.limit)
    assert again.about_elsewhere == seen.about_elsewhere
    for name in ("agents", "seats", "items", "elsewhere"):
        assert np.array_equal(getattr(again, name), getattr(seen, name)), name
    for name, column in seen.traits.items():
        assert again.traits[name].dtype == column.dtype
        assert again.traits[name].tobytes() == column.tobytes(), name
    for name, column in seen.features.items():
        told = column if name in seen.about_elsewhere else column[here]
        got = again.features[name] if name in seen.about_elsewhere else again.features[name][here]
        assert got.dtype == told.dtype
        assert got.tobytes() == told.tobytes(), name
    if seen.keys.size:
        assert np.array_equal(again.keys[here], seen.keys[here])
    assert [again.text(item) for item in (101, 5)] == [
        seen.text(101) if 101 in seen.items else "",
        seen.text(5) if 5 in seen.items else "",
    ]


def test_a_mind_elsewhere_decides_the_same() -> None:
    for seen, mind in (
        (readers(), Reader(Reader.Config(), Streams(9))),
        (creators(), Creator(Creator.Config(), Streams(9))),
    ):
        here, there = (asyncio.run(mind.decide(one)) for one in (seen, observations(task(seen))))
        assert answer_of(here) == answer_of(there)
        assert json.loads(json.dumps(answer_of(here))) == answer_of(here)


def test_a_cohort_in_parts_is_the_cohort() -> None:
    seen = readers()
    whole = task(seen)
    parts = [observations({**whole, "rows": whole["rows"][rows]}) for rows in (slice(0, 2), slice(2, 6))]
    assert np.array_equal(np.concatenate([part.items for part in parts]), seen.items)
    assert np.concatenate([part.traits["position"] for part in parts]).tobytes() == seen.traits["position"].tobytes()


def test_a_person_can_read_it() -> None:
    told = task(readers())
    assert told["rows"][0]["items"][0].keys() == {"item", "key", "text", "features"}
    assert told["rows"][2]["items"][0] is None, "an empty place among others"
    assert len(told["rows"][1]["items"]) == 3, "empty places at the end are left out"
    assert told["rows"][3]["items"] == []
    assert isinstance(told["rows"][0]["items"][0]["key"], str)


def test_words_only_where_there_are_some() -> None:
    assert all("text" not in one for row in rows_of(creators()) for one in row["items"] if one)


@given(st.lists(st.floats(width=64), min_size=1, max_size=8), st.booleans())
def test_any_float_comes_back(values: list[float], narrow: bool) -> None:
    column = (
        np.array(values, np.float32 if narrow else np.float64)
        if not narrow
        else np.array(values).clip(-1e30, 1e30).astype(np.float32)
    )
    seen = replace(
        readers(), agents=np.arange(len(values)), items=np.zeros((len(values), 0), np.int32), seats=np.zeros(0)
    )
    seen = replace(seen, traits={"x": column}, features={}, keys=np.zeros((0, 0), np.uint64))
    again = observations(task(seen)).traits["x"]
    assert again.dtype == column.dtype
    assert np.array_equal(again, column, equal_nan=True)
    known = ~np.isnan(column)
    assert again[known].tobytes() == column[known].tobytes(), "-0.0 is not 0.0"


def test_what_float32_holds_is_told_in_few_digits() -> None:
    seen = creators()
    short = len(json.dumps(frame_of(seen, 0)["elsewhere"]))
    noisy = replace(seen, features=seen.features | {"content": seen.features["content"] + 1e-12})
    assert short < 0.8 * len(json.dumps(frame_of(noisy, 0)["elsewhere"]))


def test_actions_say_what_they_mean_and_no_more() -> None:
    posts = Actions.of("post", np.array([3]), np.array([-1]), vector=np.array([[0.1, 0.2]]), text=["Title\nText"])
    clicks = Actions.of("click", np.array([4]), np.array([9]), value=0.30000000000000004)
    assert answer_of(Actions.concat([clicks, posts])) == {
        "actions": [
            {"agent": 4, "kind": "click", "item": 9, "value": 0.30000000000000004},
            {"agent": 3, "kind": "post", "item": -1, "vector": [0.1, 0.2], "text": "Title\nText"},
        ]
    }
