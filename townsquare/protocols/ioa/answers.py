"""Whether a result holds to the JSON Schema that the agent's card promises for it.

A card and a result come from the same stranger, so both are bounded: a schema may not match patterns, refer to itself
or to anything outside (``$ref`` to ``#/$defs/...`` is written out), or compare everything with everything, and its size
times the result's is limited. What is left is checked in time that grows with that product, by the package jsonschema
(draft 2020-12).
"""

from typing import Any

from townsquare.protocols.ioa.cards import Card
from townsquare.protocols.ioa.rules import OutOfTurn
from townsquare.protocols.ioa.vocabulary import Code

INSTALL = "pip install jsonschema"
_SINGLE = frozenset({"not", "if", "then", "else", "additionalProperties", "items"})
_LISTS = frozenset({"allOf", "anyOf", "oneOf", "prefixItems"})
_PLAIN = frozenset({
    "title", "description", "default", "examples", "$schema", "$comment", "deprecated", "readOnly", "writeOnly",
    "format", "type", "enum", "const", "required", "minProperties", "maxProperties", "minItems", "maxItems",
    "minLength", "maxLength", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf",
    "discriminator",
})  # fmt: skip
"""Keywords without a schema within; ``format`` and those before it say nothing about what is valid."""
_DEFINITIONS = ("$defs", "definitions")
TAKEN = frozenset({*_SINGLE, *_LISTS, *_PLAIN, *_DEFINITIONS, "$ref", "properties"})
"""Keywords that a schema may use."""
SCHEMA_VALUES = 1_000
"""JSON values in one schema, references written out."""
WORK = 2_000_000
"""Values of a schema times values of a result; such a check takes seconds at the very most."""


def check_card(card: Card) -> None:
    """Nothing, or OutOfTurn(schema): why the schemas of a card are not taken."""
    for capability, schema in card.answers.items():
        try:
            _validator().check_schema(_written_out(schema))
        except OutOfTurn:
            raise
        except Exception as error:  # its errors come from packages of its own, RecursionError among them
            raise OutOfTurn(Code.SCHEMA, f"answers.{capability[:64]}: no JSON Schema: {_first_line(error)}") from None


def check_answer(card: Card, capability: str, output: Any) -> str:
    """What is wrong with ``output``, in a sentence; "" when nothing is, or nothing was promised."""
    if capability not in card.answers:
        return ""
    schema = _written_out(card.answers[capability])
    most = WORK // max(_size(schema, SCHEMA_VALUES), 1)
    if _size(output, most) > most:
        return f"more than {most:,} values, which is too much to be checked against the card's schema"
    try:
        problem = next(iter(_validator()(schema).iter_errors(output)), None)
    except Exception as error:
        return f"cannot be checked: {_first_line(error)}"
    if problem is None:
        return ""
    where = ".".join(str(part) for part in problem.absolute_path)
    return f"{where[:200]}: {problem.message[:300]}" if where else problem.message[:300]


def _validator() -> Any:
    try:
        from jsonschema import Draft202012Validator  # type: ignore[import-untyped]
    except ImportError:
        raise OutOfTurn(Code.SCHEMA, f"this server cannot check answers; it lacks jsonschema: {INSTALL}") from None
    return Draft202012Validator


def _written_out(root: dict[str, Any]) -> Any:
    """The schema without references. Raises OutOfTurn(schema) for what is not taken."""
    left = SCHEMA_VALUES

    def written(schema: Any, depth: int) -> Any:
        nonlocal left
        if not isinstance(schema, dict):
            left -= 1
            return schema
        left -= 1 + sum(_size(value, left) for keyword, value in schema.items() if keyword in _PLAIN and left > 0)
        if left < 0 or depth > 32:
            raise OutOfTurn(
                Code.SCHEMA, f"a schema has {SCHEMA_VALUES} values at most, 32 deep, references written out"
            )
        out: dict[str, Any] = {}
        for keyword, value in schema.items():
            if keyword not in TAKEN:
                raise OutOfTurn(Code.SCHEMA, f"the keyword {str(keyword)[:64]!r} is not taken in a card's schema")
            if keyword in _SINGLE:
                out[keyword] = written(value, depth + 1)
            elif keyword in _LISTS and isinstance(value, list):
                out[keyword] = [written(one, depth + 1) for one in value]
            elif keyword == "properties" and isinstance(value, dict):
                out[keyword] = {name: written(one, depth + 1) for name, one in value.items()}
            elif keyword not in (*_DEFINITIONS, "$ref"):
                out[keyword] = value
        if "$ref" in schema:
            out = {"allOf": [written(_referred(root, schema["$ref"]), depth + 1), out]}
        return out

    return written(root, 0)


def _referred(root: dict[str, Any], where: Any) -> Any:
    for definitions in _DEFINITIONS:
        name = str(where).removeprefix(f"#/{definitions}/")
        found = root.get(definitions)
        if name != where and isinstance(found, dict) and name in found:
            return found[name]
    raise OutOfTurn(Code.SCHEMA, f"a reference to {str(where)[:64]!r}; only #/$defs/NAME is followed")


def _size(value: Any, most: int) -> int:
    """How many JSON values there are in ``value``, itself among them; counting stops beyond ``most``."""
    count, waiting = 0, [value]
    while waiting and count <= most:
        one = waiting.pop()
        count += 1
        if isinstance(one, dict):
            waiting += one.values()
        elif isinstance(one, list | tuple):
            waiting += one
    return count


def _first_line(error: Exception) -> str:
    return (str(error) or type(error).__name__).splitlines()[0][:300]
