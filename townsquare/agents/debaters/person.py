"""A person at the terminal in the seat of a debater."""

import asyncio
import json
import sys
from collections.abc import Callable, Mapping
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np

from townsquare.agents.chat.tape import Call, Place
from townsquare.agents.debaters.situation import Situation, situation
from townsquare.agents.joining.terminal import PersonLeft, Terminal
from townsquare.agents.minds.wire_form import frame_of, rows_of
from townsquare.agents.prompts.quoting import clean
from townsquare.agents.remote.recorded import Recorded, request_of
from townsquare.protocols.actions import Actions
from townsquare.protocols.columns import NOBODY
from townsquare.protocols.debate import AGREEMENT, OPPONENTS, STAGES, THOUGHT, TURNS
from townsquare.protocols.errors import ContractError, RunStopped
from townsquare.protocols.observations import Observations
from townsquare.protocols.settings import Settings

WORDS = 25
"""Words that the trial suggested for a turn, at least."""
LETTERS = 8_000
"""The longest statement."""
_SIDES = {1: "PRO: you argue for it", -1: "CON: you argue against it", 0: "none"}
_AGREE = "How far do you agree? 1 strongly disagree, 2 rather disagree, 3 neither, 4 rather agree, 5 strongly agree: "
_THOUGHT = "How much have you thought about it before? 1 not at all ... 5 very much: "
_GUESS = "What was your opponent, a human or an AI? h or a: "
_ASKED = {
    "opening": "Your opening, in one line",
    "rebuttal": "Your rebuttal to it, in one line",
    "conclusion": "Your conclusion, in one line",
}


class SeatEmpty(RunStopped):
    """The person has left; what they said is kept, and a resume goes on where they left."""

    status = "interrupted"
    code = 130


_TERMINALS: "WeakKeyDictionary[asyncio.AbstractEventLoop, Terminal]" = WeakKeyDictionary()
_FLOORS: "WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Lock]" = WeakKeyDictionary()
"""Whoever holds it is being asked: two groups of people at one terminal take turns."""


def seat() -> Terminal:
    """The terminal of the running event loop, opened with the first call: two readers would share one input out."""
    loop = asyncio.get_running_loop()
    if loop not in _TERMINALS:
        terminal = Terminal()
        terminal.open()
        _TERMINALS[loop] = terminal
    return _TERMINALS[loop]


async def typed(terminal: Terminal, prompt: str) -> str:
    """A line; what is piped in is shown as it would stand there had it been typed."""
    line = await terminal.ask(prompt)
    if not sys.stdin.isatty():
        terminal.show(line)
    return line


