"""Vectors from an endpoint that speaks the OpenAI API: OpenAI itself, or a server of one's own."""

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from townsquare.memory.embedders.remembered import Remembered
from townsquare.protocols import InputError, Settings, Streams
from townsquare.protocols.errors import RunStopped

if TYPE_CHECKING:
    from openai import OpenAI as Client

_CHARACTERS = 100_000
"""Of a text, more than any embedding model reads."""


class OpenAI:
    """An endpoint that speaks the OpenAI API (OPENAI_BASE_URL, OPENAI_API_KEY): OpenAI, Ollama, vLLM, llama.cpp.

    What an endpoint answers is remembered; with a ``tape`` it is also kept in a file, and a run that is repeated with
    it needs neither network nor key and finds the very same vectors.
    """

    class Config(Settings):
        """Which model, and how it is asked."""

        model: str = Field(default="text-embedding-3-small", min_length=1)
        "The model's name at the endpoint."
        base_url: str | None = None
        "The endpoint; by default OPENAI_BASE_URL, or OpenAI's own."
        dimensions: int | None = Field(default=None, ge=1)
        "Length of a vector, where the model lets one choose; by default its own."
        batch: int = Field(default=256, ge=1, le=2048)
        "Texts in one request."
        timeout: float = Field(default=60.0, gt=0)
        "Seconds one request may take."
        retries: int = Field(default=4, ge=0)
        "Further requests after one that failed in a way that may pass; the waits in between grow."
        remembered: int = Field(default=10_000, ge=0)
        "Vectors kept in the process."
        tape: str | None = Field(default=None, min_length=1)
        "A file that keeps every vector; made when it is not there."

    def __init__(self, config: Config, streams: Streams) -> None:
        """Asks nothing yet; what is missing, package or key, is an InputError at the first text that needs it."""
        self.config = config
        self._url = config.base_url or os.environ.get("OPENAI_BASE_URL") or "https://api.openai.com/v1"
        self._client: Client | None = None
        self._known = Remembered(config.remembered, f"{config.model}\0{config.dimensions}", config.tape)

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """(len(texts), d) vectors of norm 1; zeros for a text of nothing but spaces, which is not sent.

        Raises InputError when the endpoint refuses (key, model, request), RunStopped when it does not answer: a vector
        is never made up.
        """
        rows = [row for row, text in enumerate(texts) if text.strip()]
        if not rows:
            return np.zeros((len(texts), self.config.dimensions or self._length()), np.float32)
        found = self._known.vectors([texts[row] for row in rows], self._compute)
        lengths = {len(vector) for vector in found}
        if len(lengths) > 1:
            raise RunStopped(f"{self._where()} gave vectors of different lengths: {sorted(lengths)}.")
        out = np.zeros((len(texts), lengths.pop()), np.float32)
        out[rows] = found
        return out

    def _length(self) -> int:
        """Length of a vector, which only the endpoint knows."""
        return len(self._known.vectors(["length"], self._compute)[0])

    def _compute(self, texts: list[str]) -> NDArray[np.float32]:
        found: list[list[float]] = []
        for at in range(0, len(texts), self.config.batch):
            found += self._ask(texts[at : at + self.config.batch])
        try:
            vectors = np.array(found, np.float64)
            norms = np.linalg.norm(vectors, axis=1, keepdims=True)
        except (TypeError, ValueError) as error:
            raise RunStopped(f"{self._where()} gave something that is no table of numbers.") from error
        if not np.isfinite(vectors).all() or not vectors.shape[1]:
            raise RunStopped(f"{self._where()} gave a vector that is empty or not finite.")
        return (vectors / np.where(norms > 0, norms, 1)).astype(np.float32)

    def _ask(self, texts: list[str]) -> list[list[float]]:
        client = self._client = self._client or self._connect()
        import openai

        clean = [text[:_CHARACTERS].encode("utf-8", "replace").decode() for text in texts]
        more: dict[str, Any] = {} if self.config.dimensions is None else {"dimensions": self.config.dimensions}
        try:
            # as numbers: not every server knows base64, which the client would ask for
            answer = client.embeddings.create(model=self.config.model, input=clean, encoding_format="float", **more)
            rows = sorted((int(row.index), list(row.embedding)) for row in answer.data)
        except openai.APIStatusError as error:
            # no word of the answer, which may repeat a key
            says = f"{self._where()} answered with HTTP {error.status_code}"
            if error.status_code in (408, 409, 429) or error.status_code >= 500:
                tries = f"also after {self.config.retries} more tries"
                raise RunStopped(f"{says}, {tries}; resume when it is back.") from error
            raise InputError(f"{says}; check the key, the model's name, and whether it takes what was sent.") from error
        except openai.APIConnectionError as error:
            raise RunStopped(f"{self._where()} cannot be reached; resume when it is back.") from error
        except (openai.OpenAIError, AttributeError, TypeError, ValueError) as error:
            raise RunStopped(f"{self._where()} gave something that is no list of embeddings.") from error
        if [index for index, _ in rows] != list(range(len(texts))):
            numbers = f"{len(rows)} embeddings for {len(texts)} texts, or numbers that do not fit"
            raise RunStopped(f"{self._where()} gave {numbers}.")
        return [vector for _, vector in rows]

    def _connect(self) -> "Client":
        try:
            from openai import OpenAI as Client
        except ImportError as error:
            raise InputError("embedder 'openai' needs the openai client: pip install 'townsquare[llm]'.") from error
        key = os.environ.get("OPENAI_API_KEY", "")
        if not key and self._url.startswith("https://api.openai.com"):
            raise InputError(
                "embedder 'openai' needs a key: set OPENAI_API_KEY, or OPENAI_BASE_URL for a server of your own."
            )
        return Client(
            api_key=key or "none", base_url=self._url, timeout=self.config.timeout, max_retries=self.config.retries
        )

    def _where(self) -> str:
        return f"embedder 'openai': {self.config.model} at {self._url}"

    def close(self) -> None:
        """Let go of connections and tape."""
        if self._client is not None:
            self._client.close()
        self._known.close()
