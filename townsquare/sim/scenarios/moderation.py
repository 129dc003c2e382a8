"""A timeline on which posts of several kinds go round, and moderators stand in three places (ours)."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar, Self

from pydantic import Field, field_validator, model_validator

from townsquare.protocols.post_kinds import KINDS
from townsquare.protocols.registry import configure, make
from townsquare.protocols.scenario import Use
from townsquare.protocols.settings import Settings
from townsquare.protocols.streams import Streams
from townsquare.sim.data import sets
from townsquare.sim.moderators.disguises import DISGUISES
from townsquare.sim.scenarios.campaign import Campaign, Members, Persuaders

ADVISOR = "draft-advisor"
"""The name of the one who advises authors and is no moderator: it suggests other words (DeMod)."""


def _a_kind(name: str) -> str:
    if name not in KINDS:
        raise ValueError(f"there is no kind of post {name!r}; kinds: {', '.join(KINDS)}")
    return name


def _at_hand(use: Use) -> None:
    """A moderator that answers at once, for places where nothing can wait."""
    if use.name in ("remote", "human-queue"):
        raise ValueError(f"{use.name!r} can look at the channel only (moderator.name)")
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
            if use.settings():
                raise ValueError(f"{ADVISOR} has no settings here (got {', '.join(use.settings())})")
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


class Table(Settings):
    """Labelled texts; kinds are found by their names, other harmful labels count as toxic."""

    data: str | None = Field(default=None, min_length=1)
    "A table text,label, or a registered data set; by default sentences of ours."
    harmless: tuple[str, ...] = ()
    "Labels that break no rule; by default those commonly called so."

    @field_validator("data")
    @classmethod
    def _a_set_has_its_whole_name(cls, data: str | None) -> str | None:
        """``sms`` for ``sms-spam``, as ``evaluate moderators`` takes it."""
        names = [name for name in sets.known() if data and name.startswith(f"{data}-")]
        return names[0] if data and len(names) == 1 and not Path(data).exists() else data


class Learning(Table):
    """What moderators learn from that learn."""

    count: int = Field(default=400, ge=8)
    "How many texts, where they are sentences of ours."


class Moderation(Campaign):
    """Authors of several kinds, readers with policies of their own, and moderators between them."""

    environment: ClassVar[str] = "moderated"
    control: ClassVar[dict[str, dict[str, str]]] = {"none": {"moderator.name": "none"}}
    fixed: ClassVar[tuple[str, ...]] = (
        *(key for key in Campaign.fixed if key != "moderator"),
        *("kinds", "breaks", "author", "readers", "posts", "learning"),
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
        for name in self._asking_now():
            if not self.model_of(name):
                raise ValueError(f"{name} asks a language model: give --model provider:model")
        return self

    def uses(self) -> dict[str, Use]:
        """The moderators by the place where they stand; one that is called none stands nowhere."""
        found = {"moderator": self.moderator, "author.advice": self.author.advice,
                 "readers.moderator": self.readers.moderator}  # fmt: skip
        return {place: use for place, use in found.items() if use.name not in ("none", ADVISOR)}

    def moderating(self) -> Sequence[str]:
        """The places of moderators that ask a language model, at one time or another."""
        ticks = sorted({change.tick for change in self.changes})
        return list(dict.fromkeys(place for now in map(self.at, [0, *ticks]) for place in now._asking_now()))

    def first_asking(self, place: str) -> int:
        """The tick from which on a moderator at one of ``moderating`` asks."""
        ticks = sorted({change.tick for change in self.changes})
        return next(tick for tick in [0, *ticks] if place in self.at(tick)._asking_now())

    def _asking_now(self) -> Sequence[str]:
        return [place for place, use in self.uses().items() if _asks(use)]

    def channels(self) -> dict[int, Use]:
        """The moderators of the channel, by the tick from which on each looks at posts."""
        found = {0: self.at(0).moderator}
        for tick in sorted({change.tick for change in self.changes}):
            use = self.at(tick).moderator
            if use != list(found.values())[-1]:
                found[tick] = use
        return found

    def asking(self) -> Sequence[str]:
        """Those who ask a language model: groups, a defence, and moderators."""
        return [*super().asking(), *self.moderating()]

    def model_of(self, name: str) -> str:
        """The model that ``name``, one of ``asking``, asks; "" where none is named."""
        if name in ("moderator", "author.advice", "readers.moderator"):
            use: Any = self.uses().get(name)
            return "" if use is None else str(use.settings().get("model") or self.chat.model)
        return super().model_of(name)

    def files(self) -> Sequence[str]:
        """The graph, the personas and the tables of texts, if they are read."""
        return [*super().files(), *dict.fromkeys(one for one in (self.posts.data, self.learning.data) if one)]


def _asks(use: Use) -> bool:
    """Whether a moderator asks a language model: it has the attribute through which it does."""
    if use.name == "human-queue":  # making one opens its file
        first = use.settings().get("first")
        return first is not None and _asks(Use.model_validate(first))
    return hasattr(make("moderator", use.name, use.settings(), Streams(0)), "ask")
