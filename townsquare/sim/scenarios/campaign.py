"""A timeline on which persuaders post, and members read, like, answer and change their minds (ours)."""

from collections.abc import Sequence
from typing import ClassVar, Literal, Self

from pydantic import Field, ValidationError, field_validator, model_validator

from townsquare.protocols.chat_settings import checked_model
from townsquare.protocols.counterspeech import Bystanders, Replies
from townsquare.protocols.registry import configure
from townsquare.protocols.scenario import Use
from townsquare.protocols.settings import Settings
from townsquare.protocols.wording import first_problem
from townsquare.sim.graphs.made import GraphSettings
from townsquare.sim.scenarios.moderated_feed import ModeratedFeed
from townsquare.sim.scenarios.news import Trait


class Follows(Settings):
    """Who follows whom among the members; a graph of a file or of the karate club has as many as it has nodes."""

    kind: Literal["complete", "erdos-renyi", "small-world", "scale-free", "blocks", "ring", "karate", "file"] = (
        "small-world"
    )
    "How the graph is made: by a rule, Zachary's karate club, or read from a file."
    degree: float = Field(default=10, gt=0)
    "Members that each follows, on average; of a small world, a ring and scale-free an even number."
    rewire: float = Field(default=0.1, ge=0, le=1)
    "Small world: share of the edges of the ring that lead somewhere else."
    blocks: int = Field(default=2, ge=1, le=100)
    "Blocks: how many groups of equal size there are."
    crossing: float = Field(default=0.1, ge=0, le=1)
    "Blocks: share of the edges that lead from one group to another."
    path: str | None = Field(default=None, min_length=1)
    "File: who follows whom, an edge a row; with a column of opinions in its table, those the members begin with."
    table: str | None = Field(default=None, min_length=1)
    "File: a table of the members (id, and where known opinion)."
    directed: bool = False
    "File: whether an edge holds one way only, so that its first end follows its second."

    def among(self, members: int) -> GraphSettings:
        """The settings of a graph of so many nodes. Raises pydantic's ValidationError where there is none."""
        return GraphSettings(nodes=max(2, members), **self.model_dump())


class Members(Settings):
    """Those who have an account, and an opinion between 0 (against the proposition) and 1 (for it)."""

    count: int = Field(default=1000, ge=2)
    "How many there are."
    mind: str = "behavioural"
    "Who decides for them; `townsquare list mind` shows the choices."
    model: str = ""
    "Their model, provider:model; by default chat.model."
    personas: str | None = Field(default=None, min_length=1)
    "A CSV file of personas, one row per member, for members whom a language model stands for; by default drawn."
    prompt_tokens: int = Field(default=4000, ge=200)
    "Tokens a prompt may take."
    update: Literal["bounded", "own"] = "bounded"
    "Who says what a member thinks after reading: the rule of bounded confidence, or its own mind."
    opinion: Trait = Trait(mean=0.5, sd=0.2)
    "What members think at the start."
    susceptibility: Trait = Trait(mean=0.02, sd=0.01)
    "Bounded confidence: share of the way to what it has read that a member goes."
    tolerance: Trait = Trait(mean=0.3, sd=0.1)
    "Bounded confidence: what lies farther from a member's own opinion does not move it; nor does it like that."
    attention: float = Field(default=0.6, ge=0, le=1)
    "How likely the first post of a timeline is read, if it is of the member's own opinion."
    fade: float = Field(default=0.9, gt=0, le=1)
    "How much less likely the next is read, from place to place."
    selective: float = Field(default=1.0, ge=0)
    "How much less likely a post is read the farther its stance lies away: exp(-selective * distance)."
    likes: float = Field(default=0.3, ge=0, le=1)
    "How likely a post is liked that was read, if it is of the member's own opinion."
    posts: float = Field(default=0.05, ge=0, le=1)
    "How likely a member posts in a tick."
    replies: float = Field(default=0.02, ge=0, le=1)
    "How likely a member answers a post that it has read."
    hostile: float = Field(default=0.05, ge=0, le=1)
    "Share of members whose posts do harm."
    bystanders: Bystanders = Bystanders()
    "Whether a member who reads a harmful post speaks up against it."

    @field_validator("opinion", "susceptibility", "tolerance")
    @classmethod
    def _means_are_on_the_scale(cls, trait: Trait) -> Trait:
        if not 0 <= trait.mean <= 1:
            raise ValueError(f"mean: what members are on average lies between 0 and 1 (got {trait.mean:g})")
        return trait

    @field_validator("model")
    @classmethod
    def _model_is_named_in_full(cls, model: str) -> str:
        return checked_model(model)


