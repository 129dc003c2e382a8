"""The strict schema of an answer."""

import json
from datetime import date
from typing import Any, Literal

import pytest
from pydantic import BaseModel, Field, create_model

from townsquare.agents.chat.schema import strict_schema
from townsquare.protocols.errors import ContractError
from townsquare.testing.schema_filler import filled


class Reason(BaseModel):
    """Why,
    in a few words."""

    words: str = Field(max_length=80, description="At most a line.")


class Cat(BaseModel):
    kind: Literal["cat"]


class Dog(BaseModel):
    kind: Literal["dog"]


class Tree(BaseModel):
    left: "Tree | None" = None


class Choice(BaseModel):
    reason: Reason = Field(description="First, so that it is thought of first.")
    items: list[Literal["a", "b"]] = Field(min_length=1, max_length=3)
    score: int | None = Field(default=None, ge=1, le=5)
    pet: Cat | Dog = Field(discriminator="kind")
    day: date
    tree: Tree


def objects(node: Any) -> list[dict[str, Any]]:
    here = [node] if isinstance(node, dict) and node.get("type") == "object" else []
    parts = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    return here + [found for part in parts for found in objects(part)]


def test_every_object_is_closed_and_complete() -> None:
    schema = json.loads(strict_schema(Choice))
    assert len(objects(schema)) == 5
    for found in objects(schema):
        assert found["additionalProperties"] is False
        assert found["required"] == list(found["properties"])
    assert schema["required"] == ["reason", "items", "score", "pet", "day", "tree"]


def test_unsupported_keywords_go_and_bounds_stay() -> None:
    text = strict_schema(Choice)
    for gone in ("title", "default", "maxLength", "oneOf", "discriminator", "\\n"):
        assert gone not in text
    schema = json.loads(text)
    assert schema["properties"]["items"]["maxItems"] == 3
    assert schema["properties"]["score"]["anyOf"][0] == {"maximum": 5, "minimum": 1, "type": "integer"}
    assert schema["properties"]["day"] == {"format": "date", "type": "string"}
    assert schema["properties"]["reason"]["anyOf"] == [{"$ref": "#/$defs/Reason"}]


def test_references_stand_alone() -> None:
    def lone(node: Any) -> bool:
        if isinstance(node, list):
            return all(map(lone, node))
        return not isinstance(node, dict) or (("$ref" not in node or len(node) == 1) and all(map(lone, node.values())))

    assert lone(json.loads(strict_schema(Choice)))


def test_what_fits_the_strict_schema_fits_the_type() -> None:
    found = filled(json.loads(strict_schema(Choice))) | {"day": "2026-01-31"}
    assert Choice.model_validate(found).items == ["a"]


def test_text_is_canonical_and_computed_once() -> None:
    text = strict_schema(Choice)
    assert strict_schema(Choice) is text
    assert text == json.dumps(json.loads(text), ensure_ascii=False, separators=(",", ":"))
    one, other = (create_model("Same", why=(str, ...), item=(Literal["ä"], ...)) for _ in range(2))
    assert strict_schema(one) == strict_schema(other)
    assert "ä" in strict_schema(one)


@pytest.mark.parametrize(
    ("kind", "named"), [(dict[str, int], r"Bad\.part: .*free keys"), (tuple[int, str], r"Bad\.part: .*'prefixItems'")]
)
def test_what_strict_mode_cannot_say_is_refused(kind: Any, named: str) -> None:
    with pytest.raises(ContractError, match=named):
        strict_schema(create_model("Bad", part=(kind, ...)))


def test_a_model_without_fields_is_an_empty_object() -> None:
    assert json.loads(strict_schema(create_model("Nothing"))) == {
        "additionalProperties": False,
        "properties": {},
        "required": [],
        "type": "object",
    }
