"""The protocol for programs of other languages: JSON Schema and AsyncAPI, made from the classes.

    python -m townsquare.protocols.ioa.published docs/protocol

writes ``messages.schema.json`` and ``asyncapi.json`` there; equal classes make equal bytes.
"""

import json
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, models_json_schema

from townsquare.protocols.ioa.cards import Card
from townsquare.protocols.ioa.messages import Header, Message

KINDS: dict[str, type[Header]] = {cls.model_fields["kind"].default: cls for cls in get_args(Message)}
"""The class of every kind of message."""
VERSION: str = Header.model_fields["version"].default


class _Untitled(GenerateJsonSchema):
    """Without titles that only repeat a field's name."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False

    def sort(self, value: Any, parent_key: str | None = None) -> Any:
        """In the order of the classes, which is that of reading."""
        return value


def definitions(template: str = "#/$defs/{model}") -> dict[str, dict[str, Any]]:
    """The schema of every message, of what messages hold, and of the card, by class, sorted by name.

    A message is the header and what its kind adds to it, and says its kind. ``template`` is where references point.
    """
    classes: tuple[type[BaseModel], ...] = (Header, Card, *KINDS.values())
    _, made = models_json_schema(
        [(cls, "validation") for cls in classes], ref_template=template, schema_generator=_Untitled
    )
    schemas: dict[str, dict[str, Any]] = dict(sorted(made["$defs"].items()))
    _prosaic(schemas)
    for cls in KINDS.values():
        schemas[cls.__name__] = _on_header(schemas[cls.__name__], template.format(model=Header.__name__))
    return schemas


def schema() -> dict[str, Any]:
    """A JSON Schema that every message of this version holds to; ``#/$defs/Card`` is that of a card."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:townsquare:ioa:{VERSION}:messages",
        "title": f"Messages of Townsquare's Internet-of-Agents protocol, version {VERSION}",
        "description": "Generated; docs/protocol.md explains them, asyncapi.json says who sends which where. "
        "Unknown fields are ignored; where null is allowed, it is the same as nothing.",
        "oneOf": [{"$ref": f"#/$defs/{cls.__name__}"} for cls in KINDS.values()],
        "$defs": definitions(),
    }


def texts() -> dict[str, str]:
    """What is published, by file name."""
    from townsquare.protocols.ioa.asyncapi import document

    return {"messages.schema.json": _text(schema()), "asyncapi.json": _text(document())}


def main(arguments: Sequence[str]) -> int:
    """Write the files to the folder that is named; 0, or 2 where none is."""
    if len(arguments) != 1:
        sys.stderr.write("usage: python -m townsquare.protocols.ioa.published FOLDER\n")
        return 2
    folder = Path(arguments[0])
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in texts().items():
        (folder / name).write_text(text, "utf-8")
    return 0


def _on_header(message: dict[str, Any], header: str) -> dict[str, Any]:
    own = {name: field for name, field in message["properties"].items() if name not in Header.model_fields}
    required = [name for name in message.get("required", ()) if name in own]
    own["kind"] = {"const": own["kind"]["const"]}
    return {
        "title": message["title"],
        "description": message["description"],
        "type": "object",
        "allOf": [{"$ref": header}],
        "properties": own,
        "required": ["kind", *required],
    }


def _prosaic(node: Any) -> None:
    """Docstrings as prose: one line per paragraph, code as Markdown has it."""
    if isinstance(node, dict):
        if isinstance(text := node.get("description"), str):
            node["description"] = _prose(text)
        for value in node.values():
            _prosaic(value)
    elif isinstance(node, list):
        for value in node:
            _prosaic(value)


def _prose(text: str) -> str:
    return re.sub(r"(?<!\n)\n(?!\n)", " ", text).replace("``", "`")


def _text(document: dict[str, Any]) -> str:
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
