"""Forming a team with a language model: it looks for agents, and then chooses a few of them."""

from collections.abc import Callable
from typing import Any, Literal

from pydantic import BaseModel, Field

from townsquare.agents.prompts.team_up import team_up
from townsquare.protocols.asking import Ask, AskModel
from townsquare.protocols.ioa.cards import Card
from townsquare.protocols.ioa.member import Member
from townsquare.protocols.settings import Settings


class Choice(BaseModel):
    """One step: the original's two tools."""

    action: Literal["discover", "team_up"]
    queries: list[str] = Field(max_length=16)
    members: list[str]


class Team(BaseModel):
    """The last step, when only a team can be the answer."""

    members: list[str]


class LLMFormation:
    """After Chen et al., section 2.3.2 and the public code: at most ten calls, and the last one has to name the team.

    Agents that are found become contacts. A name that is no contact's is rejected and told of; so is a team that is too
    large. In the last call such names are left out, and what is too many is cut. Nobody counts as an answer too: then
    the goal is reached alone. A call without a valid answer is an attempt like any other.
    """

    class Config(Settings):
        """Bounds of the search."""

        attempts: int = Field(default=10, ge=1, le=100)
        "Calls at most (the original's ten)."
        largest: int = Field(default=4, ge=1, le=64)
        "Members of a team besides the one who forms it; the original asks for one to four."
        top: int = Field(default=3, ge=1, le=100)
        "Agents per query (the original's three)."

    def __init__(
        self, ask: AskModel, config: Config | None = None, *, agent: int = -1, tick: Callable[[], int] = lambda: 0
    ) -> None:
        """``agent`` and ``tick`` are what the asks are recorded under."""
        self.ask, self.config, self.agent, self.tick = ask, config or self.Config(), agent, tick

    async def __call__(self, goal: str, voice: Member) -> tuple[str, ...]:
        """The team, in the order in which the model names it."""
        contacts: dict[str, Card] = {}
        notes: list[str] = []
        for attempt in range(1, self.config.attempts + 1):
            said = await self._ask(goal, voice, contacts, notes, attempt)
            if said is None:
                notes.append(f"attempt {attempt}: there was no valid answer")
            elif isinstance(said, Choice) and said.action == "discover":
                notes.append(await self._discover(said.queries, voice, contacts))
            else:
                names = list(dict.fromkeys(name for name in said.members if name != voice.card.name))
                strangers = [name for name in names if name not in contacts]
                if attempt == self.config.attempts:
                    return tuple(name for name in names if name in contacts)[: self.config.largest]
                if not strangers and len(names) <= self.config.largest:
                    return tuple(names)
                notes.append(
                    f"team_up was rejected: no contact is called {', '.join(strangers)}; discover it, or choose others"
                    if strangers
                    else f"team_up was rejected: {len(names)} are too many; at most {self.config.largest}"
                )
        return ()

    async def _ask(
        self, goal: str, voice: Member, contacts: dict[str, Card], notes: list[str], attempt: int
    ) -> Choice | Team | None:
        forced = attempt == self.config.attempts
        you = [f"name: {voice.card.name}", *voice.card.description.splitlines()]
        lines = [
            f"{card.name}: {card.description[:400]} ({', '.join(card.capabilities)})" for card in contacts.values()
        ]
        messages = team_up(you, goal, lines, notes, largest=self.config.largest, forced=forced)
        answer: type[Any] = Team if forced else Choice
        return (await self.ask(Ask("team_up", self.agent, self.tick(), messages, answer, number=attempt))).value

    async def _discover(self, queries: list[str], voice: Member, contacts: dict[str, Card]) -> str:
        """What came of a search, in words; whoever was found and is here is a contact from now on."""
        queries = list(dict.fromkeys(query.strip()[:500] for query in queries if query.strip()))
        if not queries:
            return "discover needs queries"
        found = await voice.discover(queries, top=self.config.top)
        cards = {one.card.name: one.card for matches in found for one in matches if one.here}
        cards.pop(voice.card.name, None)
        new = [name for name in cards if name not in contacts]
        contacts.update(cards)
        return f"discover {', '.join(queries)}: {', '.join(new) or 'nobody new'}"
