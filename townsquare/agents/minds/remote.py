"""A mind that is elsewhere: what a cohort sees goes to agents on the bus, and their answers are what it does."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

from townsquare.agents.chat.cassette import Record
from townsquare.agents.chat.tape import Call, Place
from townsquare.agents.minds.per_agent import together
from townsquare.agents.minds.turns import Turn, actions_of, turns
from townsquare.agents.minds.wire_form import Row, frame_of, rows_of
from townsquare.agents.remote.pool import Pool
from townsquare.agents.remote.recorded import Recorded, request_of
from townsquare.protocols.actions import Actions
from townsquare.protocols.chat import Request
from townsquare.protocols.errors import RunStopped
from townsquare.protocols.observations import Observations
from townsquare.protocols.settings import Settings

CAPABILITY = "decide"
"""What an agent's card has to name so that it can be asked."""
_ENVELOPE = 2_000
"""Bytes of a message that are not the input of its task."""


class Remote:
    """Asks agents elsewhere, each for the same part of the cohort in every tick, in tasks of some agents each.

    Each agent of the town has an answer of its own, recorded as soon as it is there; a task that fails, or a row that
    is no answer, is a ``no_answer`` of the agents concerned, and visible as such. The actions do not depend on who
    answered, on the order, or on how the cohort was split.
    """

    class Config(Settings):
        """No settings of its own: the scenario's section ``remote`` says where agents are found."""

    def __init__(self, config: Config, recorded: Recorded, *, seed: int, batch: int, pool: Pool | None = None) -> None:
        """``pool`` may come later, or not at all where all is on record; ``batch`` bounds the agents of a task."""
        self.config, self.pool, self.recorded = config, pool, recorded
        self.seed, self.batch = seed, batch

    async def decide(self, seen: Observations) -> Actions:
        """Actions in the order that ``turns.actions_of`` lays down."""
        frame, rows = frame_of(seen, self.seed), rows_of(seen)
        told, texts = _text(frame), [_text(row) for row in rows]
        places = [Place(seen.tick, seen.task, row["agent"]) for row in rows]
        asks = [request_of(place, seen.group, told + text) for place, text in zip(places, texts, strict=True)]
        found: dict[int, Record] = {}
        for i, (place, request) in enumerate(zip(places, asks, strict=True)):
            record = self.recorded.find(place, request)
            if record is not None:
                found[i] = record
        missing = [i for i in range(len(rows)) if i not in found]
        if missing:
            found |= await self._asked(seen, frame, len(told.encode()), rows, texts, missing, places, asks)
        return actions_of(seen, {place.agent: self._noted(place, asks[i], found[i]) for i, place in enumerate(places)})

    async def _asked(
        self,
        seen: Observations,
        frame: Row,
        framed: int,
        rows: Sequence[Row],
        texts: Sequence[str],
        missing: Sequence[int],
        places: Sequence[Place],
        asks: Sequence[Request],
    ) -> dict[int, Record]:
        """What comes of asking now, by row."""
        pool = self.pool
        assert pool is not None, "open the connection before the first tick"
        await pool.welcome()

        async def ask(place: int, part: list[int]) -> dict[int, Record]:
            task = {**frame, "rows": [rows[i] for i in part]}
            served = await pool.ask(place, _words(seen, len(part)), task)
            if served.trouble is not None:
                spent = {"seconds": served.seconds}
                return {i: self.recorded.fail(places[i], asks[i], served.trouble, served.why, **spent) for i in part}
            judged = turns(served.output, task)
            return {
                i: self.recorded.keep(
                    places[i], asks[i], _text(asdict(judged[places[i].agent])), by=served.by, seconds=served.seconds
                )
                for i in part
            }

        parts = [
            (place, part)
            for place in range(len(pool))
            for part in self._parts(
                pool, place, [i for i in missing if i * len(pool) // len(rows) == place], texts, framed
            )
        ]
        answers = await together(ask(place, part) for place, part in parts)
        return {i: record for answer in answers for i, record in answer.items()}

    def _parts(
        self, pool: Pool, place: int, mine: Sequence[int], texts: Sequence[str], framed: int
    ) -> Iterator[list[int]]:
        """An agent's rows in tasks that it can take."""
        card, most = pool.cards[place], pool.most(place)
        part: list[int] = []
        size = 0
        for i in mine:
            row = len(texts[i].encode()) + 1
            if framed + row + _ENVELOPE > most:
                who, raised = (card.name, "its card") if most == card.limits.bytes else ("the server", "the server")
                raise RunStopped(
                    f"{who} takes messages of {most:,} bytes, and what one agent of the town is shown has "
                    f"{framed + row:,}: raise the limit of {raised} (docs/remote-towns.md)."
                )
            if part and (len(part) == self.batch or framed + size + row + _ENVELOPE > most):
                yield part
                part, size = [], 0
            part.append(i)
            size += row
        if part:
            yield part

    def _noted(self, place: Place, request: Request, record: Record) -> Turn:
        turn = _turn(record)
        self.recorded.note(place, request, record, turn.outcome, turn.why)
        return turn


def _turn(record: Record) -> Turn:
    """What was recorded of an agent's answer."""
    if not isinstance(record, Call):
        return Turn("failed", why=record.why)
    held = json.loads(record.reply.text)
    return Turn(held["outcome"], tuple(held["actions"]), held["why"])


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def _words(seen: Observations, count: int) -> str:
    agents = "one agent" if count == 1 else f"{count} agents"
    return f"Decide for {agents} of the group {seen.group}: {seen.task}, tick {seen.tick}."
