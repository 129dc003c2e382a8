"""Every field and every enum of every message, there and back (dossier check 1), and what is no message."""

import json
from typing import get_args

import pytest

from townsquare.protocols.ioa.cards import Card
from townsquare.protocols.ioa.messages import (
    MAX_BYTES,
    Ack,
    Cancel,
    Discover,
    Ended,
    Floor,
    Found,
    Header,
    Joined,
    Launch,
    Launched,
    Lookup,
    Match,
    Message,
    Progress,
    Refused,
    Registered,
    Result,
    Say,
    Task,
    Unreadable,
    Usage,
    decode,
    encode,
)
from townsquare.protocols.ioa.vocabulary import Code, State, TaskStatus, Type

HEADER = {
    **{"version": "1.0", "id": "ann:1:7", "sender": "ann", "to": "bob", "reply_to": "bob:1:3", "trace": "t-1"},
    **{"time": "2026-01-01T00:00:00Z", "logical": 41, "seq": 7, "stream": "ann:1", "since": 5},
    "usage": Usage(communication=3, work=4),
}
CARD = Card(name="bob", description="B\u00f6b", capabilities=("x",))
FULL = [
    Registered(**HEADER, max_bytes=1_000),
    Refused(**HEADER, code=Code.BUSY, reason="later"),
    Discover(**HEADER, queries=("a", "b"), top=5),
    Lookup(**HEADER, names=("ann", "anything at all")),
    Found(**HEADER, matches=((Match(card=CARD, score=0.5, here=False),), ())),
    Launch(**HEADER, goal="g", members=("bob",), parent="p", team_up_depth=2, max_turns=9),
    Launched(**HEADER, comm_id="g:1"),
    Joined(**HEADER, comm_id="g:1", goal="g", members=(CARD,), team_up_depth=1, max_turns=9),
    Floor(**HEADER, comm_id="g:1", turn=3, must_conclude=True, seconds=1.5),
    Say(
        **HEADER,
        comm_id="g:1",
        content="hello \u2028 \U0001f600",
        type=Type.SYNC_TASK,
        state=State.EXECUTION,
        next_speaker=("bob", "cat"),
        goal="g",
        team_members=({"name": "bob", "desc": "B"},),
        team_up_depth=1,
        max_turns=9,
        task_id="t",
        task_desc="d",
        task_abstract="a",
        task_conclusion="c",
        task_input={"x": [1, 2.5, None, True]},
        task_seconds=2.5,
        task_status=TaskStatus.FAILED,
        task_output=["y"],
        triggers=("t", "u"),
        proposal_id="p",
        updated_plan="u",
        is_collaborative_planning_enabled=True,
    ),
    Task(
        **HEADER,
        task_id="t",
        comm_id="g:1",
        assigner="ann",
        capability="decide",
        description="d",
        input={"a": {"b": []}},
        seconds=3.5,
    ),
    Progress(**HEADER, task_id="t", note="half"),
    Result(**HEADER, task_id="t", status=TaskStatus.TIMED_OUT, output=[1, "x", {"y": None}], error="why"),
    Cancel(**HEADER, task_id="t", reason="r"),
    Ended(**HEADER, comm_id="g:1", status="abandoned", conclusion="c"),
    Ack(**HEADER, upto=12, again=True),
]
each = pytest.mark.parametrize("message", FULL, ids=lambda message: message.kind)


def changed(message, **fields):
    return json.dumps(json.loads(encode(message)) | fields).encode()


def refusal(payload, **settings):
    with pytest.raises(Unreadable) as refused:
        decode(payload, **settings)
    return refused.value


def test_there_is_one_of_every_kind():
    assert [type(message) for message in FULL] == list(get_args(Message))


@each
def test_every_field_is_set_here_to_something_else_than_its_default(message):
    fixed = {"kind", "version"}
    for name, field in type(message).model_fields.items():
        assert name in fixed or getattr(message, name) != field.default, name


@each
def test_there_and_back(message):
    back = decode(encode(message))
    assert type(back) is type(message)
    assert back == message


