"""Events: columns of one length, and a digest of their content."""

from dataclasses import fields, replace

import numpy as np
import pytest

from townsquare.protocols import Events
from townsquare.protocols.events import KINDS, REASONS


def some() -> Events:
    agents, items = np.array([3, 1, 2]), np.array([0, 5, 5])
    return Events.concat(
        [
            Events.of("shown", agents, items, rank=np.arange(3), why="match"),
            Events.of("click", agents[:1], items[:1], value=0.123456789, rank=0),
        ]
    )


def test_codes_are_part_of_the_format() -> None:
    """Append; whoever reorders makes old runs unreadable."""
    assert KINDS[:5] == ("post", "shown", "click", "like", "refused")
    assert REASONS[:13] == (
        "", "match", "fill", "cold_start", "hot", "promoted", "first", "not shown", "over the limit", "twice",
        "unknown item", "not allowed", "interruption",
    )  # fmt: skip


def test_columns_have_the_stored_types_and_one_length() -> None:
    events = some()
    types = {f.name: getattr(events, f.name).dtype.name for f in fields(events)}
    assert types == {
        "agent": "int32", "kind": "int8", "item": "int32", "value": "float32", "rank": "int16", "ref": "int32",
        "why": "int8",
    }  # fmt: skip
    assert {len(getattr(events, f.name)) for f in fields(events)} == {4} == {len(events)}


def test_values_have_five_decimals() -> None:
    assert some().value[3] == np.float32(0.12346)


def test_scalars_are_spread_and_reasons_are_words_or_codes() -> None:
    agents = np.arange(3)
    spread = Events.of("refused", agents, agents, why="twice", value=1.5)
    assert spread.why.tolist() == [REASONS.index("twice")] * 3
    assert spread.value.tolist() == [1.5] * 3
    assert spread.ref.tolist() == spread.rank.tolist() == [-1] * 3
    assert Events.of("refused", agents, agents, why=np.array([9, 8, 7])).why.tolist() == [9, 8, 7]


def test_only_keeps_one_kind_in_order() -> None:
    assert some().only("shown").agent.tolist() == [3, 1, 2]
    assert some().only("click").item.tolist() == [0]
    assert len(some().only("like")) == 0


def test_concat_of_nothing_is_nothing() -> None:
    assert len(Events.concat([])) == 0
    assert Events.concat([Events.concat([]), some()]).digest() == some().digest()


@pytest.mark.parametrize("column", [f.name for f in fields(Events)])
def test_every_column_is_in_the_digest(column: str) -> None:
    events = some()
    changed = getattr(events, column).copy()
    changed[2] += 1
    assert replace(events, **{column: changed}).digest() != events.digest()


def test_digest_depends_on_order_and_on_what_came_before() -> None:
    events = some()
    assert events.where(np.array([1, 0, 2, 3])).digest() != events.digest()
    assert events.digest(b"before") != events.digest()
    assert some().digest() == events.digest()


def test_digest_is_of_content_not_of_memory_layout() -> None:
    events = some()
    strided = Events(*(np.repeat(getattr(events, f.name), 2)[::2] for f in fields(events)))
    swapped = replace(events, value=events.value.astype(">f4"), agent=events.agent.astype(">i4"))
    assert strided.digest() == swapped.digest() == events.digest()


def test_golden_digest() -> None:
    """Stored digests of old runs stay true."""
    assert some().digest().hex() == "328580cdcb17569e5a242e41790d56ec6fdc08d597e0943123eade505c6c4f5c"
