"""What is published is what the code does."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from townsquare.protocols.ioa.cards import Card
from townsquare.protocols.ioa.examples import EXAMPLES, JUDGE, READER, on_the_wire
from townsquare.protocols.ioa.messages import Header, Unreadable, decode, encode
from townsquare.protocols.ioa.published import KINDS, main, schema, texts
from townsquare.protocols.ioa.topics import Address, Topics

FOLDER = Path(__file__).parents[3] / "docs" / "protocol"
SPEC = json.loads(texts()["asyncapi.json"])
named = pytest.mark.parametrize("example", EXAMPLES, ids=lambda message: f"{message.kind}-{message.id}")


@pytest.fixture(scope="module")
def validator() -> Any:
    """Takes every message."""
    jsonschema = pytest.importorskip("jsonschema")
    jsonschema.Draft202012Validator.check_schema(schema())
    return jsonschema.Draft202012Validator(schema())


@pytest.fixture(scope="module")
def only() -> Callable[[str], Any]:
    """Takes what one definition describes."""
    jsonschema = pytest.importorskip("jsonschema")
    whole = schema()
    return lambda name: jsonschema.Draft202012Validator({**whole, "oneOf": [{"$ref": f"#/$defs/{name}"}]})


@pytest.mark.parametrize("name", texts())
def test_the_files_are_what_the_code_says(name: str) -> None:
    told = (FOLDER / name).read_text("utf-8")
    assert told == texts()[name], "run: python -m townsquare.protocols.ioa.published docs/protocol"


def test_the_command_writes_the_same_bytes_every_time(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path / "a")]) == main([str(tmp_path / "b")]) == 0
    for name in texts():
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()
    assert main([]) == 2
    assert "FOLDER" in capsys.readouterr().err


# ---- the schemas ---------------------------------------------------------------------------------------------------


def test_every_kind_and_every_field_of_its_own_has_an_example() -> None:
    assert {type(example) for example in EXAMPLES} == set(KINDS.values())


@named
def test_examples_hold_to_the_schema_and_are_read_as_they_were_meant(example: Header, validator: Any) -> None:
    for wire in (on_the_wire(example), json.loads(encode(example))):
        validator.validate(wire)
        assert decode(json.dumps(wire).encode()) == example


def variants(wire: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The message with each field taken away, and with something else in each field that its class knows."""
    known = [name for name in KINDS[wire["kind"]].model_fields if name != "kind"]
    yield from ({name: value for name, value in wire.items() if name != gone} for gone in wire if gone != "kind")
    others = (None, "", "a/b", "a", "a" * 200, 0, -1, 1.5, 99, 2**60, True, [], ["a", "+"], ["a"], [[]], {}, {"a": 1})
    yield from ({**wire, name: other} for name in known for other in others)
    yield {**wire, "unknown": 1}


def read(wire: dict[str, Any]) -> bool:
    try:
        decode(json.dumps(wire).encode())
    except Unreadable:
        return False
    return True


@pytest.mark.parametrize("kind", KINDS)
def test_schema_and_code_take_the_same(kind: str, only: Callable[[str], Any]) -> None:
    """But for a mildness of the code, which nobody is promised: it reads true as 1, and 0 as false."""
    validator = only(KINDS[kind].__name__)
    example = next(on_the_wire(message) for message in EXAMPLES if isinstance(message, KINDS[kind]))
    valid = 0
    for wire in variants(example):
        wrong = list(validator.iter_errors(wire))
        valid += not wrong
        if not wrong:
            assert read(wire), wire
        elif read(wire):
            odd = [value for name, value in wire.items() if name not in example or example[name] is not value]
            assert odd in ([True], [0]), wire
    assert valid > 20


def test_the_originals_numbers_and_single_names_are_valid(validator: Any) -> None:
    said = {"kind": "say", "id": "a:1", "sender": "a", "comm_id": "g"}
    assert validator.is_valid({**said, "type": 5, "state": 1, "next_speaker": "b"})
    assert validator.is_valid({**said, "next_speaker": ""})
    assert not validator.is_valid({**said, "type": 12})
    assert not validator.is_valid({**said, "state": -1})
    assert not validator.is_valid({**said, "next_speaker": "b/+"})


