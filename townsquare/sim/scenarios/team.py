"""A news town with rumours and a team of agents that checks what readers dispute (ours).

The news town of ``news``, in which some articles state what is not so. Disputed articles go to a desk, which finds a
retriever, readers and a judge among the agents it can discover, opens a group with them for each article, and removes
what the group finds false.
"""

from collections.abc import Sequence
from typing import ClassVar, Self

from pydantic import Field, model_validator

from townsquare.protocols.checking import Checking
from townsquare.protocols.settings import Settings
from townsquare.sim.scenarios.news import Creators, News, Slate, Users


class Rumours(Settings):
    """What is false in the town, and what readers do about it."""

    share: float = Field(default=0.2, ge=0, le=1)
    "Share of new articles that state something false."
    dispute: float = Field(default=0.2, ge=0, le=1)
    "Chance that a reader who opens a false article disputes it."
    mistaken: float = Field(default=0.02, ge=0, le=1)
    "Chance that a reader who opens a true article disputes it."


class Team(News):
    """A news town whose disputed articles are checked by a team of agents."""

    control: ClassVar[dict[str, dict[str, str]]] = {"unchecked": {"team.posts": "0"}}
    """The arm that every comparison should hold: nobody checks anything."""
    fixed: ClassVar[tuple[str, ...]] = (*News.fixed, "rumours", "team.agents", "team.mind", "team.seconds")

    scenario: str = "team"
    "The built-in scenario that the keys belong to."
    ticks: int = Field(default=20, ge=1)
    "How many ticks to run."
    users: Users = Users(count=300)
    "The readers."
    creators: Creators = Creators(count=20)
    "Those who write."
    slate: Slate = Slate(length=20)
    "The list every reader is shown."
    clicks: int = Field(default=5, ge=1)
    "Articles each reader clicks per tick."
    rumours: Rumours = Rumours()
    "What is false, and who disputes it."
    team: Checking = Checking()
    "Who checks what is disputed."

    @model_validator(mode="after")
    def _a_model_is_named(self) -> Self:
        if self.team.mind == "llm" and not (self.team.model or self.chat.model):
            raise ValueError("team.mind is 'llm', which needs a model: give --model provider:model")
        return self

    def asking(self) -> Sequence[str]:
        """The groups, and ``team``: those who check what is disputed."""
        checks = self.team.mind == "llm" and self.team.agents == "local"
        return [*super().asking(), *(["team"] if checks else [])]
