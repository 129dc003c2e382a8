"""A timeline on which posts of several kinds go round, and moderators stand in three places (ours)."""

from collections.abc import Sequence
from typing import ClassVar, Self

from pydantic import Field, ValidationError, field_validator, model_validator

from townsquare.protocols.errors import UnknownComponent
from townsquare.protocols.post_kinds import KINDS
from townsquare.protocols.registry import configure, known
from townsquare.protocols.scenario import Use
from townsquare.protocols.settings import Settings
from townsquare.protocols.wording import first_problem
from townsquare.sim.moderators.disguises import DISGUISES
from townsquare.sim.scenarios.authors import Advising, Authors
from townsquare.sim.scenarios.campaign import Campaign, Members, Persuaders
from townsquare.sim.scenarios.moderated_feed import Table

ADVISOR = "draft-advisor"
"""The name of the one who advises authors and is no moderator: it suggests other words (DeMod)."""


def _a_kind(name: str) -> str:
    if name not in KINDS:
        raise ValueError(f"there is no kind of post {name!r}; kinds: {', '.join(KINDS)}")
    return name


def _at_hand(use: Use) -> None:
    """A moderator that answers at once, for places where nothing can wait."""
    if use.name == "human-queue":
        raise ValueError(f"{use.name!r} can look at the channel only (moderator.name): nobody waits for it elsewhere")
    configure("moderator", use.name, use.settings())


class Kinds(Settings):
    """What authors are up to; those of no other kind are benign."""

    spam: float = Field(default=0.05, ge=0, le=1)
    "Share of the members that post spam."
    toxic: float = Field(default=0.05, ge=0, le=1)
    "Share of the members that attack others."
    negative: float = Field(default=0.1, ge=0, le=1)
    "Share of the members that vent."
    own: float = Field(default=0.7, ge=0, le=1)
    "Share of an author's posts that are of its kind; the others are benign."
    busy: float = Field(default=3.0, ge=0, le=100)
    "How many times as often spammers post as others do."

    @model_validator(mode="after")
    def _shares_fit(self) -> Self:
        if self.spam + self.toxic + self.negative > 1 + 1e-9:
            raise ValueError("spam, toxic and negative may not be more than 1 together")
        return self


class Adapting(Settings):
    """What authors do after a removal, a warning, a limit or a suspension."""

    less: float = Field(default=0.2, ge=0, le=1)
    "How likely an author then posts less, where the post did break the rules."
    milder: float = Field(default=0.2, ge=0, le=1)
    "How likely it turns milder."
    disguise: float = Field(default=0.3, ge=0, le=1)
    "How likely it disguises its words from then on; what is left of 1 goes on as before."
    chill: float = Field(default=0.5, ge=0, le=1)
    "How likely an author posts less where the post did not break the rules."
    falls: float = Field(default=0.5, ge=0, le=1)
    "What is left of how often it posts, each time that it posts less."
    recovers: float = Field(default=0.02, ge=0, le=1)
    "Share of the way back that it goes in a tick."
    how: tuple[str, ...] = tuple(DISGUISES)
    "The disguises that authors know."
    letters: float = Field(default=0.3, ge=0, le=1)
    "Share of the letters (or words) that a disguise changes."

    @model_validator(mode="after")
    def _chances_fit(self) -> Self:
        if self.less + self.milder + self.disguise > 1 + 1e-9:
            raise ValueError("less, milder and disguise may not be more than 1 together")
        if self.disguise and not self.how:
            raise ValueError("how: authors who disguise their words have to know a disguise")
        return self

    @field_validator("how")
    @classmethod
    def _disguises_are_known(cls, how: tuple[str, ...]) -> tuple[str, ...]:
        for name in how:
            if name not in DISGUISES:
                raise ValueError(f"there is no disguise {name!r}; disguises: {', '.join(DISGUISES)}")
        return how


