"""Forming a team by the book: whoever fits each ability that the plan names. No language model."""

from collections.abc import Sequence
from typing import Protocol

from pydantic import Field

from townsquare.agents.speakers.plan import Step
from townsquare.protocols.ioa.member import Member
from townsquare.protocols.settings import Settings


class Formation(Protocol):
    """A way to find those who can help with a goal."""

    async def __call__(self, goal: str, voice: Member) -> tuple[str, ...]:
        """Names of others to work with; nobody means that ``voice`` does it alone."""


class ByPlan:
    """The best match that is here for each capability of a plan, as few agents as that takes (ours).

    Whoever is on the team already and names a capability on its card is preferred, then others that name it, then the
    one whose card reads most like it. A capability that nobody has is left to whoever leads the team.
    """

    class Config(Settings):
        """How far it looks."""

        top: int = Field(default=3, ge=1, le=100)
        "Agents looked at per capability (the original's three)."
        least: float = Field(default=0.0, ge=-1, le=1)
        "Cosine below which an agent that does not name the capability itself is taken for unfit."

    def __init__(self, plan: Sequence[Step], config: Config | None = None) -> None:
        self.config, self.plan = config or self.Config(), tuple(plan)

    async def __call__(self, goal: str, voice: Member) -> tuple[str, ...]:
        """The team, in the order of the plan."""
        queries = tuple(dict.fromkeys(step.capability for step in self.plan))
        if not queries:
            return ()
        team: list[str] = []
        found = await voice.discover(queries, top=self.config.top)
        for query, matches in zip(queries, found, strict=True):
            fit = [match for match in matches if match.here and match.card.name != voice.card.name]
            names = [match.card.name for match in fit if query.casefold() in map(str.casefold, match.card.capabilities)]
            alike = [match.card.name for match in fit if match.score >= self.config.least]
            chosen = next((name for name in names if name in team), None) or next(iter([*names, *alike]), None)
            if chosen is not None and chosen not in team:
                team.append(chosen)
        return tuple(team)
