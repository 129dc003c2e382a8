"""Every message of the protocol: one header, one class per kind.

Fields of ``Say`` are those of the paper's appendix A.1 and of its published code, with their defaults; the header is
ours (the original has no message id, time stamp, reply-to or version). Unknown fields are ignored; an unknown kind,
enum value or version is refused.
"""

from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, TypeAdapter, ValidationError

from townsquare.protocols.errors import TownsquareError
from townsquare.protocols.ioa.cards import Card
from townsquare.protocols.ioa.names import Id, Name
from townsquare.protocols.ioa.vocabulary import Code as Code
from townsquare.protocols.ioa.vocabulary import State as State
from townsquare.protocols.ioa.vocabulary import TaskStatus as TaskStatus
from townsquare.protocols.ioa.vocabulary import Type as Type

MAX_BYTES = 262_144
"""What a message may have at most, unless the receiver's card says otherwise."""


def _numbered(enum: type[StrEnum]) -> BeforeValidator:
    """The original's integers stand for the members in their order."""
    members = list(enum)

    def read(value: object) -> object:
        if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < len(members):
            return members[value]
        return value

    numbers = Annotated[int, Field(ge=0, lt=len(members))]
    return BeforeValidator(read, json_schema_input_type=enum | numbers)


def _listed(value: object) -> object:
    """``next_speaker`` may be one name, a list of names, or "" for nobody."""
    if isinstance(value, str):
        return (value,) if value else ()
    return value


_NAMES = tuple[Name, ...] | Name | Literal[""]


class Usage(BaseModel):
    """Tokens that a message cost its sender: talking and working are metered apart."""

    model_config = ConfigDict(frozen=True, extra="ignore", use_attribute_docstrings=True)

    communication: int = Field(default=0, ge=0, le=2**53)
    "Tokens spent on deciding what to say."
    work: int = Field(default=0, ge=0, le=2**53)
    "Tokens spent on the task itself."


class Header(BaseModel):
    """What every message carries."""

    model_config = ConfigDict(frozen=True, extra="ignore", use_attribute_docstrings=True)

    version: Literal["1.0"] = "1.0"
    "The version of the protocol."
    id: Id
    "Unique per sender; a message whose id was seen before is dropped."
    sender: Name
    "Who says it; the server checks it against the topic."
    to: Name | None = None
    "Whom it is for; the server, where nothing stands here."
    reply_to: Id | None = None
    "The id of the message that this one answers."
    trace: Id | None = None
    "Shared by everything that one request led to."
    time: str = Field(default="", max_length=64)
    "Wall time of the sender, ISO 8601; for people only, nothing is decided by it."
    logical: int = Field(default=0, ge=0, le=2**53)
    "The sender's logical clock (Lamport): greater than that of everything it had seen."
    seq: int | None = Field(default=None, ge=1, le=2**53)
    "The place in the stream from this host to the server or back; only between those whose cards say `streams`."
    stream: Id | None = None
    "The stream that `seq` counts in, or that an `ack` is about: `HOST:LIFE` or `server:LIFE`."
    since: int | None = Field(default=None, ge=1, le=2**53)
    "With messages sent again: every number before this one was acknowledged, so do not wait for it."
    usage: Usage | None = None
    "What saying this cost in tokens."


class Registered(Header):
    """Server to agent: the card is in the registry."""

    kind: Literal["registered"] = "registered"
    max_bytes: int = MAX_BYTES
    "The largest message that the server takes."


class Refused(Header):
    """Either way: a message was not taken; ``reply_to`` names it where it could be read."""

    kind: Literal["refused"] = "refused"
    code: Code
    "Why, for programs."
    reason: str = Field(max_length=2_000)
    "Why, for people."


class Discover(Header):
    """Agent to server: who can do this?"""

    kind: Literal["discover"] = "discover"
    queries: tuple[str, ...] = Field(min_length=1, max_length=64)
    "What is wanted, a phrase each."
    top: int = Field(default=3, ge=1, le=100)
    "How many agents per query."


class Lookup(Header):
    """Agent to server: the cards of these agents; of all, when no name is given."""

    kind: Literal["lookup"] = "lookup"
    names: tuple[str, ...] = Field(default=(), max_length=10_000)
    "Whom to look up; unknown names are left out of the answer."