class AuthorSide(Settings):
    """Before a post is posted."""

    advice: Use = Use(name="none")
    "Who looks at drafts: draft-advisor, which suggests other words, or any moderator, which only warns."
    accepts: float = Field(default=0.4, ge=0, le=1)
    "How likely a warned author takes what is suggested."
    edits: float = Field(default=0.2, ge=0, le=1)
    "How likely it says it milder in its own words; what is left of 1 posts the draft as it was."

    @model_validator(mode="after")
    def _chances_fit(self) -> Self:
        if self.accepts + self.edits > 1 + 1e-9:
            raise ValueError("accepts and edits may not be more than 1 together")
        return self

    @field_validator("advice")
    @classmethod
    def _advice_is_known(cls, use: Use) -> Use:
        if use.name == ADVISOR:
            try:
                Advising.model_validate(use.settings())
            except ValidationError as error:
                raise ValueError(f"{ADVISOR}: {first_problem(error, Advising)}") from error
        elif use.name not in known("moderator"):
            raise UnknownComponent("moderator", use.name, [*known("moderator"), ADVISOR])
        else:
            _at_hand(use)
        return use


class Effects(Settings):
    """How far actions go."""

    reach: float = Field(default=0.3, ge=0, le=1)
    "Limit: share of the readers that the author's posts can still reach."
    limited: int = Field(default=5, ge=1)
    "Limit: for how many ticks."
    suspended: int = Field(default=5, ge=1)
    "Suspend: for how many ticks the author posts nothing."
    opens: float = Field(default=0.5, ge=0, le=1)
    "Blur: how likely a reader opens such a post."


class Review(Settings):
    """The reviewer of held posts and of appeals: simulated, not a person."""

    capacity: int = Field(default=20, ge=0)
    "Posts that are decided in a tick, held ones and appeals in the order in which they came."
    accuracy: float = Field(default=1.0, ge=0, le=1)
    "How often the decision is what a post truly is."
    innocent: float = Field(default=0.5, ge=0, le=1)
    "How likely an author appeals about a post that did not break the rules."
    guilty: float = Field(default=0.1, ge=0, le=1)
    "How likely about one that did."


