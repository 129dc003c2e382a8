"""A debater whose answers a language model gives: ratings, statements and a guess, as one person or as the AI."""

from functools import partial
from typing import Literal

import numpy as np
from pydantic import BaseModel, Field

from townsquare.agents.debaters.leaks import fields_of, leaks
from townsquare.agents.debaters.situation import Situation, situation
from townsquare.agents.minds.per_agent import together
from townsquare.agents.minds.silence import silent
from townsquare.agents.persona_sampling import Cast
from townsquare.agents.persona_words import describe
from townsquare.agents.personas import Demographics, Persona
from townsquare.agents.prompts.argue import argue
from townsquare.agents.prompts.quoting import clean
from townsquare.agents.prompts.room import Room
from townsquare.agents.prompts.screen import screen
from townsquare.agents.prompts.settle import settle
from townsquare.protocols.actions import Actions
from townsquare.protocols.asking import Ask, AskModel
from townsquare.protocols.columns import NOBODY
from townsquare.protocols.debate import FIELDS, OPPONENTS
from townsquare.protocols.errors import ContractError
from townsquare.protocols.observations import Observations
from townsquare.protocols.settings import Settings

LETTERS = 2_000
"""A longer statement is no valid answer; the prompt asks for much less."""


class Rating(BaseModel):
    """Before a debate."""

    agreement: int = Field(ge=1, le=5)
    thought: int = Field(ge=1, le=5)


class Statement(BaseModel):
    """One turn."""

    statement: str = Field(min_length=1, max_length=LETTERS)


class Opinion(BaseModel):
    """After some time without a debate."""

    agreement: int = Field(ge=1, le=5)


class Outcome(Opinion):
    """After a debate."""

    opponent: Literal["human", "ai"]


class LLMDebater:
    """Screens, argues and settles as a persona would; agents of a cohort are asked at the same time.

    While it argues, a persona is told without the six demographic fields, and without reflections that name one: so a
    prompt of "argue" holds a field only where the opponent's profile is told, and then the opponent's (a name and
    stances stay). A statement that states a field of that profile verbatim (``leaks``) is asked for once more, and is
    no answer if it still does. Whoever gives no valid answer is a ``no_answer``, never an unchanged opinion.
    """

    class Config(Settings):
        """What is asked for, and how long prompts may be."""

        sentences: int = Field(default=2, ge=1, le=20)
        "Sentences that a statement is asked to have at most."
        prompt_tokens: int = Field(default=4000, ge=400)
        "Tokens a prompt may take; the longest statements are cut first."

    def __init__(self, config: Config, ask: AskModel, personas: Cast | None = None) -> None:
        """``personas`` says who an agent is; None for nobody in particular."""
        self.config, self.ask = config, ask
        self.personas = personas or (lambda agent: None)
        self.room = Room(prompt=config.prompt_tokens)

    async def decide(self, seen: Observations) -> Actions:
        """What each agent rates, says or guesses, in the order of the agents."""
        tasks = {"screen": self._screen, "argue": self._argue, "settle": self._settle}
        if seen.task not in tasks:
            raise ContractError(f"a debater can {', '.join(tasks)}, and was asked to {seen.task!r}.")
        one = partial(tasks[seen.task], seen.tick)
        rows = [(int(seen.agents[i]), situation(seen.row(i))) for i in range(len(seen))]
        return Actions.concat(await together(one(agent, case) for agent, case in rows))

    async def _screen(self, tick: int, agent: int, case: Situation) -> Actions:
        messages = screen(self._you(agent, case), case.proposition, room=self.room)
        answer = await self.ask(Ask("screen", agent, tick, messages, Rating))
        if answer.value is None:
            return silent(agent, answer)
        who, about = np.array([agent]), np.array([case.topic])
        return Actions.concat(
            [
                Actions.of("opinion", who, about, value=float(answer.value.agreement)),
                Actions.of("rate", who, about, value=float(answer.value.thought)),
            ]
        )

    async def _argue(self, tick: int, agent: int, case: Situation) -> Actions:
        messages = argue(
            describe(incognito(self.personas(agent)), (case.proposition,)),
            case.proposition,
            1 if case.side >= 0 else -1,
            case.turn,
            case.own,
            case.opponent,
            case.profile,
            sentences=self.config.sentences,
            room=self.room,
        )
        answer = await self.ask(Ask("argue", agent, tick, messages, Statement, partial(wrong, profile=case.profile)))
        if answer.value is None:
            return silent(agent, answer)
        said = clean(answer.value.statement)
        return Actions.of("say", np.array([agent]), np.array([case.answered]), text=[said])

    async def _settle(self, tick: int, agent: int, case: Situation) -> Actions:
        messages = settle(
            self._you(agent, case), case.proposition, case.side, case.before, case.own, case.opponent, room=self.room
        )
        who, about = np.array([agent]), np.array([case.topic])
        if not case.side:
            waited = await self.ask(Ask("settle", agent, tick, messages, Opinion))
            if waited.value is None:
                return silent(agent, waited)
            return Actions.of("opinion", who, about, value=float(waited.value.agreement))
        answer = await self.ask(Ask("settle", agent, tick, messages, Outcome))
        if answer.value is None:
            return silent(agent, answer)
        guess = float(OPPONENTS.index(answer.value.opponent))
        return Actions.concat(
            [
                Actions.of("opinion", who, about, value=float(answer.value.agreement)),
                Actions.of("guess", who, np.array([NOBODY]), value=guess),
            ]
        )

    def _you(self, agent: int, case: Situation) -> tuple[str, ...]:
        return describe(self.personas(agent), (case.proposition,))


def wrong(answer: Statement, profile: tuple[str, ...] = ()) -> str:
    """What is wrong with a statement: no words, or a field of the profile said outright; else ""."""
    said = clean(answer.statement)
    if not said:
        return "the statement has no words"
    found = leaks(said, profile)
    return f"the statement says what you are not to mention about the other side ({', '.join(found)})" if found else ""


def incognito(persona: Persona | None) -> Persona | None:
    """The persona without the six fields, and without reflections that name one of them."""
    if persona is None:
        return None
    facts = persona.demographics
    told = {field: getattr(facts, field) or "" for field in FIELDS if field != "ethnicity"}
    profile = fields_of({**told, "ethnicity": "+".join(facts.ethnicity)})
    kept = tuple(one for one in persona.reflections if not _names(one, profile))
    return persona.model_copy(update={"demographics": Demographics(), "reflections": kept})


def _names(text: str, profile: dict[str, str]) -> bool:
    """Whether a text about oneself holds a value of one's profile, in whatever sense."""
    said = f" {clean(text).casefold()} "
    values = [word for value in profile.values() for word in value.casefold().split("+") if word]
    return any(value in said or value.replace("-", " ") in said for value in values if value != "other")