class Match(BaseModel):
    """One agent that was found."""

    model_config = ConfigDict(frozen=True, extra="ignore", use_attribute_docstrings=True)

    card: Card
    "Its card."
    score: float = 0.0
    "How well it fits: cosine of query and card, -1 to 1."
    here: bool = True
    "Whether it is connected."


class Found(Header):
    """Server to agent: an answer to ``discover`` (a list per query, best first) or ``lookup`` (one list)."""

    kind: Literal["found"] = "found"
    matches: tuple[tuple[Match, ...], ...] = ()
    "Best first; ties by name."


class Launch(Header):
    """Agent to server: open a group with these members; with none, the sender works alone."""

    kind: Literal["launch"] = "launch"
    goal: str = Field(min_length=1, max_length=64_000)
    "What the group is to reach."
    members: tuple[Name, ...] = Field(default=(), max_length=1_000)
    "Who shall be in it, besides the sender."
    parent: Id | None = None
    "The group whose task this group is for (a nested team)."
    team_up_depth: int | None = Field(default=None, ge=0, le=64)
    "Levels of groups that may be opened below this one; none given: what the parent has left, or the server's bound."
    max_turns: int | None = Field(default=None, ge=1, le=10_000)
    "After so many turns the group has to conclude; none given: the server's bound."


class Launched(Header):
    """Server to agent: the group is open."""

    kind: Literal["launched"] = "launched"
    comm_id: Id
    "The group."


class Joined(Header):
    """Server to a member: you are in this group."""

    kind: Literal["joined"] = "joined"
    comm_id: Id
    "The group."
    goal: str
    "What it is to reach."
    members: tuple[Card, ...]
    "Everybody in it, the one who opened it first."
    team_up_depth: int = 0
    "How many levels of groups may be opened below it."
    max_turns: int
    "After so many turns it has to conclude."


class Floor(Header):
    """Server to a member: it is your turn to speak. Answer with ``say``; whoever is silent too long is passed over."""

    kind: Literal["floor"] = "floor"
    comm_id: Id
    "The group."
    turn: int = Field(ge=0)
    "How many turns were taken so far."
    must_conclude: bool = False
    "Whether only a conclusion is taken now; anything else becomes one."
    seconds: float = Field(gt=0)
    "How long the floor is yours."


class Say(Header):
    """A member speaks: the original's ``AgentMessage``. The server passes it on to all other members."""

    kind: Literal["say"] = "say"
    comm_id: Id
    "The group."
    content: str = Field(default="", max_length=200_000)
    "What is said."
    type: Annotated[Type, _numbered(Type)] = Type.DISCUSSION
    "What saying it does."
    state: Annotated[State, _numbered(State)] = State.DISCUSSION
    "Where the group stands."
    next_speaker: Annotated[tuple[Name, ...], BeforeValidator(_listed, json_schema_input_type=_NAMES)] = ()
    "Who speaks next: one name in a discussion, several in a task assignment; nobody where it is empty."
    goal: str | None = None
    "Only in the first message of a group."
    team_members: tuple[dict[str, Any], ...] | None = None
    "Only in the first message of a group: name and description of each."
    team_up_depth: int | None = None
    "Only in the first message of a group."
    max_turns: int | None = None
    "Only in the first message of a group."
    task_id: str = ""
    "The task that a result or progress message is about; an assignment may name the id that it wants."
    task_desc: str = Field(default="", max_length=200_000)
    "What the assignees are to do; where it is empty, the content."
    task_abstract: str = ""
    "The same in a phrase."
    task_conclusion: str = ""
    "What came of the task."
    task_input: Any = None
    "Anything that the task works on (ours)."
    task_seconds: float | None = Field(default=None, gt=0, le=86_400)
    "How long the task may take (ours); else what the assignee's card says."
    task_status: TaskStatus | None = None
    "How the task ended (ours); only with a result."
    task_output: Any = None
    "The result as the assignee gave it (ours): any JSON."
    triggers: tuple[str, ...] = Field(default=(), max_length=1_000)
    "Tasks whose end wakes a pause; where it is empty, all that are unfinished."
    proposal_id: str = ""
    "Unused, as in the original."
    updated_plan: str = ""
    "The plan as it stands, for groups that keep one."
    is_collaborative_planning_enabled: bool = False
    "Whether the group keeps a plan."


