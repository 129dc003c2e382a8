"""How recommenders are judged by agents that browse."""

from typing import Any, Literal

from pydantic import Field

from townsquare.agents.browsers.behavioural import Behavioural
from townsquare.agents.browsers.model_driven import ModelDriven
from townsquare.protocols import Settings


class RecommendersSettings(Settings):
    """Who browses what, how far, and how the held-out part is made."""

    agents: int = Field(default=1000, ge=2)
    "People of the data that browse, drawn by the first seed; a larger number takes in those of a smaller one."
    least: int = Field(default=5, ge=1)
    "Interactions somebody needs among those that recommenders learn from, to be drawn."
    page_size: int = Field(default=4, ge=1)
    "Items on a page."
    pages: int = Field(default=10, ge=1)
    "Pages after which there is nothing more."
    k: int = Field(default=20, ge=1)
    "Places that count in the offline ranking."
    threshold: float | None = None
    "Rating from which an interaction is positive; by default every row is, whatever its rating."
    split: Literal["random", "time"] = "random"
    "Which of a person's interactions are held out: any, or the latest. Data that come split stay as they are."
    held_out: float = Field(default=0.2, gt=0, lt=1)
    "Share of each person's positive interactions that is held out, one at least."
    taste_rank: int = Field(default=64, ge=1, le=64)
    "Dimensions of the agents' hidden tastes."
    behaviour: Behavioural.Config = Behavioural.Config()
    "How agents without a language model browse."
    model: ModelDriven.Config = ModelDriven.Config()
    "What language-model agents are told."
    models: dict[str, dict[str, Any]] = Field(default_factory=dict)
    "Settings of recommenders by name, as {'ease': {'regularisation': 500}}."