class PersonDebater:
    """Shows what the trial would show and asks what it would ask. Every answer is in the run's cassette: a replay, a
    resume and a fork find it there and ask nobody again.

    People of the cohort are asked one after the other. What others wrote is shown without what a terminal would act
    upon. Answers that are none are asked for again, in a sentence; Ctrl-D leaves the run interrupted.
    """

    class Config(Settings):
        """Nothing to set: the stages are those of the trial."""

    def __init__(self, config: Config, recorded: Recorded, terminal: Terminal | None = None) -> None:
        """``terminal`` has to be open; by default that of the process (``seat``)."""
        self.config, self.recorded = config, recorded
        self._terminal = terminal

    async def decide(self, seen: Observations) -> Actions:
        """What each person rates, says or guesses: on record, or asked now."""
        asks: Mapping[str, Callable[[Situation], Any]] = {
            "screen": self._screen,
            "argue": self._argue,
            "settle": self._settle,
        }
        if seen.task not in asks:
            raise ContractError(f"a person can {', '.join(asks)} here, and was asked to {seen.task!r}.")
        frame, rows = _text(frame_of(seen, 0)), rows_of(seen)
        done = []
        for i, row in enumerate(rows):
            agent, case = int(seen.agents[i]), situation(seen.row(i))
            place = Place(seen.tick, seen.task, agent)
            request = request_of(place, seen.group, frame + _text(row))
            record = self.recorded.find(place, request)
            if record is None:
                began = asyncio.get_running_loop().time()
                name = f"--- {seen.group}, {i + 1} of {len(rows)}: agent {agent} ---" if len(rows) > 1 else ""
                answer = await self._asked(asks[seen.task], case, name)
                seconds = asyncio.get_running_loop().time() - began
                record = self.recorded.keep(place, request, _text(answer), by="person", seconds=seconds)
            assert isinstance(record, Call), "nobody fails at a terminal: who leaves stops the run"
            self.recorded.note(place, request, record, "answered", "")
            done.append(_actions(agent, case, json.loads(record.reply.text)))
        return Actions.concat(done)

    async def _asked(self, ask: Callable[[Situation], Any], case: Situation, name: str) -> dict[str, Any]:
        floor = _FLOORS.setdefault(asyncio.get_running_loop(), asyncio.Lock())
        try:
            async with floor:
                self._shown(*(("", name) if name else ()))
                answer: dict[str, Any] = await ask(case)
        except PersonLeft as error:
            raise SeatEmpty(
                "you left before the debate was over; what you said is kept, and `townsquare resume RUN` goes on."
            ) from error
        return answer

    async def _screen(self, case: Situation) -> dict[str, Any]:
        self._shown("", _heading("screening"), f"Topic: {case.proposition}")
        agreement = await self._number(_AGREE, AGREEMENT)
        return {"opinion": agreement, "rate": await self._number(_THOUGHT, THOUGHT)}

    async def _argue(self, case: Situation) -> dict[str, Any]:
        self._shown("", _heading(case.turn))
        if case.turn == TURNS[0]:
            self._shown(f"Topic: {case.proposition}", f"Your side is {_SIDES[case.side]}, whatever you think yourself.")
        if case.profile:
            self._shown("You are told who your opponent is:", *(f"  {line}" for line in case.profile))
        if case.opponent:
            self._shown(f"Your opponent's {TURNS[len(case.opponent) - 1]}:", f"  {case.opponent[-1]}")
        while True:
            said = clean(await self._line(f"{_ASKED[case.turn]} ({WORDS} words or more are suggested): "))
            if said and len(said) <= LETTERS:
                return {"say": said}
            self._shown(f"Please write something, {LETTERS:,} letters at most." if said else "Please write something.")

    async def _settle(self, case: Situation) -> dict[str, Any]:
        self._shown("", _heading("post"))
        if case.opponent:
            self._shown(f"Your opponent's {TURNS[len(case.opponent) - 1]}:", f"  {case.opponent[-1]}", "")
        self._shown(f"Topic: {case.proposition}")
        agreement = await self._number(_AGREE, AGREEMENT)
        if not case.side:
            return {"opinion": agreement}
        return {"opinion": agreement, "guess": await self._guess()}

    async def _guess(self) -> int:
        while True:
            word = (await self._line(_GUESS)).strip().casefold()
            found = [code for code, name in enumerate(OPPONENTS) if word and name.startswith(word)]
            if found:
                return found[0]
            self._shown("Please answer h for human or a for AI.")

    async def _number(self, prompt: str, scale: tuple[int, int]) -> int:
        low, high = scale
        allowed = {str(number): number for number in range(low, high + 1)}
        while True:
            word = (await self._line(prompt)).strip()
            if word in allowed:
                return allowed[word]
            self._shown(f"Please give a whole number from {low} to {high}.")

    async def _line(self, prompt: str) -> str:
        return await typed(self._at(), prompt)

    def _shown(self, *lines: str) -> None:
        self._at().show(*lines)

    def _at(self) -> Terminal:
        return self._terminal or seat()


def _heading(stage: str) -> str:
    return f"Stage {STAGES.index(stage)} of {len(STAGES) - 1}: {stage}"


def _actions(agent: int, case: Situation, answer: Mapping[str, Any]) -> Actions:
    """What was answered, as actions."""
    who, topic, nothing = np.array([agent]), np.array([case.topic]), np.array([NOBODY])
    done = []
    for kind, value in answer.items():
        if kind == "say":
            done.append(Actions.of("say", who, np.array([case.answered]), text=[str(value)]))
        else:
            done.append(Actions.of(kind, who, nothing if kind == "guess" else topic, value=float(value)))
    return Actions.concat(done)


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
