"""What every scenario with a feed has: a recommender between agents and items, and a defence of what it learns from."""

from collections.abc import Sequence
from typing import ClassVar, Self

from pydantic import Field, field_validator, model_validator

from townsquare.protocols.registry import configure
from townsquare.protocols.scenario import Use
from townsquare.protocols.settings import Settings
from townsquare.sim.scenarios.town import TownScenario


class Withheld(Settings):
    """An item that is kept out of lists, all or one."""

    item: int = Field(ge=0, le=2**31 - 1)
    "The item's number; there need not be one of this number yet."
    agent: int | None = None
    "The number of the agent whose list it is kept out of; by default it is in nobody's."


class FeedScenario(TownScenario):
    """A town with a recommender between its agents and its items."""

    listed: ClassVar[tuple[str, ...]] = ()
    """The groups whose agents are shown lists, in the order in which these agents are numbered, from 0."""
    fixed: ClassVar[tuple[str, ...]] = (*TownScenario.fixed, "retrain")

    recommender: Use = Use(name="bpr")
    "What chooses what is shown, with its own settings beside its name."
    retrain: int = Field(default=1, ge=1)
    "The recommender learns anew every so many ticks."
    defence: Use = Use(name="none")
    "What weighs the accounts of the log before the recommender learns from it."
    withheld: tuple[Withheld, ...] = ()
    "Items kept out of everybody's list, or of one agent's, such as [{item = 12}, {item = 15, agent = 7}]."

    @field_validator("recommender")
    @classmethod
    def _recommender_is_known(cls, use: Use) -> Use:
        configure("recommender", use.name, use.settings())
        return use

    @field_validator("defence")
    @classmethod
    def _defence_is_known(cls, use: Use) -> Use:
        configure("defence", use.name, use.settings())
        return use

    @field_validator("withheld", mode="before")
    @classmethod
    def _withheld_is_a_list_of_tables(cls, raw: object) -> object:
        if not isinstance(raw, list | tuple) or not all(isinstance(one, dict | Withheld) for one in raw):
            raise ValueError("must be a list of tables, such as [{item = 12}] or [{item = 12, agent = 7}]")
        return raw

    @model_validator(mode="after")
    def _only_lists_can_withhold(self) -> Self:
        groups = self.populations()
        count = sum(groups[name].count for name in self.listed)
        for one in self.withheld:
            if one.agent is not None and not 0 <= one.agent < count:
                raise ValueError(
                    f"withheld: agent {one.agent} is shown no list; {' and '.join(self.listed)}, who are, have the "
                    f"numbers 0 to {count - 1}"
                )
        return self

    def asking(self) -> Sequence[str]:
        """Those who ask a language model: groups, and a defence that does."""
        return [*super().asking(), *(["defence"] if self.model_of("defence") else [])]

    def model_of(self, name: str) -> str:
        """The model that ``name``, one of ``asking``, asks; "" where none is named. A defence asks its own only."""
        if name == "defence":
            return str(self.defence.settings().get("model", ""))
        return super().model_of(name)
