"""One message of every kind as it looks on the wire: a small team that checks a claim."""

from typing import Any

from townsquare.protocols.ioa.cards import Card, Limits
from townsquare.protocols.ioa.messages import (
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
    Progress,
    Refused,
    Registered,
    Result,
    Say,
    Task,
    Usage,
)
from townsquare.protocols.ioa.names import SERVER
from townsquare.protocols.ioa.vocabulary import Code, TaskStatus, Type

_ANSWER = {"type": "object", "properties": {"verdict": {"enum": ["true", "false", "open"]}}, "required": ["verdict"]}
JUDGE = Card(
    name="judge",
    description="Decides whether a claim holds, given what others found.",
    capabilities=("judge a claim",),
    answers={"judge a claim": _ANSWER},
    limits=Limits(parallel=4, seconds=30),
)
READER = Card(
    name="reader", description="Reads articles and says what they claim.", capabilities=("read",), speaks=True
)

EXAMPLES: tuple[Header, ...] = (
    Registered(id="s1:1", sender=SERVER, to="reader", max_bytes=262_144),
    Refused(id="s1:2", sender=SERVER, to="reader", reply_to="7f:8", code=Code.FLOOR, reason="the floor is 'judge's"),
    Discover(id="7f:1", sender="reader", queries=("judge a claim", "read tables"), top=2),
    Lookup(id="7f:2", sender="reader", names=("judge",)),
    Found(id="s1:3", sender=SERVER, to="reader", reply_to="7f:1", matches=((Match(card=JUDGE, score=0.83),), ())),
    Launch(id="7f:3", sender="reader", goal="Is the dam really closed?", members=("judge",), max_turns=8),
    Launched(id="s1:4", sender=SERVER, to="reader", reply_to="7f:3", comm_id="g1"),
    Joined(
        id="s1:5",
        sender=SERVER,
        to="judge",
        comm_id="g1",
        goal="Is the dam really closed?",
        members=(READER, JUDGE),
        team_up_depth=3,
        max_turns=8,
    ),
    Floor(id="s1:6", sender=SERVER, to="reader", comm_id="g1", turn=0, seconds=60),
    Say(
        id="7f:4",
        sender="reader",
        comm_id="g1",
        type=Type.SYNC_TASK,
        next_speaker=("judge",),
        content="Two papers say so, one of them the operator's.",
        task_desc="Judge from these reports whether the dam is closed.",
        task_abstract="judge the dam",
        task_input={"reports": ["closed since Monday", "closed, says the operator"]},
        usage=Usage(communication=212),
    ),
    Task(
        id="s1:7",
        sender=SERVER,
        to="judge",
        task_id="t1",
        comm_id="g1",
        assigner="reader",
        description="Judge from these reports whether the dam is closed.",
        input={"reports": ["closed since Monday", "closed, says the operator"]},
        seconds=30,
    ),
    Progress(id="a0:1", sender="judge", task_id="t1", note="reading"),
    Result(id="a0:2", sender="judge", reply_to="s1:7", task_id="t1", output={"verdict": "true"}, usage=Usage(work=958)),
    Result(id="a0:3", sender="judge", task_id="t2", status=TaskStatus.FAILED, error="the second report is empty"),
    Say(
        id="g1:3",
        sender="judge",
        comm_id="g1",
        type=Type.TASK_RESULT,
        task_id="t1",
        task_desc="Judge from these reports whether the dam is closed.",
        task_abstract="judge the dam",
        task_conclusion='{"verdict": "true"}',
        task_status=TaskStatus.COMPLETED,
        task_output={"verdict": "true"},
    ),
    Say(id="7f:5", sender="reader", comm_id="g1", type=Type.DISCUSSION, content="So be it?", next_speaker=("judge",)),
    Say(id="7f:6", sender="reader", comm_id="g1", type=Type.CONCLUSION, content="It is closed, since Monday."),
    Cancel(id="s1:8", sender=SERVER, to="judge", task_id="t2", reason="its time is over"),
    Ended(id="s1:9", sender=SERVER, to="judge", comm_id="g1", status="concluded", conclusion="It is closed."),
    Ack(id="s1:10", sender=SERVER, to="reader", upto=64),
)


def on_the_wire(message: Header) -> dict[str, Any]:
    """The message as JSON, with the fields that were said and those that every message has."""
    said = message.model_dump(mode="json", exclude_unset=True, exclude_none=True)
    return {"version": message.version, "kind": getattr(message, "kind"), **said}  # noqa: B009 every subclass has one
