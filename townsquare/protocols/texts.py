"""Texts that can be kept: as arrays in checkpoints, and without what no file could hold."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray


def pack(texts: Sequence[str]) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """All texts as UTF-8 in one array, and where each ends; lone surrogates survive."""
    coded = [text.encode("utf-8", "surrogatepass") for text in texts]
    ends = np.cumsum([len(code) for code in coded], dtype=np.int64) if coded else np.zeros(0, np.int64)
    return np.frombuffer(b"".join(coded), np.uint8).copy(), ends


def unpack(coded: NDArray[Any], ends: NDArray[Any]) -> list[str]:
    """The inverse of ``pack``."""
    whole, stops = coded.tobytes(), ends.tolist()
    starts = [0, *stops[:-1]]
    return [whole[a:b].decode("utf-8", "surrogatepass") for a, b in zip(starts, stops, strict=True)] if stops else []


def printable(text: str) -> str:
    """``text`` with a question mark for half a surrogate pair, which no table could hold."""
    return text.encode("utf-8", "replace").decode()