@each
def test_the_least_that_is_needed_is_completed_with_the_defaults(message):
    needed = {name for name, field in type(message).model_fields.items() if field.is_required()}
    fields = {name: value for name, value in json.loads(encode(message)).items() if name in needed | {"kind"}}
    back = decode(json.dumps(fields).encode())
    for name in set(type(message).model_fields) - needed:
        assert getattr(back, name) == type(message).model_fields[name].get_default(call_default_factory=True)
    for name in needed:
        refused = refusal(json.dumps({key: value for key, value in fields.items() if key != name}).encode())
        assert refused.code is Code.MALFORMED
        assert name in str(refused)


@each
def test_unknown_fields_are_ignored(message):
    assert decode(changed(message, something_new={"deep": [1]})) == message


@each
def test_wrong_types_are_refused_with_the_id(message):
    for name in set(type(message).model_fields) - {"kind", "task_input", "task_output", "input", "output"}:
        refused = refusal(changed(message, **{name: ["no", 5]}))
        assert refused.code is (Code.VERSION if name == "version" else Code.MALFORMED), name
        assert refused.about == (None if name == "id" else "ann:1:7")


@pytest.mark.parametrize(("field", "enum"), [("type", Type), ("state", State), ("task_status", TaskStatus)])
def test_every_member_of_an_enum_is_taken_and_nothing_else(field, enum):
    say = FULL[9]
    for member in enum:
        assert getattr(decode(changed(say, **{field: member.value})), field) is member
    for wrong in ("shout", "", "DISCUSSION", 99, -1, 1.5, True):
        assert refusal(changed(say, **{field: wrong})).code is Code.MALFORMED


def test_every_code_is_taken():
    assert [decode(changed(FULL[1], code=code.value)).code for code in Code] == list(Code)


def test_the_integers_of_the_original_are_taken():
    numbers = [decode(changed(FULL[9], type=n)).type for n in range(12)]
    assert numbers == list(Type)
    assert numbers[4:12] == [
        *(Type.DISCUSSION, Type.SYNC_TASK, Type.ASYNC_TASK, Type.TASK_RESULT, Type.TASK_PROGRESS),
        *(Type.PAUSE, Type.CONCLUDE, Type.CONCLUSION),
    ]
    assert [decode(changed(FULL[9], state=n)).state for n in range(4)] == list(State)


@pytest.mark.parametrize(
    ("said", "heard"), [("", ()), ("bob", ("bob",)), ([], ()), (["bob"], ("bob",)), (["bob", "cat"], ("bob", "cat"))]
)
def test_next_speaker_is_a_name_a_list_or_nobody(said, heard):
    assert decode(changed(FULL[9], next_speaker=said)).next_speaker == heard


@pytest.mark.parametrize("wrong", [5, ["a b"], [5], {"name": "bob"}, "a/b"])
def test_next_speaker_is_nothing_else(wrong):
    assert refusal(changed(FULL[9], next_speaker=wrong)).code is Code.MALFORMED


@pytest.mark.parametrize("kind", [Joined, Launched, Floor, Say, Ended], ids=lambda kind: kind.__name__)
def test_a_conversation_needs_its_id(kind):
    (message,) = (message for message in FULL if type(message) is kind)
    for wrong in (None, "", "a b", 5):
        assert refusal(changed(message, comm_id=wrong)).code is Code.MALFORMED


def test_versions_kinds_and_sizes():
    assert refusal(changed(FULL[3], version="1.1")).code is Code.VERSION
    assert refusal(changed(FULL[3], kind="lookups")).code is Code.MALFORMED
    assert refusal(encode(FULL[3]), max_bytes=10).code is Code.OVERSIZE
    whole = encode(Task(id="x", sender="ann", task_id="t", input=""))
    fits = Task(id="x", sender="ann", task_id="t", input="x" * (MAX_BYTES - len(whole)))
    assert decode(encode(fits)) == fits
    too_large = fits.model_copy(update={"input": fits.input + "x"})
    assert refusal(encode(too_large)).code is Code.OVERSIZE


@pytest.mark.parametrize("wrong", ["", "a b", "-a", "a" * 129, "a\n", "\u00e9"])
def test_ids_are_plain(wrong):
    assert refusal(changed(FULL[3], id=wrong)).code is Code.MALFORMED


def test_what_holds_nothing_is_left_out():
    assert b"null" not in encode(Header(id="x", sender="ann"))
    assert encode(Lookup(id="x", sender="ann")).count(b"reply_to") == 0