class Policy(Settings):
    """What some readers do not want to see."""

    name: str = Field(min_length=1)
    "What they are called."
    share: float = Field(ge=0, le=1)
    "Share of the members."
    block: tuple[str, ...] = ()
    "Kinds of posts that are not put before them."
    words: tuple[str, ...] = ()
    "Further entries that hide a post; a sentence has to hold all words of one."
    protect: tuple[str, ...] = ()
    "Entries that keep a post from being hidden, in the same way."

    @field_validator("block")
    @classmethod
    def _kinds_are_known(cls, block: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(_a_kind(name) for name in block)


class Readers(Settings):
    """Before a post is shown to one reader."""

    moderator: Use = Use(name="none")
    "Who tells readers' filters what kind a post is; none: words of our own do."
    policies: tuple[Policy, ...] = (
        Policy(name="calm", share=0.25, block=("toxic",)),
        Policy(name="cheerful", share=0.25, block=("negative",)),
    )
    "Groups of readers with a policy; the others see everything that goes round."

    @model_validator(mode="after")
    def _shares_fit(self) -> Self:
        if sum(one.share for one in self.policies) > 1 + 1e-9:
            raise ValueError("policies: their shares may not be more than 1 together")
        names = [one.name for one in self.policies]
        if len(set(names)) < len(names) or {"all", "none"} & set(names):
            raise ValueError("policies: each needs a name of its own, and none of them all or none")
        if self.moderator.name == "none" and any("benign" in one.block for one in self.policies):
            raise ValueError("policies: nothing tells benign posts by their words; name a readers.moderator that does")
        return self

    @field_validator("moderator")
    @classmethod
    def _moderator_is_known(cls, use: Use) -> Use:
        _at_hand(use)
        return use


class Learning(Table):
    """What moderators learn from that learn."""

    count: int = Field(default=400, ge=8, le=100_000)
    "How many texts, where they are sentences of ours."


class Moderation(Campaign):
    """Authors of several kinds, readers with policies of their own, and moderators between them."""

    environment: ClassVar[str] = "moderated"
    control: ClassVar[dict[str, dict[str, str]]] = {"none": {"moderator.name": "none"}}
    fixed: ClassVar[tuple[str, ...]] = (
        *(key for key in Campaign.fixed if key != "moderator"),
        *("kinds", "breaks", "authors", "author", "readers", "posts"),
        *("adapting.how", "adapting.letters", "effects.opens"),
    )

    scenario: str = "moderation"
    "The built-in scenario that the keys belong to."
    ticks: int = Field(default=30, ge=1)
    "How many ticks to run."
    members: Members = Members(posts=0.1, replies=0.0, hostile=0.0)
    "Those who read and post."
    persuaders: Persuaders = Persuaders(count=0, audience=0)
    "Those who are there to change opinions; nobody by default."
    moderator: Use = Use(name="linear")
    "Channel: what looks at new posts, with its own settings beside its name."
    breaks: tuple[str, ...] = ("spam", "toxic")
    "Kinds of posts that break the rules of the platform."
    kinds: Kinds = Kinds()
    "What authors are up to."
    adapting: Adapting = Adapting()
    "What authors do once something was done about a post of theirs."
    authors: Authors = Authors()
    "Members whose posts a language model writes."
    author: AuthorSide = AuthorSide()
    "Author side: advice on drafts."
    effects: Effects = Effects()
    "How far actions go."
    review: Review = Review()
    "Held posts and appeals."
    readers: Readers = Readers()
    "Reader side: policies of readers."
    posts: Table = Table()
    "What authors say."
    learning: Learning = Learning()
    "What moderators learn from."

    @field_validator("breaks")
    @classmethod
    def _kinds_are_known(cls, breaks: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(_a_kind(name) for name in breaks)

    @model_validator(mode="after")
    def _everybody_can_decide(self) -> Self:
        if self.members.mind not in ("behavioural", "behavioural-member"):
            raise ValueError("members.mind: only behavioural members post what kinds says")
        if self.members.hostile:
            raise ValueError("members.hostile: who attacks others is said by kinds.toxic here")
        if self.authors.count > self.members.count:
            raise ValueError(
                f"authors.count ({self.authors.count}) may not be more than members.count ({self.members.count})"
            )
        if self.authors.asks and not self.model_of("authors"):
            raise ValueError(f"authors.mind is {self.authors.mind!r}, which needs a model: give --model provider:model")
        if self.advising is not None and self.advising.parts == "model" and not self.model_of("author.advice"):
            raise ValueError("author.advice asks a language model: give --model provider:model")
        return self

    @property
    def advising(self) -> Advising | None:
        """The settings of the one who suggests other words to authors; None where nobody does."""
        use = self.author.advice
        return Advising.model_validate(use.settings()) if use.name == ADVISOR else None

    def places(self) -> dict[str, Use]:
        """The channel, and the places beside it; one who advises authors and is no moderator is none."""
        advice = Use(name="none") if self.author.advice.name == ADVISOR else self.author.advice
        return {**super().places(), "author.advice": advice, "readers.moderator": self.readers.moderator}

    def channels(self) -> dict[int, Use]:
        """The moderators of the channel, by the tick from which on each looks at posts."""
        found = {0: self.at(0).moderator}
        for tick in sorted({change.tick for change in self.changes}):
            use = self.at(tick).moderator
            if use != list(found.values())[-1]:
                found[tick] = use
        return found

    def asking(self) -> Sequence[str]:
        """Those who ask a language model: authors, and one who advises them, beside all others."""
        return [*super().asking(), *self.authoring()]

    def authoring(self) -> Sequence[str]:
        """Those of them who ask about drafts before they are posted, and are no moderators."""
        advises = self.advising is not None and self.advising.parts == "model"
        return [name for name, asks in (("authors", self.authors.asks), ("author.advice", advises)) if asks]

    def model_of(self, name: str) -> str:
        """The model that ``name``, one of ``asking``, asks; "" where none is named."""
        if name == "author.advice" and self.advising is not None:
            return self.advising.model or self.chat.model
        return super().model_of(name)

    def files(self) -> Sequence[str]:
        """The graph, the personas and the tables of texts, if they are read."""
        posts = [] if self.posts.data in (None, self.learning.data) else [self.posts.data]
        return [*super().files(), *posts]
