"""Results against the schemas that cards promise; neither can do harm."""

import time

import pytest
from pydantic import BaseModel

from townsquare.protocols.ioa.answers import check_answer, check_card
from townsquare.protocols.ioa.cards import Card
from townsquare.protocols.ioa.rules import OutOfTurn
from townsquare.protocols.ioa.vocabulary import Code


class Place(BaseModel):
    name: str
    near: "list[Place] | None" = None


class Trip(BaseModel):
    stops: list["Stop"]


class Stop(BaseModel):
    name: str
    days: int | None = None


def card(schema):
    return Card(name="ann", answers={"plan": schema})


def refusal(schema):
    with pytest.raises(OutOfTurn) as refused:
        check_card(card(schema))
    assert refused.value.code is Code.SCHEMA
    return str(refused.value)


def test_says_what_is_wrong_and_where():
    schema = {"type": "array", "items": {"type": "integer", "minimum": 0}, "minItems": 2}
    check_card(card(schema))
    assert check_answer(card(schema), "plan", [1, 2]) == ""
    assert check_answer(card(schema), "plan", [1, -2]) == "1: -2 is less than the minimum of 0"
    assert "too short" in check_answer(card(schema), "plan", [1])
    assert check_answer(card(schema), "other", "anything") == ""
    assert check_answer(Card(name="ann"), "plan", "anything") == ""


def test_schemas_of_pydantic_models_are_taken_with_their_references():
    trip = card(Trip.model_json_schema())
    check_card(trip)
    assert check_answer(trip, "plan", {"stops": [{"name": "Rome", "days": 2}, {"name": "Bari"}]}) == ""
    assert "is not of type 'string'" in check_answer(trip, "plan", {"stops": [{"name": 5}]})
    assert "'name' is a required property" in check_answer(trip, "plan", {"stops": [{}]})


def test_schemas_that_are_not_taken():
    assert "32 deep" in refusal(Place.model_json_schema())
    assert "no JSON Schema" in refusal({"type": "whatever"})
    assert "'pattern' is not taken" in refusal({"type": "string", "pattern": "(a+)+$"})
    assert "'uniqueItems' is not taken" in refusal({"items": {"uniqueItems": True}})
    assert "only #/$defs/NAME" in refusal({"$ref": "file:///etc/passwd"})
    assert "only #/$defs/NAME" in refusal({"anyOf": [{"$ref": "#/$defs/nothing"}], "$defs": {}})
    assert "values at most" in refusal({"enum": list(range(2_000))})
    deep = {}
    for _ in range(90):
        deep = {"not": deep}
    assert "32 deep" in refusal(deep)


def test_what_is_large_is_checked_in_bounded_time():
    schema = {"items": {"anyOf": [{"const": n} for n in range(300)]}}
    check_card(card(schema))
    assert "too much to be checked" in check_answer(card(schema), "plan", [-1] * 100_000)
    began = time.process_time()
    assert check_answer(card({"type": "array", "items": {"type": "number"}}), "plan", list(range(100_000))) == ""
    assert time.process_time() - began < 5
