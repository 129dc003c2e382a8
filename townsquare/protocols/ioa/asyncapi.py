"""The AsyncAPI 3.0 document: which messages go where, seen from the agent and from the server."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from townsquare.protocols.ioa.examples import EXAMPLES, JUDGE, on_the_wire
from townsquare.protocols.ioa.messages import MAX_BYTES
from townsquare.protocols.ioa.names import NAME, SERVER
from townsquare.protocols.ioa.published import KINDS, VERSION, definitions
from townsquare.protocols.ioa.topics import PUBLIC, ROOT, Address, Topics

_BINDING = "0.2.0"
_ANY = Topics("{root}")
_ME = Address("{owner}", "{agent}")

_ABOUT = f"""\
How agents that live elsewhere find each other, form groups, talk and work, after the Internet of Agents (Chen et al.,
ICLR 2025). One server routes everything; agents speak to nobody else. docs/protocol.md explains it in words.

**To be an agent**, (1) connect with the last will given under `servers`, a client id of your own and `cleanSession`
false; (2) subscribe to your `in` topic, QoS 1; (3) publish `here`, retained, on your `status` topic and your card,
retained, on your `card` topic; (4) wait for `registered` (or `refused`) on `in`; (5) answer every `task` with a
`result`. That is all that must be done. Do (2) and (3) again whenever the connection came back. To leave for good,
publish an empty retained card.

**If your card says `speaks: true`**, answer every `floor` with one `say` within its `seconds`; with `must_conclude`,
its `type` is `conclusion`. **To ask others**: `discover` or `lookup` -> `found`; `task` with `to` -> `result`; `launch`
-> `launched`, then `joined`, and at the end `ended`. Answers carry the id of the question in `reply_to`.

