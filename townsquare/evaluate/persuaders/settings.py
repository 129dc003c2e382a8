"""How pairs are mined, how the arena is held, and how a shift of stance is measured."""

from typing import Any

from pydantic import Field, field_validator

from townsquare.agents.persuaders.behavioural_target import BehaviouralTarget
from townsquare.evaluate.persuaders.cases import checked_cases
from townsquare.protocols import InputError, Settings
from townsquare.protocols.persuader import CASES
from townsquare.protocols.scenario import Use


class Mining(Settings):
    """Which posts are compared, and with what; the thresholds of the kinds are the published ones."""

    hours: float = Field(default=168.0, gt=0)
    "Hours that may lie between the two posts of a pair (ours: published is only that they are close in time)."
    neighbours: int = Field(default=1000, ge=1)
    "Later posts of the account within the hours that each post is compared with at most, the next in time first."
    partners: int = Field(default=5, ge=1)
    "Better posts kept for each post, those whose text is most like its own."
    embedder: Use = Use(name="hashing", dimensions=512)  # type: ignore[call-arg]
    "What text similarity is the cosine of; hashing sees shared words only, minilm also what they mean."
    images: str | None = None
    "A table with columns a, b (ids of posts) and similarity (of their images, 0 to 1); VisOnly needs one."


class PersuadersSettings(Settings):
    """What takes part in the arena, and how it is told who won."""

    cases: tuple[str, ...] = CASES
    "Kinds of pairs that are mined; the arena uses those in which a text is written."
    inputs: int = Field(default=100, ge=2)
    "Texts of each kind, drawn by the seed, that all contestants write anew."
    held: float = Field(default=0.5, ge=0, lt=1)
    "Share of the wordings that is kept out of the arena, for judges that learn; the inputs do not hang on the judge."
    mining: Mining = Mining()
    "How pairs are found."
    ridge: float = Field(default=1e-3, gt=0)
    "Pull of all strengths towards each other; it keeps somebody who wins every match from an infinite rating."
    draws: int = Field(default=200, ge=20)
    "Bootstrap draws over inputs."
    k: float = Field(default=16.0, gt=0)
    "Points that change hands at most after one match of the online Elo."
    orders: int = Field(default=20, ge=20)
    "Orders of the matches over which the online Elo is averaged."
    contestants: dict[str, dict[str, Any]] = Field(default_factory=dict)
    "Settings of contestants by name, as {'llm': {'rounds': 3}}."
    judges: dict[str, dict[str, Any]] = Field(default_factory=dict)
    "Settings of judges by name, as {'llm': {'question': 'persuasion'}}."

    @field_validator("cases", mode="before")
    @classmethod
    def _cases_are_known(cls, given: Any) -> Any:
        keys = given.split(",") if isinstance(given, str) else given
        try:
            return checked_cases(tuple(str(key) for key in keys))
        except InputError as error:
            raise ValueError(str(error).removeprefix("cases: ").removesuffix(".")) from error


class StanceSettings(Settings):
    """Who talks with whom about what, and what they are asked before and after."""

    topics: tuple[str, ...] = ()
    "Propositions; by default those of the debate trial."
    inputs: int = Field(default=5, ge=1)
    "Topics that are drawn by the seed; all of those given where they are fewer."
    repeats: int = Field(default=1, ge=1)
    "Conversations about each topic and side; a model at temperature 0 would say the same again."
    messages: int = Field(default=8, ge=2, multiple_of=2)
    "Messages of a conversation, half of them the persuader's, who begins."
    contestants: dict[str, dict[str, Any]] = Field(default_factory=dict)
    "Settings of persuaders by name."
    target: BehaviouralTarget.Config = BehaviouralTarget.Config()
    "Targets without a language model."
