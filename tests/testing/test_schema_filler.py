"""Values that fit a schema; pydantic is the judge."""

from typing import Annotated, Literal

import pytest
from pydantic import BaseModel, Field, TypeAdapter

from townsquare.testing.schema_filler import filled, schema_of


class Point(BaseModel):
    x: float = Field(gt=0)
    y: float = Field(ge=-3, lt=-1)


class Answer(BaseModel):
    verdict: Literal["yes", "no"]
    only: Literal["one"]
    score: int = Field(ge=1, le=5)
    below: int = Field(lt=-7)
    why: str = Field(min_length=8)
    short: str = Field(max_length=2)
    ranks: list[Literal["a", "b", "c"]] = Field(min_length=3)
    point: Point
    maybe: Point | None
    pair: tuple[int, str]
    sure: bool
    none: None


def test_fills_what_pydantic_accepts() -> None:
    found = Answer.model_validate(filled(Answer.model_json_schema()))
    assert found.ranks == ["a", "b", "c"]
    assert (found.verdict, found.score, found.below) == ("yes", 1, -8)
    assert found == Answer.model_validate(filled(Answer.model_json_schema()))


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (Annotated[float, Field(gt=0, lt=1)], 0.5),
        (Annotated[float, Field(le=-2)], -2),
        (Annotated[float, Field(lt=-2)], -3),
        (Annotated[int, Field(gt=3)], 4),
        (list[int], []),
        (dict[str, int], {}),
    ],
)
def test_bounds(kind: type, value: object) -> None:
    assert filled(TypeAdapter(kind).json_schema()) == value


def test_a_type_that_refers_to_itself() -> None:
    schema = {
        "$defs": {"node": {"type": "object", "properties": {"next": {"anyOf": [{"type": "null"}, {"$ref": "#"}]}}}}
    }
    assert filled(schema | {"$ref": "#/$defs/node"}) == {"next": None}


def test_no_schema_is_none() -> None:
    assert schema_of({"messages": [{"role": "user", "content": "Rate {this} {} [{"}]}) is None
    assert schema_of({}) is None
