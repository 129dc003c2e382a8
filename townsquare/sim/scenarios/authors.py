"""Authors of a moderated timeline for whom a language model writes, and those who advise authors (ours)."""

from typing import Literal

from pydantic import Field, field_validator

from townsquare.protocols.chat_settings import checked_model
from townsquare.protocols.post_kinds import KINDS
from townsquare.protocols.settings import Settings


class Authors(Settings):
    """Members whose posts a language model writes; they read, like and appeal as all others do."""

    count: int = Field(default=0, ge=0)
    "How many there are, drawn at random among the members of these kinds."
    kinds: tuple[str, ...] = KINDS
    "Kinds of members among which they are drawn."
    mind: Literal["llm", "behavioural"] = "llm"
    "Who writes for them: a language model, or the rules and sentences of all other members."
    model: str = ""
    "Their model, provider:model; by default chat.model."
    prompt_tokens: int = Field(default=2000, ge=400)
    "Tokens a prompt may take."

    @property
    def asks(self) -> bool:
        """Whether a language model writes for anybody."""
        return self.count > 0 and self.mind == "llm"

    @field_validator("kinds")
    @classmethod
    def _kinds_are_known(cls, kinds: tuple[str, ...]) -> tuple[str, ...]:
        for name in kinds:
            if name not in KINDS:
                raise ValueError(f"there is no kind of post {name!r}; kinds: {', '.join(KINDS)}")
        return kinds

    @field_validator("model")
    @classmethod
    def _model_is_named_in_full(cls, model: str) -> str:
        return checked_model(model)


class Advising(Settings):
    """How drafts are looked at by one who suggests other words (the name ``draft-advisor``)."""

    parts: Literal["words", "model"] = "words"
    "Who reads drafts, imagines followers and rewrites: rules on words of ours, or a language model."
    model: str = ""
    "The model, provider:model; by default chat.model."
    harmful: float = Field(default=0.5, ge=0, le=1)
    "Score from which an author is warned."
    residual: float = Field(default=0.2, ge=0, le=1)
    "Harm that may be left in a suggestion."
    meaning: float = Field(default=0.0, ge=-1, le=1)
    "Cosine of hashed words to the draft that a suggestion has to reach: by default it has to share some."
    rewrites: int = Field(default=3, ge=1, le=10)
    "Attempts at a suggestion."
    audience: int = Field(default=3, ge=0, le=20)
    "Followers of the author, drawn at random, whose reactions are imagined."
    consent: float = Field(default=0.0, ge=0, le=1)
    "Share of the authors who let their own latest posts be read, so that a suggestion can sound like them."

    @field_validator("model")
    @classmethod
    def _model_is_named_in_full(cls, model: str) -> str:
        return checked_model(model)
