"""The news ecosystem: readers, creators, and a feed between them (SimuLine, arXiv 2305.14103).

Defaults are the published code's, scaled to 1,000 readers, 100 creators and lists of 50 as in our reference runs.
"""

import math
import os
from collections.abc import Sequence
from typing import Any, ClassVar, Literal, Self

from pydantic import Field, field_validator, model_validator

from townsquare.protocols.chat_settings import checked_model
from townsquare.protocols.scenario import Use
from townsquare.protocols.settings import Settings
from townsquare.sim.scenarios.feed import FeedScenario


class Trait(Settings):
    """A trait drawn from a normal distribution and clipped to (0, 1)."""

    mean: float
    "Mean of the normal distribution."
    sd: float = Field(default=0.1, ge=0)
    "Standard deviation; 0 makes everybody alike."


class Users(Settings):
    """The readers."""

    count: int = Field(default=1000, ge=1)
    "How many readers there are."
    mind: str = "behavioural-reader"
    "Who decides for them; `townsquare list mind` shows the choices."
    threshold: Trait = Trait(mean=0.3)
    "Utility above which a clicked article is liked."
    quality_weight: Trait = Trait(mean=0.5)
    "Share of quality in the utility of an article; the rest is how well it matches."
    concentration: Trait = Trait(mean=0.5)
    "How much the match decides what is clicked, and how little one click moves a reader."
    step: float = Field(default=0.1, ge=0)
    "How far one click can move a reader, in units of the latent space."
    centring: float = Field(default=0.46, gt=0, lt=1)
    "Mean cosine between a reader and the readers' mean direction at the start (our reconstruction)."


class Creators(Settings):
    """Those who write."""

    count: int = Field(default=100, ge=1)
    "How many creators there are."
    mind: str = "behavioural-creator"
    "Who decides for them."
    articles: int = Field(default=5, ge=1, le=4000)
    "Articles each creator publishes per tick."
    concentration: Trait = Trait(mean=0.5)
    "How strongly a creator follows its own hits, and how far a new article lies from what inspired it."
    step: float = Field(default=0.1, ge=0)
    "Spread of new articles round what inspired them, times concentration."


class Panel(Settings):
    """Readers whose decisions a language model makes, beside the others and in the same town."""

    count: int = Field(default=0, ge=0)
    "How many there are."
    mind: str = "llm"
    "Who decides for them: llm, or behavioural for a control that costs nothing."
    model: str = ""
    "Their model, provider:model; by default chat.model."
    personas: str | None = Field(default=None, min_length=1)
    "A CSV file of personas, one row per reader; by default they are drawn."
    recall: int = Field(default=5, ge=0)
    "Memories put before a reader at each decision."
    prompt_tokens: int = Field(default=4000, ge=200)
    "Tokens a prompt may take; what is too much is cut, oldest memories first."
    memory: Use = Use(name="arrays")
    "Where memories are kept."
    embedder: Use = Use(name="hashing")
    "What finds memories again."

    @field_validator("model")
    @classmethod
    def _model_is_named_in_full(cls, model: str) -> str:
        return checked_model(model)


class Writers(Settings):
    """Creators whose articles a language model writes, beside the others and in the same town."""

    count: int = Field(default=0, ge=0)
    "How many there are."
    mind: str = "llm"
    "Who decides for them: llm, or behavioural."
    model: str = ""
    "Their model, provider:model; by default chat.model."
    articles: int = Field(default=1, ge=1, le=4000)
    "Articles each publishes per tick; every one is a call."
    personas: str | None = Field(default=None, min_length=1)
    "A CSV file of personas, one row per writer; by default they are drawn."
    prompt_tokens: int = Field(default=4000, ge=200)
    "Tokens a prompt may take."

    @field_validator("model")
    @classmethod
    def _model_is_named_in_full(cls, model: str) -> str:
        return checked_model(model)


class Slate(Settings):
    """The list every reader is shown, and where its places come from; match takes what the shares leave."""

    length: int = Field(default=50, ge=1, le=10_000)
    "Places in the list."
    cold_start: float = Field(default=0.2, ge=0, le=1)
    "Share for articles of this very tick."
    hot: float = Field(default=0.0, ge=0, le=1)
    "Share for the most liked articles."
    promoted: float = Field(default=0.0, ge=0, le=1)
    "Share for promoted articles."
    cold_start_by: Literal["random", "likes", "clicks"] = "random"
    "How new articles find readers: at random, or by the reader's past likes or clicks with the author."
    promote_by: Literal["author", "content"] = "author"
    "What is promoted: the articles of chosen authors, or the articles round a chosen point of the latent space."
    promoted_authors: int = Field(default=10, ge=1)
    "How many authors are promoted at a time."
    promote_every: int = Field(default=10, ge=1)
    "Ticks after which the promoted authors, or the promoted point, are drawn anew."

    @model_validator(mode="after")
    def _shares_fit(self) -> Self:
        shares = {"cold_start": self.cold_start, "hot": self.hot, "promoted": self.promoted}
        if math.fsum(shares.values()) > 1 + 1e-9:
            given = " + ".join(f"{name} {share:g}" for name, share in shares.items())
            raise ValueError(f"the shares of the list may sum to 1 at most: {given} = {sum(shares.values()):g}")
        return self

    def places(self) -> dict[str, int]:
        """Places per source; shares are rounded half up, match takes the rest, and the sum is ``length``."""
        places, left = {}, self.length
        for name, share in (("cold_start", self.cold_start), ("hot", self.hot), ("promoted", self.promoted)):
            places[name] = min(left, math.floor(share * self.length + 0.5))
            left -= places[name]
        return places | {"match": left}


