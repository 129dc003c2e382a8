"""What a language model was asked for an agent, and what it answered, taken apart. No Streamlit here."""

import json
import re
from dataclasses import dataclass

import pyarrow.parquet as pq

from townsquare import build
from townsquare.agents.chat.cassette import Cassette
from townsquare.agents.chat.tape import Call
from townsquare.protocols.errors import RunFolderError
from townsquare.protocols.runfolder import RunFolder

_BLOCK = re.compile(r"^<([a-z]+)-(\w{16})>\n(.*?)\n?</\1-\2>$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Turn:
    """One call: what the model was sent, and what it said."""

    messages: tuple[tuple[str, str], ...]
    """(role, text) in order."""
    reply: str
    came: bool
    """Whether there was a reply at all; else ``reply`` says why not."""

    def block(self, kind: str) -> list[str]:
        """The quoted material of one kind that stands in the messages, a text per line; empty where there is none."""
        found = [m for _, text in self.messages for m in _BLOCK.finditer(text) if m[1] == kind]
        return [_line(line) for line in found[-1][3].splitlines()] if found else []


@dataclass(frozen=True, slots=True)
class Decision:
    """One ask: its calls, the last of them a repair where there are two, and what came of it."""

    purpose: str
    model: str
    outcome: str
    why: str
    tokens_in: int
    tokens_out: int
    usd: float | None
    repaired: bool
    turns: tuple[Turn, ...]


def asked(run: RunFolder, agent: int, tick: int) -> list[Decision]:
    """Every ask for an agent at a tick, in order; empty where no language model decides for it.

    Only the rows of this agent and tick are read. A call that is not in the cassette says so in place of its reply.
    """
    path = run.segment("asks", tick)
    if not path.exists():
        return []
    try:
        rows = pq.read_table(path, filters=[("agent", "==", agent)], partitioning=None).to_pylist()
    except (ValueError, OSError) as error:  # Arrow's own errors are of these kinds
        raise RunFolderError(f"{path} cannot be read: the run folder is torn.") from error
    if not rows:
        return []
    shelves = [shelf for shelf in (build.as_shelf(run, tick + 1), *build.ancestors(run)) if shelf.path.exists()]
    if not shelves:
        return [_decision(row, None) for row in rows]
    with Cassette(shelves[0].path, "replay", run=run.info.id, shelves=shelves[1:]) as cassette:
        return [_decision(row, cassette) for row in rows]


def _decision(row: dict[str, object], cassette: Cassette | None) -> Decision:
    keys = [str(key) for key in row["keys"]]  # type: ignore[attr-defined]
    return Decision(
        str(row["purpose"]),
        str(row["model"]),
        str(row["outcome"]),
        str(row["why"]),
        int(row["tokens_in"]),  # type: ignore[call-overload]
        int(row["tokens_out"]),  # type: ignore[call-overload]
        row["usd"],  # type: ignore[arg-type]
        bool(row["repair"]),
        tuple(_turn(cassette, key) for key in keys),
    )


def _turn(cassette: Cassette | None, key: str) -> Turn:
    held = None if cassette is None else cassette.look_up(key)
    if held is None:
        return Turn((), "this call is not in the cassette", came=False)
    request, record = held
    messages = tuple((str(message.role), message.text) for message in request.messages)
    if isinstance(record, Call):
        return Turn(messages, record.reply.text, came=True)
    return Turn(messages, record.why, came=False)


def _line(line: str) -> str:
    """A line of quoted material in words: a text, or a text with its place before it."""
    try:
        value = json.loads(line)
    except ValueError:
        return line
    return " ".join(map(str, value)) if isinstance(value, list) else str(value)
