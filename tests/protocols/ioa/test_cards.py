"""Cards, there and back (dossier check 1)."""

import pytest
from pydantic import ValidationError

from townsquare.protocols.ioa.cards import Card, Limits

FULL = Card(
    name="ann.b-c_1",
    description="D\u00e9crit",
    capabilities=("cook", "decide"),
    owner="eve",
    type="Human Assistant",
    answers={"decide": {"type": "object"}},
    limits=Limits(parallel=5, seconds=2.5, bytes=4_096),
    speaks=True,
    host="house",
    streams=True,
    created_at="2026-01-01-00-00-00",
)


def test_there_and_back():
    assert Card.model_validate_json(FULL.model_dump_json()) == FULL
    for name, field in Card.model_fields.items():
        assert getattr(FULL, name) != field.get_default(call_default_factory=True), name


def test_a_name_is_all_that_is_needed():
    card = Card.model_validate_json('{"name": "ann", "not yet known": {"x": 1}}')
    assert (card.owner, card.type, card.speaks, card.streams, card.host) == (
        *("public", "Thing Assistant", False, False, None),
    )
    assert (card.limits.parallel, card.limits.seconds, card.limits.bytes) == (1, 60.0, 262_144)


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": "a/b"},
        {"name": ""},
        {"owner": "a b"},
        {"host": "#"},
        {"type": "Robot"},
        {"capabilities": "cook"},
        {"capabilities": ["x"] * 65},
        {"description": "x" * 8_001},
        {"answers": {"decide": "anything"}},
        {"limits": {"parallel": 0}},
        {"limits": {"seconds": 0}},
        {"limits": {"bytes": 100}},
        {"speaks": "perhaps"},
    ],
    ids=str,
)
def test_what_is_no_card(wrong):
    with pytest.raises(ValidationError):
        Card.model_validate({"name": "ann"} | wrong)


def test_discovery_reads_name_description_and_capabilities():
    assert FULL.text() == "ann.b-c_1 D\u00e9crit cook decide"
    assert Card(name="ann").text() == "ann"
