"""What every scenario with a feed has: a recommender between agents and items, and a defence of what it learns from."""

from collections.abc import Sequence
from typing import ClassVar

from pydantic import Field, field_validator

from townsquare.protocols.registry import configure
from townsquare.protocols.scenario import Use
from townsquare.sim.scenarios.town import TownScenario


class FeedScenario(TownScenario):
    """A town with a recommender between its agents and its items."""

    fixed: ClassVar[tuple[str, ...]] = (*TownScenario.fixed, "retrain")

    recommender: Use = Use(name="bpr")
    "What chooses what is shown, with its own settings beside its name."
    retrain: int = Field(default=1, ge=1)
    "The recommender learns anew every so many ticks."
    defence: Use = Use(name="none")
    "What weighs the accounts of the log before the recommender learns from it."

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

    def asking(self) -> Sequence[str]:
        """Those who ask a language model: groups, and a defence that does."""
        return [*super().asking(), *(["defence"] if self.model_of("defence") else [])]

    def model_of(self, name: str) -> str:
        """The model that ``name``, one of ``asking``, asks; "" where none is named. A defence asks its own only."""
        if name == "defence":
            return str(self.defence.settings().get("model", ""))
        return super().model_of(name)
