"""A moderator that is elsewhere: posts go to an agent on the bus, and its verdicts come back."""

import json
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from townsquare.protocols.errors import InputError
from townsquare.protocols.moderator import ACTION, ACTIONS, Posts, Span, Verdicts
from townsquare.protocols.settings import Settings
from townsquare.protocols.streams import Streams
from townsquare.sim.recommenders.remote import Courier, Garbled

CAPABILITY = "moderate"
"""What an agent's card has to name, and the kind of task that it is given."""
_ENVELOPE = 2_000
"""Bytes of a message that are not the input of its task."""
_WORDS = 600
"""Letters of a rationale or a category, and of each piece of evidence; the rest is cut off."""


class Row(BaseModel):
    """A verdict as it goes over the wire."""

    model_config = ConfigDict(extra="ignore")

    action: str
    score: Annotated[float, Field(ge=0, le=1)] = 0.5
    rationale: str = ""
    category: str = ""
    spans: list[tuple[int, int]] = Field(default_factory=list, max_length=100)
    evidence: list[str] = Field(default_factory=list, max_length=100)

    @field_validator("action")
    @classmethod
    def _action_is_one(cls, action: str) -> str:
        if action not in ACTIONS:
            raise ValueError(f"there is no action {action!r}")
        return action

    @field_validator("rationale", "category")
    @classmethod
    def _words_are_few(cls, words: str) -> str:
        return words[:_WORDS]

    @field_validator("evidence")
    @classmethod
    def _evidence_is_short(cls, evidence: list[str]) -> list[str]:
        return [one[:_WORDS] for one in evidence]


class Remote:
    """Asks an agent elsewhere about all posts of a tick, in as few messages as it takes.

    Answers are on record, so that a tick that is over needs no agent. What was not answered, or what holds no verdict,
    is abstained from, each post for itself; places that are not in the text are left out.
    """

    class Config(Settings):
        """Who moderates."""

        agent: str = ""
        """Its name; by default the first, by name, that is there and can `moderate`."""
        seconds: float = Field(default=60.0, gt=0, le=86_400)
        """How long it has for a task."""

    config: Config

    def __init__(self, config: Config, streams: Streams) -> None:
        self.config = config
        self.courier: Courier | None = None
        """How to reach it; the town sets it."""

    async def review(self, posts: Posts) -> Verdicts:
        """The agent's verdicts."""
        if not len(posts):
            return Verdicts.abstaining(0)
        courier = self.courier
        if courier is None:
            raise InputError(
                "moderator 'remote' works as the moderator of a town only, which connects it to its broker."
            )
        texts = posts.texts()
        told = [
            {"text": text.encode("utf-8", "replace").decode(), "author": author, "disputes": disputes}
            for text, author, disputes in zip(texts, posts.authors.tolist(), posts.disputes.tolist(), strict=True)
        ]
        sees = json.dumps([posts.tick, told], ensure_ascii=False)
        answered = await courier.awaited(
            posts.tick, 0, sees, lambda: json.dumps(self._asked(courier, posts.tick, told))
        )
        given = [None] * len(told) if answered is None else json.loads(answered)
        return verdicts_of([_row(one, text) for one, text in zip(given, texts, strict=True)])

    def _asked(self, courier: Courier, tick: int, told: Sequence[Mapping[str, Any]]) -> list[Any]:
        """A verdict for each post as it came, or None. Raises Garbled when there are not as many."""
        task = {"tick": tick, "posts": list(told)}
        if len(json.dumps(task)) + _ENVELOPE > courier.most(self.config.agent) and len(told) > 1:
            half = len(told) // 2
            return self._asked(courier, tick, told[:half]) + self._asked(courier, tick, told[half:])
        output = courier.send(self.config.agent, CAPABILITY, task, self.config.seconds)
        given = output.get("verdicts") if isinstance(output, Mapping) else None
        if not isinstance(given, list) or len(given) != len(told):
            raise Garbled(f"the answer holds no list of {len(told)} verdicts")
        return given


def verdicts_of(rows: Sequence[Row | None]) -> Verdicts:
    """Columns from rows; None is abstained from."""
    known = [row or Row(action="abstain") for row in rows]
    return Verdicts(
        np.array([ACTION[row.action] for row in known], np.int8),
        np.array([0.5 if row.action == "abstain" else row.score for row in known], float),
        [row.rationale for row in known],
        [row.category for row in known],
        [tuple(Span(*span) for span in row.spans) for row in known],
        [tuple(row.evidence) for row in known],
    )


def rows_of(verdicts: Verdicts) -> list[dict[str, Any]]:
    """Rows from columns, as ``Row`` reads them."""
    made = []
    for row, code in enumerate(verdicts.action.tolist()):
        told: dict[str, Any] = {"action": ACTIONS[code], "score": float(verdicts.score[row])}
        for name in ("rationale", "category"):
            column = getattr(verdicts, name)
            told |= {name: column[row]} if column else {}
        if verdicts.spans:
            told["spans"] = [list(span) for span in verdicts.spans[row]]
        if verdicts.evidence:
            told["evidence"] = list(verdicts.evidence[row])
        made.append(told)
    return made


def _row(given: Any, text: str) -> Row | None:
    """What an agent said of a post; None where that is no verdict."""
    try:
        row = Row.model_validate(given, strict=False)
    except ValidationError:
        return None
    there = [(start, end) for start, end in row.spans if 0 <= start < end <= len(text)]
    return row.model_copy(update={"spans": there})
