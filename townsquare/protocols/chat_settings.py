"""What a scenario says about language models: which, how they are reached, and what they may cost."""

from typing import Literal

from pydantic import Field, field_validator

from townsquare.protocols.settings import Settings


class ChatSettings(Settings):
    """How language models are reached. Keys and base URLs of providers come from the environment."""

    model: str = ""
    "Model of every group that names none of its own: provider:model, for example openai:gpt-4o-mini."
    base_url: str | None = None
    "Endpoint that speaks the OpenAI API (vLLM, Ollama, llama.cpp); by default OPENAI_BASE_URL, or OpenAI's own."
    temperature: float = Field(default=0.0, ge=0, le=2)
    "Sampling temperature."
    max_tokens: int = Field(default=1000, ge=1)
    "Tokens an answer may take."
    draw: int = Field(default=0, ge=0)
    "Number of the sample: another draw asks every question anew and keeps both answers in the cassette."
    structured: Literal["auto", "schema", "tool", "text"] = "auto"
    "How the endpoint is told the form of an answer; auto finds out once what it can do."
    timeout: float = Field(default=60.0, gt=0)
    "Seconds one request may take."
    retries: int = Field(default=4, ge=0)
    "Further requests after one that failed in a way that may pass."
    concurrency: int = Field(default=16, ge=1)
    "Calls in flight at a time."
    requests_per_minute: int | None = Field(default=None, ge=1)
    "Requests the endpoint allows per minute, over all purposes."
    tokens_per_minute: int | None = Field(default=None, ge=1)
    "Tokens the endpoint allows per minute, over all purposes."
    failures: float = Field(default=0.05, ge=0, le=1)
    "Share of a tick's decisions that may stay without a valid answer; more stop the run."
    cassette: Literal["auto", "record", "replay", "refresh"] = "auto"
    """auto: recorded calls are answered from the cassette, others are made and recorded; record: every call must be
    new; replay: nothing but the cassette; refresh: every call is made again."""
    tape: str | None = Field(default=None, min_length=1)
    "A cassette file to share between runs; by default each run folder has its own."

    @field_validator("model")
    @classmethod
    def _model_is_named_in_full(cls, model: str) -> str:
        return checked_model(model)


class Budget(Settings):
    """What a run may spend on language models; it stops, and can be resumed with more, before it passes a cap."""

    calls: int | None = Field(default=None, ge=0)
    "Calls."
    tokens: int | None = Field(default=None, ge=0)
    "Tokens, in and out together."
    usd: float | None = Field(default=None, ge=0)
    "US dollars, by the price table (`townsquare list prices`)."


def checked_model(model: str) -> str:
    """``model`` when it is empty or provider:model, else ValueError with what was probably meant."""
    provider, colon, name = model.partition(":")
    if model and not (colon and provider.strip() and name.strip()):
        meant = model.replace("/", ":", 1) if "/" in model else f"openai:{model}"
        hint = "neither part may be empty" if colon else f"did you mean {meant!r}?"
        raise ValueError(f"a model is named provider:model (got {model!r}); {hint}")
    return model