class Data(Settings):
    """The real articles that span the latent space."""

    name: Literal["adressa", "own"] = "adressa"
    "The packaged Adressa vectors, or tables: your own or those of a data set."
    source: str | None = Field(default=None, min_length=1)
    "Both tables at once: a data set that `townsquare data get` has fetched, or a folder that holds them."
    articles: str | None = Field(default=None, min_length=1)
    "Your articles: CSV, TSV or Parquet with item_id, text and, where known, author and category; or as for source."
    interactions: str | None = Field(default=None, min_length=1)
    "Your interactions: user_id, item_id and, where known, rating and timestamp; or as for source."
    rating_threshold: float | None = None
    "Ratings from here up count as positive; by default every row does."
    embedder: Use = Use(name="hashing")
    "What turns the texts into vectors."

    @model_validator(mode="before")
    @classmethod
    def _own_when_tables_are_given(cls, raw: Any) -> Any:
        if not isinstance(raw, dict):
            return raw
        raw = {key: os.fspath(value) if isinstance(value, os.PathLike) else value for key, value in raw.items()}
        if raw.get("source") == "adressa":
            return {**raw, "name": "adressa"}
        given = any(raw.get(key) is not None for key in ("source", "articles", "interactions"))
        return {**raw, "name": "own"} if given else raw

    @model_validator(mode="after")
    def _tables_go_with_own(self) -> Self:
        tables = self.articles is not None or self.interactions is not None
        if self.source is not None and tables:
            raise ValueError("source stands for both tables; leave out articles and interactions")
        if self.name == "own" and self.source is None and not tables:
            raise ValueError("name 'own' needs source, articles, interactions, or both of these")
        return self


class Interruption(Settings):
    """Breaking news: a story that several creators cover at once."""

    tick: int = Field(ge=0)
    "When it breaks."
    topic: int | str
    "Category of the story, by number or name; it lies at the centre of that category's real articles."
    quality: float = Field(ge=0)
    "Quality of each article about it, on the scale of ln(1 + likes)."
    count: int = Field(default=1, ge=1, le=4000)
    "How many articles appear; their authors are drawn at random."

    @field_validator("topic", mode="before")
    @classmethod
    def _topic_is_a_number_or_a_name(cls, topic: object) -> object:
        if isinstance(topic, bool) or not isinstance(topic, int | str):
            raise ValueError("must be the number or the name of a category")
        return topic


class News(FeedScenario):
    """A news ecosystem: creators publish, a feed mixes, readers click, like and drift."""

    environment: ClassVar[str] = "feed"
    groups: ClassVar[tuple[str, ...]] = ("panel", "writers", "users", "creators")
    listed: ClassVar[tuple[str, ...]] = ("users", "panel")
    control: ClassVar[dict[str, dict[str, str]]] = {"random": {"recommender.name": "random"}}
    """The arm that every comparison should hold: matching at random."""
    fixed: ClassVar[tuple[str, ...]] = (
        *FeedScenario.fixed,
        "users.count",
        "users.threshold",
        "users.quality_weight",
        "users.concentration",
        "users.centring",
        "users.mind",
        "creators.count",
        "creators.concentration",
        "creators.mind",
        *(f"panel.{key}" for key in Panel.model_fields if key != "model"),
        *(f"writers.{key}" for key in Writers.model_fields if key not in ("model", "articles")),
        "window",
        "data",
        "slate.length",
        "interruptions",
        "best_quality",
    )

    scenario: str = "news"
    "The built-in scenario that the keys belong to."
    users: Users = Users()
    "The readers."
    creators: Creators = Creators()
    "Those who write."
    panel: Panel = Panel()
    "Readers driven by a language model."
    writers: Writers = Writers()
    "Creators driven by a language model."
    window: int = Field(default=5, ge=1)
    "Ticks an article stays in circulation."
    clicks: int = Field(default=10, ge=1)
    "Articles each reader clicks per tick."
    slate: Slate = Slate()
    "The list every reader is shown."
    best_quality: float | None = Field(default=None, gt=0)
    "Quality that counts as 1 in a reader's utility; by default ln(articles per creator * readers + 1)."
    interruptions: tuple[Interruption, ...] = ()
    "Breaking news."
    data: Data = Data()
    "The real articles that span the latent space."

    @model_validator(mode="after")
    def _clicks_fit(self) -> Self:
        if self.clicks > self.slate.length:
            raise ValueError(
                f"clicks ({self.clicks}) may not be more than the places of the list, slate.length "
                f"({self.slate.length})"
            )
        for story in self.interruptions:
            if story.tick >= self.ticks:
                raise ValueError(f"interruptions: tick {story.tick} lies after the last tick, {self.ticks - 1}")
        return self

    def quality_scale(self) -> float:
        """B of equation 7: the quality that counts as 1."""
        return self.best_quality or math.log(self.creators.articles * self.users.count + 1)

    def files(self) -> Sequence[str]:
        """Tables of the user's own, or data sets."""
        given = (self.data.source, self.data.articles, self.data.interactions)
        return [text for text in given if text is not None]
