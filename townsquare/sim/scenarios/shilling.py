"""A shop with ratings and reviews, and shills who want to move an item in its recommender (ours)."""

from collections.abc import Sequence
from typing import ClassVar, Literal, Self

from pydantic import Field, field_validator, model_validator

from townsquare.protocols.chat_settings import checked_model
from townsquare.protocols.registry import configure
from townsquare.protocols.scenario import Use
from townsquare.protocols.settings import Settings
from townsquare.sim.scenarios.moderated_feed import ModeratedFeed


class Customers(Settings):
    """Those who come to buy, and say what they think of it."""

    count: int = Field(default=400, ge=1)
    "How many there are; of a table of ratings, those who rated most often first."
    mind: str = "behavioural"
    "Who decides for them; `townsquare list mind` shows the choices."
    visits: float = Field(default=0.3, gt=0, le=1)
    "Share of them that come by in a tick."
    takes: int = Field(default=2, ge=1)
    "Items each takes, and rates, per visit."
    crowd: float = Field(default=0.3, ge=0, le=1)
    "Weight of the mean rating that the shop prints, against their own taste, in what they take."
    sight: float = Field(default=0.5, ge=0)
    "How wrong they are about what they will like before they have it, in ratings."
    noise: float = Field(default=0.5, ge=0)
    "Spread of the ratings they give, about what they really think."
    reviews: float = Field(default=0.5, ge=0, le=1)
    "Share of their ratings that come with a review."


class Shop(Settings):
    """What is sold, and what was said of it before the first tick."""

    source: str | None = Field(default=None, min_length=1)
    "A table of ratings (user, item, rating, and where known time and text), or a data set; by default made up."
    items: int = Field(default=300, ge=2)
    "Items of a made-up shop."
    categories: int = Field(default=10, ge=1)
    "Categories of a made-up shop."
    past: int = Field(default=25, ge=0)
    "Ratings that each customer of a made-up shop has given before the first tick."
    taste: int = Field(default=8, ge=1)
    "Dimensions of the customers' hidden tastes."
    slate: int = Field(default=10, ge=1)
    "Items that a customer is shown in a visit."


class Shills(Settings):
    """Accounts that belong to one attacker."""

    count: int = Field(default=20, ge=0)
    "How many accounts; 0 for a shop without any."
    mind: str = "shill"
    "Who decides for them."
    model: str = ""
    "The language model of an attack that can use one (agent-shill), provider:model; by default it has none."
    attack: Use = Use(name="segment")
    "What their ratings are made by, with its own settings beside its name."
    intent: Literal["push", "nuke"] = "push"
    "Whether the targets are to rise or to fall."
    targets: str | tuple[str | int, ...] = "unpopular"
    "Which items: a rule (unpopular, least-popular, popular, random), or item ids."
    n_targets: int = Field(default=1, ge=1)
    "How many items a rule chooses; every account rates all of them."
    fillers: int = Field(default=30, ge=0)
    "Ratings of other items that each account gives."
    sample: float = Field(default=0.1, ge=0, le=1)
    "Share of the customers whose profiles the attacker has got hold of, for attacks of the levels grey and white."
    start: int = Field(default=5, ge=0)
    "The tick in which they begin."
    pace: float = Field(default=4.0, gt=0)
    "Ratings of each account per tick."

    @field_validator("attack")
    @classmethod
    def _attack_is_known(cls, use: Use) -> Use:
        configure("attack", use.name, use.settings())
        return use

    @field_validator("model")
    @classmethod
    def _model_is_named_in_full(cls, model: str) -> str:
        return checked_model(model)


class Shilling(ModeratedFeed):
    """A shop under attack: customers buy and rate, shills rate, the recommender learns from both."""

    environment: ClassVar[str] = "shop"
    groups: ClassVar[tuple[str, ...]] = ("customers", "shills")
    listed: ClassVar[tuple[str, ...]] = ("customers",)
    control: ClassVar[dict[str, dict[str, str]]] = {"honest": {"shills.count": "0"}}
    """The arm that every comparison should hold: nobody shills."""
    fixed: ClassVar[tuple[str, ...]] = (
        *ModeratedFeed.fixed,
        "customers.count",
        "customers.mind",
        *(f"shop.{key}" for key in Shop.model_fields),
        "shills",
        "watch",
    )

    scenario: str = "shilling"
    "The built-in scenario that the keys belong to."
    ticks: int = Field(default=30, ge=1)
    "How many ticks to run."
    customers: Customers = Customers()
    "Those who buy and rate."
    shop: Shop = Shop()
    "What is sold."
    shills: Shills = Shills()
    "Those who are there for the attacker."
    recommender: Use = Use(name="mf")
    "What chooses what is shown, with its own settings beside its name."
    retrain: int = Field(default=2, ge=1)
    "The recommender learns anew every so many ticks."
    moderator: Use = Use(name="none")
    "What looks at new reviews, and may remove them with their ratings, with its own settings beside its name."
    watch: tuple[str, ...] = ("pca", "popularity-profile", "group", "text")
    "Detectors that look at the log each time the recommender learns; they change nothing."

    @field_validator("watch")
    @classmethod
    def _detectors_are_known(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        for name in names:
            detector, _ = configure("detector", name, {})
            wanting = [need for need in getattr(detector, "needs", ()) if need in ("labels", "seeds")]
            if wanting:
                raise ValueError(
                    f"detector {name!r} needs {' and '.join(wanting)}, which nobody has in a town; use it in a defence "
                    "(defence.name = 'filter')"
                )
        return tuple(dict.fromkeys(names))

    @model_validator(mode="after")
    def _the_slate_fits(self) -> Self:
        if self.customers.takes > self.shop.slate:
            raise ValueError(
                f"customers.takes ({self.customers.takes}) may not be more than the places of the list, shop.slate "
                f"({self.shop.slate})"
            )
        if self.shop.source is None and self.shop.past > self.shop.items:
            raise ValueError(f"shop.past ({self.shop.past}) may not be more than shop.items ({self.shop.items})")
        if self.shop.source is None and self.shop.slate > self.shop.items:
            raise ValueError(f"shop.slate ({self.shop.slate}) may not be more than shop.items ({self.shop.items})")
        if self.shills.count > self.customers.count:
            raise ValueError(
                f"shills.count ({self.shills.count}) may not be more than customers.count ({self.customers.count})"
            )
        return self

    def asking(self) -> Sequence[str]:
        """The shills, where their attack can ask a model and one is named; a defence and a moderator that ask."""
        return [*super().asking(), *(["shills"] if self.shills.count and self.writes_by_model() else [])]

    def writes_by_model(self) -> bool:
        """Whether the attack is one that asks, and has been given a model."""
        return self.shills.attack.name == "agent-shill" and bool(self.shills.model or self.chat.model)

    def files(self) -> Sequence[str]:
        """The table of ratings, and that which moderators learn from, if there are any."""
        return [*([] if self.shop.source is None else [self.shop.source]), *super().files()]
