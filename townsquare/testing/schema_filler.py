"""Values that fit a JSON schema, and finding the schema in a chat request: a scripted server needs both."""

import json
from typing import Any

Schema = dict[str, Any]


def schema_of(body: dict[str, Any]) -> Schema | None:
    """The schema of a chat request: its response format, its first tool, or the last one its last message contains."""
    form = body.get("response_format") or {}
    if "json_schema" in form:
        found: Schema = form["json_schema"]["schema"]
        return found
    for tool in body.get("tools") or ():
        parameters: Schema = tool["function"]["parameters"]
        return parameters
    messages: list[dict[str, Any]] = body.get("messages") or [{}]
    return _last_schema_in(str(messages[-1].get("content", "")))


def _last_schema_in(text: str) -> Schema | None:
    found, at, decoder = None, text.find("{"), json.JSONDecoder()
    while at >= 0:
        try:
            value, end = decoder.raw_decode(text, at)
        except ValueError:
            end = at + 1
        else:
            found = value if {"properties", "$ref"} & value.keys() else found
        at = text.find("{", end)
    return found


def filled(schema: Schema) -> Any:
    """The simplest value that fits: first choices, smallest numbers, shortest lists; equal schemas, equal values.

    Items of a list take the choices of an enum in turn, so that they differ as long as there are enough. Patterns
    and formats are not looked at.
    """
    return _filled(schema, schema, 0, ())


def _filled(schema: Schema, root: Schema, turn: int, inside: tuple[str, ...]) -> Any:
    if "$ref" in schema:
        target = root
        for step in schema["$ref"].removeprefix("#/").split("/"):
            target = target[step] if step not in ("", "#") else target
        return _filled(target, root, turn, (*inside, schema["$ref"]))
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return schema["enum"][turn % len(schema["enum"])]
    for several in ("anyOf", "oneOf", "allOf"):
        if several in schema:
            # what contains itself would never end: the first other choice
            first = next((part for part in schema[several] if part.get("$ref") not in inside), schema[several][0])
            return _filled(first, root, turn, inside)
    kind = schema.get("type", "object" if "properties" in schema else "null")
    kind = kind[0] if isinstance(kind, list) else kind
    if kind == "object":
        return {name: _filled(part, root, turn, inside) for name, part in schema.get("properties", {}).items()}
    if kind == "array":
        first = schema.get("prefixItems", [])
        rest = range(schema.get("minItems", 0) - len(first))
        return [_filled(part, root, 0, inside) for part in first] + [
            _filled(schema["items"], root, i, inside) for i in rest
        ]
    if kind == "string":
        return "text".ljust(schema.get("minLength", 0), ".")[: schema.get("maxLength")]
    if kind in ("integer", "number"):
        return _number(schema, whole=kind == "integer")
    return False if kind == "boolean" else None


def _number(schema: Schema, *, whole: bool) -> float:
    """0 where the bounds allow it, else the nearest that they do; the middle between two of which one is exclusive."""
    low, above = schema.get("minimum"), schema.get("exclusiveMinimum")
    high, below = schema.get("maximum"), schema.get("exclusiveMaximum")
    least, most = (low if above is None else above), (high if below is None else below)
    if not whole and least is not None and most is not None and (above is not None or below is not None):
        middle: float = (least + most) / 2
        return middle
    least = least + 1 if above is not None and least is not None else least
    most = most - 1 if below is not None and most is not None else most
    value = 0 if least is None else max(0, least)
    return value if most is None else min(value, most)