@pytest.mark.parametrize("card", [JUDGE, READER, Card(name="a")], ids=lambda card: card.name)
def test_cards_hold_to_their_schema(card: Card, only: Callable[[str], Any]) -> None:
    card_validator = only("Card")
    card_validator.validate(card.model_dump(mode="json"))
    card_validator.validate(card.model_dump(mode="json", exclude_unset=True))
    assert not card_validator.is_valid({"name": "a/b"})
    assert not card_validator.is_valid({"name": "a", "limits": {"parallel": 0}})


# ---- the AsyncAPI document -----------------------------------------------------------------------------------------


def references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for value in node.values():
            yield from references(value)
    elif isinstance(node, list):
        for value in node:
            yield from references(value)


def at(reference: str) -> Any:
    """What a reference of the document points to."""
    assert reference.startswith("#/"), "nothing outside the document"
    node = SPEC
    for part in reference[2:].split("/"):
        node = node[part]
    return node


def test_references_lead_somewhere() -> None:
    found = list(references(SPEC))
    assert len(found) > 100
    for reference in found:
        assert isinstance(at(reference), dict)


def test_operations_use_messages_of_their_channel() -> None:
    for name, operation in SPEC["operations"].items():
        for side in (operation, operation.get("reply")):
            if side is not None:
                prefix = side["channel"]["$ref"] + "/messages/"
                assert all(message["$ref"].startswith(prefix) for message in side["messages"]), name


def test_every_message_of_a_channel_is_sent_by_one_side_and_received_by_the_other() -> None:
    for name, channel in SPEC["channels"].items():
        seen: dict[tuple[str, str], set[str]] = {}
        for operation in SPEC["operations"].values():
            if operation["channel"]["$ref"] == f"#/channels/{name}":
                role = operation["tags"][0]["name"]
                messages = {message["$ref"].rpartition("/")[2] for message in operation["messages"]}
                seen.setdefault((role, operation["action"]), set()).update(messages)
        assert len(seen) == 2, name
        assert {action for _, action in seen} == {"send", "receive"}
        assert set(map(frozenset, seen.values())) == {frozenset(channel["messages"])}, name


def test_every_kind_goes_somewhere() -> None:
    used = {message for channel in SPEC["channels"].values() for message in channel["messages"]}
    assert used == set(SPEC["components"]["messages"])
    assert used >= set(KINDS)


def test_addresses_are_those_of_the_code() -> None:
    def address(channel: str) -> str:
        values = {"root": "square", "owner": "ann", "agent": "reader"}
        return re.sub(r"\{(\w+)\}", lambda match: values[match[1]], SPEC["channels"][channel]["address"])

    topics = Topics("square")
    for leaf in ("card", "status", "out", "in"):
        assert topics.read(address(leaf)) == (Address("ann", "reader"), leaf)
        assert set(SPEC["channels"][leaf]["parameters"]) == {"root", "owner", "agent"}
    assert address("server") == topics.server


def test_what_is_retained_is_said_so() -> None:
    for operation in SPEC["operations"].values():
        binding = operation["bindings"]["mqtt"]
        leaf = operation["channel"]["$ref"].rpartition("/")[2]
        assert binding["qos"] == 1
        assert binding.get("retain", False) == (operation["action"] == "send" and leaf in ("card", "status", "server"))
    for server in SPEC["servers"].values():
        will = server["bindings"]["mqtt"]["lastWill"]
        assert will == {"topic": SPEC["channels"]["status"]["address"], "qos": 1, "message": "away", "retain": True}
        assert [at(scheme["$ref"])["type"] for scheme in server["security"]] == ["userPassword"]


def test_examples_of_the_document_are_read() -> None:
    for kind in KINDS:
        examples = SPEC["components"]["messages"][kind]["examples"]
        assert examples
        for example in examples:
            assert isinstance(decode(json.dumps(example["payload"]).encode()), KINDS[kind])


def test_schemas_of_the_document_are_those_of_the_schema_file() -> None:
    moved = json.dumps(SPEC["components"]["schemas"]).replace("#/components/schemas/", "#/$defs/")
    assert json.loads(moved) == json.loads(texts()["messages.schema.json"])["$defs"]
