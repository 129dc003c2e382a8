"""A debater that follows rules: opinions from who it is, arguments from a bank."""

from collections.abc import Callable, Mapping

import numpy as np
from pydantic import Field

from townsquare.agents.debaters import swayed
from townsquare.agents.debaters.bank import bank
from townsquare.agents.debaters.situation import Situation, situation
from townsquare.agents.debaters.writing import Writer
from townsquare.agents.persona_sampling import Cast
from townsquare.protocols.actions import Actions
from townsquare.protocols.columns import NOBODY
from townsquare.protocols.errors import ContractError
from townsquare.protocols.observations import Observations
from townsquare.protocols.settings import Settings
from townsquare.protocols.streams import Streams


class BehaviouralDebater:
    """One mind for people and for opponents. Everything it says and thinks is ours and poses as no language model.

    "screen": agreement and prior thought from the persona's stance, or drawn (``swayed.agreement``). "argue": the next
    argument of its side, taking up a few words of the opponent; where the opponent's profile is told, arguments that
    speak to it come first (``Writer``). "settle": the opinion as the debate has moved it (``swayed.afterwards``), and a
    guess what the opponent was. All draws hang on seats, so the same person has the same luck in every arm.
    """

    class Config(Settings):
        """How far arguments move it. The defaults keep the mean shift within what people showed in the trial."""

        susceptibility: float = Field(default=0.2, ge=0, le=1)
        "Share of the way to the opponent's side that three perfect statements pull; 1 moves far more than people do."
        conviction: float = Field(default=0.2, ge=0, le=1)
        "Share of the way to its own side that arguing for it pulls."
        wavering: float = Field(default=0.5, ge=0)
        "Standard deviation, in steps of the scale, of what else changes an answer after a debate."
        preference: float = Field(default=2.0, ge=0)
        "How much a point of fit to the opponent's profile counts against luck in the choice of arguments."

    def __init__(self, config: Config, streams: Streams, personas: Cast | None = None) -> None:
        """``personas`` says who an agent is; None for nobody in particular."""
        self.config, self.streams = config, streams
        self.personas = personas or (lambda agent: None)
        self.writer = Writer(streams, config.preference)

    async def decide(self, seen: Observations) -> Actions:
        """What every agent of the cohort rates, says or guesses."""
        tasks: Mapping[str, Callable[[Observations, list[Situation]], Actions]] = {
            "screen": self._screen,
            "argue": self._argue,
            "settle": self._settle,
        }
        if seen.task not in tasks:
            raise ContractError(f"a debater can {', '.join(tasks)}, and was asked to {seen.task!r}.")
        return tasks[seen.task](seen, [situation(seen.row(i)) for i in range(len(seen))])

    def _screen(self, seen: Observations, cases: list[Situation]) -> Actions:
        agreed, thought = self._before(seen, cases)
        topics = np.array([case.topic for case in cases], np.int32)
        return Actions.concat(
            [
                Actions.of("opinion", seen.agents, topics, value=np.array(agreed, np.float64)),
                Actions.of("rate", seen.agents, topics, value=np.array(thought, np.float64)),
            ]
        )

    def _before(self, seen: Observations, cases: list[Situation]) -> tuple[list[int], list[int]]:
        """The first ratings; the same whenever they are asked for."""
        entries = [bank().entry(case.proposition) for case in cases]
        keys = np.array([entry.key for entry in entries], np.int64)
        luck = self.streams.normal("agreement", 0, seen.seats, keys)
        more = self.streams.normal("thought", 0, seen.seats, keys)
        who = [self.personas(agent) for agent in seen.agents.tolist()]
        agreed = [swayed.agreement(one, entry, float(x)) for one, entry, x in zip(who, entries, luck, strict=True)]
        rows = zip(who, entries, agreed, more, strict=True)
        return agreed, [swayed.thought(one, entry, a, float(x)) for one, entry, a, x in rows]

    def _argue(self, seen: Observations, cases: list[Situation]) -> Actions:
        texts = self.writer.write(cases, seen.seats, seen.tick)
        answered = np.array([case.answered for case in cases], np.int32)
        return Actions.of("say", seen.agents, answered, text=texts)

    def _settle(self, seen: Observations, cases: list[Situation]) -> Actions:
        drawn, _ = self._before(seen, cases)
        entries = [bank().entry(case.proposition) for case in cases]
        keys = np.array([entry.key for entry in entries], np.int64)
        wavers = self.streams.normal("wavering", 0, seen.seats, keys)
        guesses = self.streams.uniform("guess", 0, seen.seats, keys)
        after = []
        for i, (agent, case) in enumerate(zip(seen.agents.tolist(), cases, strict=True)):
            before = case.before or drawn[i]
            if not case.side:
                after.append(before)  # who debated with nobody has heard nothing new
                continue
            moved = swayed.afterwards(
                self.personas(agent), case, entries[i], before, self.config.susceptibility, self.config.conviction
            )
            after.append(swayed.likert(moved + self.config.wavering * float(wavers[i])))
        debated = np.array([case.side != 0 for case in cases], bool)
        takes = [swayed.takes_for_ai(case.opponent, float(x)) for case, x in zip(cases, guesses, strict=True)]
        topics = np.array([case.topic for case in cases], np.int32)
        return Actions.concat(
            [
                Actions.of("opinion", seen.agents, topics, value=np.array(after, np.float64)),
                Actions.of(
                    "guess",
                    seen.agents[debated],
                    np.full(int(debated.sum()), NOBODY),
                    value=np.array(takes, np.float64)[debated],
                ),
            ]
        )
