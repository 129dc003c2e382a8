"""Opinions on a network, moved by a model, by language models, or by both (ours)."""

from collections.abc import Sequence
from typing import ClassVar, Literal, Self

from pydantic import Field, field_validator, model_validator

from townsquare.protocols.chat_settings import checked_model
from townsquare.protocols.opinion_model import Pairwise
from townsquare.protocols.registry import configure
from townsquare.protocols.scenario import Use
from townsquare.protocols.settings import Settings
from townsquare.sim.graphs.made import GraphSettings
from townsquare.sim.scenarios.town import TownScenario


class Opinions(Settings):
    """What is thought before the first tick; 0 is all against, 1 all for."""

    start: Literal["uniform", "two-point", "normal", "sides", "column"] = "uniform"
    "How opinions are drawn: evenly, at two points, normally (cut off at 0 and 1), by side of the graph, from a file."
    low: float = Field(default=0.2, ge=0, le=1)
    "Two points and sides: the lower opinion."
    high: float = Field(default=0.8, ge=0, le=1)
    "Two points and sides: the upper opinion; sides lie evenly between the two, in the order of their names."
    share: float = Field(default=0.5, ge=0, le=1)
    "Two points: share of the nodes that hold the upper opinion."
    mean: float = Field(default=0.5, ge=0, le=1)
    "Normal: where it is centred."
    sd: float = Field(default=0.15, ge=0)
    "Normal and sides: standard deviation."
    column: str = Field(default="opinion", min_length=1)
    "Column: its name in the table of nodes; of a model with more than one opinion NAME_1, NAME_2, ..."


class Stubborn(Settings):
    """Nodes that never move."""

    share: float = Field(default=0, ge=0, le=1)
    "Share of the nodes, drawn at random."
    nodes: tuple[str | int, ...] = ()
    "Nodes by id."
    value: float | None = Field(default=None, ge=0, le=1)
    "What they think; by default what they start with."


class Panel(Settings):
    """Nodes whose opinion a mind decides; the others follow the model."""

    count: int = Field(default=0, ge=0)
    "How many, drawn at random among those who are not stubborn; 0 for the model alone."
    mind: str = "llm"
    "Who decides for them; `townsquare list mind` shows the choices."
    model: str = ""
    "Their language model, provider:model; by default chat.model."
    neighbours: int = Field(default=3, ge=1)
    "How many of those they hear in a tick are put before them, at most."
    sentence: bool = True
    "Whether they say why, in a sentence that others on the panel are shown."
    personas: str | None = Field(default=None, min_length=1)
    "A CSV of personas; by default they are drawn."
    prompt_tokens: int = Field(default=2000, ge=200)
    "Tokens a prompt may take."

    @field_validator("model")
    @classmethod
    def _model_is_named_in_full(cls, model: str) -> str:
        return checked_model(model)


class NetworkTown(TownScenario):
    """A town of opinions: who listens to whom is given, what they think moves."""

    environment: ClassVar[str] = "network"
    groups: ClassVar[tuple[str, ...]] = ("panel",)
    control: ClassVar[dict[str, dict[str, str]]] = {"model": {"panel.count": "0"}}
    """The arm that every comparison should hold: the model alone."""
    fixed: ClassVar[tuple[str, ...]] = (
        *TownScenario.fixed,
        "topic",
        "graph",
        "opinions",
        "schedule",
        "stubborn",
        *(f"panel.{key}" for key in Panel.model_fields if key != "model"),
    )

    scenario: str = "network"
    "The built-in scenario that the keys belong to."
    ticks: int = Field(default=50, ge=1)
    "How many ticks to run; of a model in which two meet at a time a tick has as many meetings as there are nodes."
    topic: str = Field(default="The centre of town should be closed to cars.", min_length=1)
    "What the opinions are about, as a sentence that one can be for or against."
    graph: GraphSettings = GraphSettings()
    "Who listens to whom."
    opinions: Opinions = Opinions()
    "What is thought before the first tick."
    model: Use = Use(name="deffuant")
    "How opinions move, with its own settings beside its name; `townsquare list opinion` shows the choices."
    schedule: Literal["sweep", "matching"] = "sweep"
    "Pairs meet one after the other (sweep), or each node at most once in a tick (matching), which suits minds."
    stubborn: Stubborn = Stubborn()
    "Nodes that never move."
    panel: Panel = Panel()
    "Nodes whose opinion a mind decides."

    @model_validator(mode="after")
    def _the_parts_fit(self) -> Self:
        cls, _ = configure("opinion", self.model.name, self.model.settings())
        if self.schedule == "matching" and not issubclass(cls, Pairwise):
            raise ValueError(
                f"schedule = 'matching' needs a model in which two meet at a time, not {self.model.name!r}"
            )
        dimensions = dimensions_of(cls)
        if dimensions > 1 and self.panel.count:
            raise ValueError(
                f"panel.count: a mind decides on one opinion, and nodes of {self.model.name!r} have {dimensions}"
            )
        if self.opinions.start == "column" and self.graph.kind != "file":
            raise ValueError("opinions.start = 'column' needs graph.kind = 'file' with a table of nodes (graph.table)")
        if self.questionnaires:
            raise ValueError("questionnaires: a network has none; the panel says every tick what it thinks")
        return self

    def files(self) -> Sequence[str]:
        """The edges, the table of nodes and the personas, as far as there are any."""
        return [path for path in (self.graph.path, self.graph.table, self.panel.personas) if path is not None]


def dimensions_of(model: type) -> int:
    """How many opinions a node of this model has."""
    return int(getattr(model, "dimensions", 1))
