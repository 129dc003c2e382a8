"""The JSON schema of an answer, as strict endpoints want it."""

import json
from functools import lru_cache
from typing import Any

from pydantic import BaseModel

from townsquare.protocols.errors import ContractError

_DROPPED = frozenset(
    {"title", "default", "examples", "minLength", "maxLength", "uniqueItems", "discriminator", "deprecated", "readOnly"}
)
"""What strict mode refuses or what only costs tokens. The pydantic type still checks lengths when the answer is in."""
_FORMATS = frozenset({"date-time", "time", "date", "duration", "email", "hostname", "ipv4", "ipv6", "uuid"})


@lru_cache(maxsize=512)
def strict_schema(answer: type[BaseModel]) -> str:
    """Canonical JSON text for ``Request.schema``: all properties required and no others, in declared order.

    The rules of OpenAI's strict mode (Structured Outputs guide, "Supported schemas"): objects are closed, oneOf is
    anyOf, a reference stands alone, keywords outside the supported set go. Keys of a schema are sorted, so that
    the text, and with it every cassette, does not depend on the version of pydantic; properties keep their order,
    because a model writes them in it. Raises ContractError for what strict mode cannot say (tuples, dictionaries with
    free keys, answers that are no object); the message names the place.
    """
    schema = _strict(answer.model_json_schema(), answer.__name__)
    if "properties" not in schema:
        raise ContractError(f"{answer.__name__}: an answer is a pydantic model with named fields.")
    return json.dumps(schema, ensure_ascii=False, separators=(",", ":"))


def _strict(schema: dict[str, Any], at: str) -> dict[str, Any]:
    if len(schema.get("allOf", ())) == 1:
        schema = {**schema["allOf"][0], **{key: value for key, value in schema.items() if key != "allOf"}}
    if "oneOf" in schema:
        schema = {"anyOf": schema["oneOf"]} | {key: value for key, value in schema.items() if key != "oneOf"}
    if "$ref" in schema and schema.keys() - _DROPPED - {"$ref", "$defs"}:
        schema = {"anyOf": [{"$ref": schema["$ref"]}]} | {key: v for key, v in schema.items() if key != "$ref"}
    for keyword in ("allOf", "not", "if", "prefixItems", "patternProperties"):
        if keyword in schema:
            raise ContractError(f"{at}: a strict schema cannot say {keyword!r}; use a list, or a model of its own.")
    found: dict[str, Any] = {}
    for key in sorted(schema.keys() - _DROPPED):
        value = schema[key]
        if key in ("$defs", "properties"):
            found[key] = {name: _strict(part, f"{at}.{name}") for name, part in value.items()}
        elif key == "items":
            found[key] = _strict(value, f"{at}[]")
        elif key == "anyOf":
            found[key] = [_strict(part, at) for part in value]
        elif key == "description":
            found[key] = " ".join(value.split())
        elif key != "format" or value in _FORMATS:
            found[key] = value
    if schema.get("type") == "object" or "properties" in schema:
        if schema.get("additionalProperties"):
            raise ContractError(f"{at}: a strict schema has no dictionaries with free keys; use a list of models.")
        found |= {"additionalProperties": False, "required": list(found.setdefault("properties", {}))}
        found = dict(sorted(found.items()))
    return found
