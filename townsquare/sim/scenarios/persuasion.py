"""A debate trial: who can change whose mind, by how much, knowing what (after Salvi et al. 2024, arXiv 2403.14380)."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar, Literal, Self

from pydantic import Field, PrivateAttr, field_validator, model_validator

from townsquare.protocols.chat_settings import checked_model
from townsquare.protocols.debate import ARMS, STAGES
from townsquare.protocols.errors import InputError, did_you_mean
from townsquare.protocols.settings import Settings
from townsquare.sim.data.topics import Topic, find_topic, own_topics, topics
from townsquare.sim.scenarios.town import TownScenario


class Group(Settings):
    """A group whose size follows from the design."""

    _count: int = PrivateAttr(default=0)

    mind: str = "behavioural"
    "Who decides for them; behavioural and llm stand for the debaters of that kind."
    model: str = ""
    "Their own language model, provider:model; by default that of chat.model."

    @property
    def count(self) -> int:
        """How many there are; known to what ``Persuasion.populations`` returns, and 0 elsewhere."""
        return self._count

    def sized(self, count: int) -> Self:
        """The same group with ``count`` members."""
        made = self.model_copy()
        made._count = count
        return made

    @field_validator("model")
    @classmethod
    def _model_is_named_in_full(cls, model: str) -> str:
        return checked_model(model)


class People(Group):
    """The participants: all of both human-human arms, one side of each debate with an AI, and the control."""

    personas: str | tuple[dict[str, Any], ...] | None = None
    "Who they are: a CSV file, a row per person, or a list of personas; by default drawn."
    update: Literal["human", "own"] = "human"
    "Their opinion after: drawn from what people did in the published trial, or what their own mind says."
    susceptibility: float = Field(default=0.2, ge=0, le=1)
    "How far arguments move people of the mind behavioural, where update is own; 1 moves far more than people do."


class Opponents(Group):
    """The AI's side of the arms human-ai and human-ai-personalised."""


class Judges(Settings):
    """Those who say, after the debates, what rhetoric the statements use."""

    count: int = Field(default=0, ge=0)
    "How many; each judges every statement."
    mind: str = "behavioural"
    "Who judges; behavioural and llm stand for the judges of that kind."
    model: str = ""
    "Their own language model, provider:model; by default that of chat.model."

    @field_validator("model")
    @classmethod
    def _model_is_named_in_full(cls, model: str) -> str:
        return checked_model(model)


class Persuasion(TownScenario):
    """A 2 x 2 trial: the opponent is human or an AI, and is told who it talks to or not; six stages, a tick each."""

    environment: ClassVar[str] = "debate"
    groups: ClassVar[tuple[str, ...]] = ("people", "opponents", "judges")
    own: ClassVar[tuple[str, ...]] = (
        "debates",
        "arms",
        "control",
        "topics",
        "own_topics",
        "clusters",
        "side",
        "paired",
        "people",
        "opponents",
        "judges",
    )
    """The keys that this scenario adds; all are laid down with the design."""
    fixed: ClassVar[tuple[str, ...]] = (*TownScenario.fixed, *own)

    scenario: str = "persuasion"
    "The built-in scenario that the keys belong to."
    ticks: int = Field(default=len(STAGES), ge=1)
    "Six: survey, screening, opening, rebuttal, conclusion, post."
    debates: int = Field(default=150, ge=1, le=100_000)
    "Debates in each arm."
    arms: tuple[str, ...] = ARMS
    "Which arms there are; human-human is what the others are compared with."
    control: int = Field(default=150, ge=0, le=1_000_000)
    "People who rate a topic twice and debate with nobody, so that drift can be told from persuasion."
    topics: tuple[str, ...] = ()
    "What is debated: full wordings, or parts that only one has; by default all topics there are, in equal shares."
    own_topics: tuple[str, ...] = ()
    "Topics of your own, worded in full: debated beside those that topics names, or alone where it names none."
    clusters: Literal["published", "recomputed"] = "published"
    "Strength of a topic in the analysis: as published, or terciles of what the people of this trial thought before."
    side: Literal["drawn", "pro", "con"] = "drawn"
    "The side of the first person of each debate: drawn after the first rating, or the same for all."
    paired: bool = True
    "The same people sit in every arm, with the same luck, so that arms differ by nothing else; false: all differ."
    people: People = People()
    "Those whose opinions are measured."
    opponents: Opponents = Opponents()
    "Those who argue for the AI."
    judges: Judges = Judges()
    "Those who code rhetoric."

    @field_validator("ticks")
    @classmethod
    def _one_tick_per_stage(cls, ticks: int) -> int:
        if ticks != len(STAGES):
            raise ValueError(f"a debate has {len(STAGES)} ticks, one for each of its stages: {', '.join(STAGES)}")
        return ticks

    @field_validator("arms", "topics", "own_topics", mode="before")
    @classmethod
    def _one_needs_no_list(cls, given: Any) -> Any:
        return (given,) if isinstance(given, str) else given

    @field_validator("arms")
    @classmethod
    def _arms_are_known(cls, arms: tuple[str, ...]) -> tuple[str, ...]:
        for arm in arms:
            if arm not in ARMS:
                raise ValueError(f"there is no arm {arm!r}{did_you_mean(arm, ARMS)} Known: {', '.join(ARMS)}")
        if not arms:
            raise ValueError(f"at least one arm is needed, of {', '.join(ARMS)}")
        return tuple(arm for arm in ARMS if arm in arms)

    @model_validator(mode="after")
    def _topics_are_there(self) -> Self:
        looks: tuple[tuple[str, Callable[[], object]], ...] = (("own_topics", self._own), ("topics", self.debated))
        for name, look in looks:
            try:
                look()
            except InputError as error:
                raise ValueError(f"{name}: {str(error).removesuffix('.')}") from error
        return self

    def debated(self) -> tuple[Topic, ...]:
        """The topics of this trial; one that is named twice counts once."""
        own, named = self._own(), tuple(find_topic(words) for words in self.topics)
        return tuple(dict.fromkeys((*named, *own))) or topics()

    def _own(self) -> tuple[Topic, ...]:
        return own_topics(self.own_topics)

    def populations(self) -> Mapping[str, Any]:
        """The settings of each group, with its size."""
        human = sum(2 if "human-human" in arm else 1 for arm in self.arms)
        machine = sum("human-ai" in arm for arm in self.arms)
        return {
            "people": self.people.sized(self.debates * human + self.control),
            "opponents": self.opponents.sized(self.debates * machine),
            "judges": self.judges,
        }

    def files(self) -> Sequence[str]:
        """The table of personas, where there is one."""
        return [self.people.personas] if isinstance(self.people.personas, str) else []