**Payloads** are JSON in UTF-8, at most {MAX_BYTES:,} bytes unless `registered` or a card says otherwise; status is
plain text. Every message has `version`, `kind`, `id` (unique per sender and never used again: put something into it
that differs in every life of your program) and `sender` (your name). Ignore kinds and fields that you do not know,
and whatever arrives on topics that you did not subscribe to. Delivery is at least once: a task whose `task_id` you
know is not done again, its result is sent again."""

_CHANNELS = {
    "card": ("An agent's card, retained; empty when the agent leaves for good.", ["card", "gone"]),
    "status": ("Whether an agent is connected, retained; `away` is also the last will.", ["here", "away"]),
}
_LOOSE = {
    "card": ("The agent's card.", "application/json", {"$ref": "#/components/schemas/Card"}),
    "gone": ("No card any more: an empty payload.", "text/plain", {"type": "string", "maxLength": 0}),
    "here": ("Connected.", "text/plain", {"type": "string", "const": "here"}),
    "away": ("Not connected.", "text/plain", {"type": "string", "const": "away"}),
}
"""Messages that are none of the kinds."""


@dataclass(frozen=True)
class _Act:
    """Something that an agent does, or is told: what, where, why, and the answers to it."""

    message: str
    leaf: str
    summary: str
    answers: tuple[str, ...] = ()
    does: bool = True

    @property
    def name(self) -> str:
        """``agentSaysTask``, ``agentIsToldTask``; on other topics, what it is about."""
        verb = "IsTold" if not self.does else "Says" if self.leaf == "out" else "Publishes"
        return f"agent{verb}{self.message.title()}"


_ACTS = (
    _Act("here", "status", "Say that you are connected, each time that you are.", ()),
    _Act("away", "status", "Say that you go; the broker says it for you when the connection breaks off.", ()),
    _Act(
        "card", "card", "Register, or change the card; say it again after every reconnect.", ("registered", "refused")
    ),
    _Act("gone", "card", "Leave for good; the name is free again.", ()),
    _Act("discover", "out", "Ask who can do something, in words.", ("found", "refused")),
    _Act("lookup", "out", "Ask for the cards of agents, or of all.", ("found", "refused")),
    _Act("task", "out", "Give the agent `to` a task; the `task_id` is yours to choose.", ("result", "refused")),
    _Act("cancel", "out", "Give up a task that you gave.", ("result", "refused")),
    _Act("launch", "out", "Open a group.", ("launched", "refused")),
    _Act("say", "out", "Speak in a group; only with the floor.", ("refused",)),
    _Act("progress", "out", "Say that a task has begun, or goes on. May be left out.", ()),
    _Act("result", "out", "Say what came of a task. The one thing that every agent has to do.", ("refused",)),
    _Act("refused", "out", "Say that something could not be taken.", ()),
    _Act("ack", "out", "Acknowledge numbered messages; only if your card says `streams`.", ()),
    _Act("registered", "in", "Your card is in the registry.", (), does=False),
    _Act("refused", "in", "Something of yours was not taken; `reply_to` names it.", (), does=False),
    _Act("found", "in", "The answer to `discover` or `lookup`.", (), does=False),
    _Act("task", "in", "Do this, and say `result`, also when it failed.", ("progress", "result"), does=False),
    _Act("progress", "in", "A task that you gave has begun, or goes on.", (), does=False),
    _Act("result", "in", "What came of a task that you gave.", (), does=False),
    _Act("cancel", "in", "Nobody waits for this task any more: stop, and say nothing.", (), does=False),
    _Act("launched", "in", "Your group is open.", (), does=False),
    _Act("joined", "in", "You are in a group: remember its goal and members.", (), does=False),
    _Act("floor", "in", "It is your turn to speak: `say` one thing.", ("say",), does=False),
    _Act("say", "in", "Another member said this, or a task of the group began or ended.", (), does=False),
    _Act("ended", "in", "The group has ended: forget it.", (), does=False),
    _Act("ack", "in", "The server has your numbered messages up to here.", (), does=False),
)


def document() -> dict[str, Any]:
    """The whole document; it refers to nothing outside itself."""
    return {
        "asyncapi": "3.0.0",
        "id": f"urn:townsquare:ioa:{VERSION}",
        "info": {
            "title": "Townsquare: the Internet-of-Agents protocol over MQTT",
            "version": VERSION,
            "description": _ABOUT,
        },
        "defaultContentType": "application/json",
        "servers": {"plain": _server("mqtt", 1883), "encrypted": _server("secure-mqtt", 8883)},
        "channels": _channels(),
        "operations": _operations(),
        "components": {
            "parameters": _parameters(),
            "messages": _messages(),
            "schemas": definitions("#/components/schemas/{model}"),
            "securitySchemes": {
                "user": {
                    "type": "userPassword",
                    "description": "User and password of MQTT. The user is the `owner` in the topics: it may write "
                    "card, status and out below its own name, read in there and the server's status; nothing else.",
                }
            },
        },
    }


def _server(protocol: str, port: int) -> dict[str, Any]:
    will = {"topic": _ANY.of(_ME, "status"), "qos": 1, "message": "away", "retain": True}
    return {
        "host": f"{{host}}:{port}",
        "protocol": protocol,
        "protocolVersion": "3.1.1",
        "description": "Any broker of MQTT 3.1.1 or newer.",
        "variables": {"host": {"default": "localhost", "description": "Where the broker is."}},
        "security": [{"$ref": "#/components/securitySchemes/user"}],
        "bindings": {
            "mqtt": {
                "clientId": "{root}-{owner}-{agent}",
                "cleanSession": False,
                "lastWill": will,
                "keepAlive": 30,
                "bindingVersion": _BINDING,
            }
        },
    }


def _channels() -> dict[str, Any]:
    channels = {}
    for leaf in ("card", "status", "out", "in"):
        kinds = dict.fromkeys(act.message for act in _ACTS if act.leaf == leaf)
        text, names = _CHANNELS.get(leaf, ("What an agent says; only the server reads it.", list(kinds)))
        if leaf == "in":
            text = "What an agent is told; only the server writes it."
        parameters = {name: {"$ref": f"#/components/parameters/{name}"} for name in ("root", "owner", "agent")}
        channels[leaf] = _channel(_ANY.of(_ME, leaf), text, names, parameters)
    root = {"root": {"$ref": "#/components/parameters/root"}}
    channels["server"] = _channel(_ANY.server, "Whether somebody serves, retained.", ["here", "away"], root)
    return channels


def _channel(address: str, text: str, names: Sequence[str], parameters: dict[str, Any]) -> dict[str, Any]:
    return {
        "address": address,
        "description": text,
        "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in names},
        "parameters": parameters,
    }


def _parameters() -> dict[str, Any]:
    return {
        "root": {"description": "The tree that a server serves; letters of a topic.", "default": ROOT},
        "owner": {
            "description": f"The MQTT user, `{PUBLIC}` on a broker without users. Matches {NAME}",
            "default": PUBLIC,
        },
        "agent": {"description": f"The agent's name; never `{SERVER}`. Matches {NAME}", "examples": [JUDGE.name]},
    }


def _operations() -> dict[str, Any]:
    made = {}
    for act in _ACTS:
        operation = _operation("send" if act.does else "receive", act.leaf, [act.message], act.summary, "agent")
        if act.answers:
            back = "in" if act.does else "out"
            operation["reply"] = {"channel": {"$ref": f"#/channels/{back}"}, "messages": _of(back, act.answers)}
        made[act.name] = operation
    texts = {
        "card": ("receive", "Learn who there is; check that owner and name are those of the topic."),
        "status": ("receive", "Learn who is connected."),
        "out": ("receive", "Check, record, and act on what agents say, or answer `refused`."),
        "in": ("send", "Tell an agent what concerns it."),
        "server": ("send", "Say that somebody serves; `away` is also the server's last will."),
    }
    for leaf, channel in _channels().items():
        made[f"server{leaf.title()}"] = _operation(texts[leaf][0], leaf, channel["messages"], texts[leaf][1], "server")
    made["agentReadsServer"] = _operation(
        "receive", "server", ["here", "away"], "Know whether anybody serves. May be left out.", "agent"
    )
    return made


def _operation(action: str, leaf: str, names: Sequence[str], summary: str, role: str) -> dict[str, Any]:
    binding: dict[str, Any] = {"qos": 1}
    if action == "send":
        binding["retain"] = leaf in ("card", "status", "server")
    return {
        "action": action,
        "channel": {"$ref": f"#/channels/{leaf}"},
        "summary": summary,
        "tags": [{"name": role}],
        "messages": _of(leaf, names),
        "bindings": {"mqtt": {**binding, "bindingVersion": _BINDING}},
    }


def _of(leaf: str, names: Sequence[str]) -> list[dict[str, str]]:
    return [{"$ref": f"#/channels/{leaf}/messages/{name}"} for name in names]


def _messages() -> dict[str, Any]:
    made: dict[str, Any] = {}
    for name, (text, content, schema) in _LOOSE.items():
        made[name] = {"name": name, "summary": text, "contentType": content, "payload": schema}
    card = JUDGE.model_dump(mode="json", exclude_unset=True)
    made["card"]["examples"] = [{"name": "card", "payload": card}]
    for kind, cls in KINDS.items():
        examples = [message for message in EXAMPLES if isinstance(message, cls)]
        made[kind] = {
            "name": kind,
            "title": cls.__name__,
            "contentType": "application/json",
            "correlationId": {"location": "$message.payload#/reply_to"},
            "payload": {"$ref": f"#/components/schemas/{cls.__name__}"},
            "examples": [{"name": message.id, "payload": on_the_wire(message)} for message in examples],
        }
    return made