class Persuaders(Settings):
    """Accounts with a goal."""

    count: int = Field(default=5, ge=0)
    "How many there are; 0 for a timeline without any."
    mind: str = "behavioural"
    "Who decides for them."
    model: str = ""
    "Their model, provider:model; by default chat.model."
    prompt_tokens: int = Field(default=4000, ge=200)
    "Tokens a prompt may take."
    side: Literal["for", "against"] = "for"
    "What they want members to be: for the proposition, or against it."
    posts: int = Field(default=2, ge=1, le=1000)
    "Posts of each per tick."
    start: int = Field(default=5, ge=0)
    "The tick in which they begin."
    stance: float = Field(default=0.8, ge=0.5, le=1)
    "How far on their side their posts stand: 1 is all the way."
    personalised: bool = False
    "Whether they are told what those think who were shown their posts; in sums only, never about one member."
    followers: float = Field(default=0.0, ge=0, le=1)
    "Share of the members that follow each of them."
    first: Use = Use(name="random")
    "How their first audience is chosen (`townsquare list seeding`), to which their posts are pushed."
    audience: int = Field(default=20, ge=0)
    "How many members that is; 0 for nobody."
    spread: float = Field(default=0.1, gt=0, le=1)
    "How likely a member passes on to a follower what it has taken up, as rules that reckon with cascades assume."

    @field_validator("first")
    @classmethod
    def _rule_is_known(cls, use: Use) -> Use:
        configure("seeding", use.name, use.settings())
        return use

    @field_validator("model")
    @classmethod
    def _model_is_named_in_full(cls, model: str) -> str:
        return checked_model(model)


class Bots(Replies):
    """Accounts that answer harmful posts, and say that they are bots."""

    count: int = Field(default=0, ge=0)
    "How many there are."
    mind: str = "behavioural"
    "Who decides for them."
    model: str = ""
    "Their model, provider:model; by default chat.model."
    replies: int = Field(default=10, ge=1)
    "Answers of each per tick, at most."

    @field_validator("model")
    @classmethod
    def _model_is_named_in_full(cls, model: str) -> str:
        return checked_model(model)


class Timeline(Settings):
    """What members are shown; the recommender takes what followed accounts and the first audience leave."""

    length: int = Field(default=10, ge=1, le=1000)
    "Places in a member's timeline."
    followed: float = Field(default=0.5, ge=0, le=1)
    "Share of the places for posts of those that the member follows, newest first."
    first: float = Field(default=0.2, ge=0, le=1)
    "Share of the places of the first audience that is pushed to it."
    window: int = Field(default=5, ge=1)
    "Ticks for which a post goes round, the one it appeared in included."
    learns: Literal["likes", "clicks"] = "likes"
    "What the recommender learns from: posts that were liked, or all that were read."
    harmful: float = Field(default=0.6, gt=0, le=1)
    "Harm from which a post counts as harmful, and is put before the bots."

    @model_validator(mode="after")
    def _shares_fit(self) -> Self:
        if self.followed + self.first > 1 + 1e-9:
            raise ValueError(f"followed and first may not be more than 1 together (got {self.followed + self.first:g})")
        return self


class Campaign(ModeratedFeed):
    """Members on a timeline, persuaders among them, and a recommender, moderators and follows between them."""

    environment: ClassVar[str] = "timeline"
    groups: ClassVar[tuple[str, ...]] = ("members", "persuaders", "bots")
    listed: ClassVar[tuple[str, ...]] = ("members",)
    control: ClassVar[dict[str, dict[str, str]]] = {"quiet": {"persuaders.count": "0"}}
    """The arm that every comparison should hold: nobody persuades."""
    fixed: ClassVar[tuple[str, ...]] = (
        *ModeratedFeed.fixed,
        "proposition",
        *(f"members.{key}" for key in ("count", "mind", "model", "personas", "prompt_tokens", "update", "opinion")),
        *(f"members.{key}" for key in ("susceptibility", "tolerance", "hostile", "bystanders")),
        "graph",
        *(f"persuaders.{key}" for key in Persuaders.model_fields if key not in ("posts", "start", "stance")),
        "bots",
        "timeline.window",
        "timeline.length",
    )

    scenario: str = "campaign"
    "The built-in scenario that the keys belong to."
    ticks: int = Field(default=50, ge=1)
    "How many ticks to run."
    proposition: str = Field(default="The town should close its centre to cars.", min_length=1, max_length=500)
    "What the opinions are about."
    members: Members = Members()
    "Those who have an account and an opinion."
    graph: Follows = Follows()
    "Who follows whom."
    persuaders: Persuaders = Persuaders()
    "Those who are there to change opinions."
    bots: Bots = Bots()
    "Those who answer harmful posts."
    timeline: Timeline = Timeline()
    "What members are shown."
    retrain: int = Field(default=2, ge=1)
    "The recommender learns anew every so many ticks."
    moderator: Use = Use(name="none")
    "What looks at new posts, and may remove them, with its own settings beside its name."

    @model_validator(mode="after")
    def _the_town_is_possible(self) -> Self:
        try:
            self.graph.among(self.members.count)
        except ValidationError as error:
            raise ValueError(f"graph: {first_problem(error, GraphSettings)}") from error
        if self.persuaders.count and self.persuaders.audience > self.members.count:
            raise ValueError(
                f"persuaders.audience ({self.persuaders.audience}) may not be more than members.count "
                f"({self.members.count})"
            )
        if self.members.update == "own" and self.members.mind.startswith("behavioural"):
            raise ValueError(
                "members.update: a behavioural member has no opinion of its own to say; use 'bounded', or another mind"
            )
        return self

    def goal(self) -> int:
        """Which way the persuaders want opinions to go: 1 up, -1 down."""
        return 1 if self.persuaders.side == "for" else -1

    def files(self) -> Sequence[str]:
        """The graph, the personas and the table that moderators learn from, if they are read."""
        mine = [path for path in (self.graph.path, self.graph.table, self.members.personas) if path is not None]
        return [*mine, *super().files()]