class Task(Header):
    """Please do this. From an agent to the server with ``to`` (the server passes it on), or from the server."""

    kind: Literal["task"] = "task"
    task_id: Id
    "The task; a task whose id was seen before is not done again: its result is sent again."
    comm_id: Id | None = None
    "The group it was assigned in, if any."
    assigner: Name | None = None
    "Who wants it done; the server fills it in."
    capability: str = ""
    "Which of the assignee's capabilities is meant; `decide` for a town's agents."
    description: str = Field(default="", max_length=200_000)
    "What is to be done, in words."
    input: Any = None
    "What it is to be done with: any JSON."
    seconds: float | None = Field(default=None, gt=0, le=86_400)
    "How long it may take; else what the assignee's card says."


class Progress(Header):
    """A task has begun, or goes on."""

    kind: Literal["progress"] = "progress"
    task_id: Id
    "The task."
    note: str = Field(default="", max_length=8_000)
    "For people."


class Result(Header):
    """What came of a task."""

    kind: Literal["result"] = "result"
    task_id: Id
    "The task."
    status: TaskStatus = TaskStatus.COMPLETED
    "How it ended."
    output: Any = None
    "The answer: any JSON; text in the plainest case."
    error: str = Field(default="", max_length=8_000)
    "Why it failed, in a sentence."


class Cancel(Header):
    """Server to agent: nobody waits for this task any more. Agent to server: I do not want it any more."""

    kind: Literal["cancel"] = "cancel"
    task_id: Id
    "The task."
    reason: str = Field(default="", max_length=2_000)
    "Why."


class Ended(Header):
    """Server to a member: the group has ended."""

    kind: Literal["ended"] = "ended"
    comm_id: Id
    "The group."
    status: Literal["concluded", "deadlock", "abandoned", "cancelled"] = "concluded"
    "How: with a conclusion, or because nothing could happen any more, nobody was left, or the server stopped."
    conclusion: str = ""
    "What the group came to."


class Ack(Header):
    """Either way, between hosts that stream: everything up to this ``seq`` has arrived."""

    kind: Literal["ack"] = "ack"
    upto: int = Field(ge=0, le=2**53)
    "The last number before which nothing is missing."
    again: bool = False
    "Whether something after it has to be sent again now."


Message = (
    Registered | Refused | Discover | Lookup | Found | Launch | Launched | Joined | Floor | Say | Task | Progress
    | Result | Cancel | Ended | Ack
)  # fmt: skip
_ADAPTER: TypeAdapter[Message] = TypeAdapter(Annotated[Message, Field(discriminator="kind")])


class Unreadable(TownsquareError):
    """What arrived is no message; ``code`` says why, ``about`` is its id where that could be read."""

    def __init__(self, code: Code, reason: str, about: str | None = None) -> None:
        super().__init__(reason)
        self.code, self.about = code, about


def encode(message: Header) -> bytes:
    """The message as JSON (UTF-8), without the fields that hold nothing."""
    return message.model_dump_json(exclude_none=True).encode()


def decode(payload: bytes, max_bytes: int = MAX_BYTES) -> Message:
    """The message that ``payload`` holds. Raises Unreadable: oversize, malformed, version."""
    if len(payload) > max_bytes:
        raise Unreadable(Code.OVERSIZE, f"{len(payload):,} bytes; at most {max_bytes:,} are taken")
    try:
        return _ADAPTER.validate_json(payload)
    except ValidationError as error:
        raise _unreadable(payload, error) from None


def _unreadable(payload: bytes, error: ValidationError) -> Unreadable:
    problem = error.errors(include_url=False, include_input=False, include_context=False)[0]
    where = ".".join(str(part) for part in problem["loc"])
    code = Code.VERSION if problem["loc"] and problem["loc"][-1] == "version" else Code.MALFORMED
    return Unreadable(code, f"{where}: {problem['msg']}" if where else problem["msg"], _id_of(payload))


def _id_of(payload: bytes) -> str | None:
    try:
        found = TypeAdapter(dict[str, Any]).validate_json(payload).get("id")
        return TypeAdapter(Id).validate_python(found)
    except ValidationError:
        return None
