"""Adressa: 4,403 Norwegian news articles as vectors, with 23 categories and 989 creators; ships with the package."""

from importlib.resources import files
from io import BytesIO

import numpy as np
from numpy.typing import NDArray

from townsquare.protocols import FloatArray
from townsquare.sim.data.space import Space, creator_means

N_CATEGORIES = 23
N_CREATORS = 989


def load() -> Space:
    """The articles of Adressa as prepared for SimuLine; no text, no titles, no readers.

    The vectors are means of Norwegian sub-word embeddings, 100-dimensional, stored as float16. Categories and
    creators are only numbers. A creator's vector is the plain mean of what it wrote: the original weighs articles by
    clicks, which are not public. Provenance and licence: ``NOTICE.md`` beside the data.
    """
    vectors: FloatArray = _array("vectors").astype(np.float64)
    pairs = _array("pairs").astype(np.int64)
    return Space(
        vectors=vectors,
        categories=_array("categories").astype(np.int64),
        category_names=tuple(f"category {number}" for number in range(N_CATEGORIES)),
        pairs=pairs,
        creators=creator_means(vectors, pairs, N_CREATORS),
    )


def _array(name: str) -> NDArray[np.generic]:
    # read as bytes, so that it also works from a zipped package
    content = files("townsquare.sim.data").joinpath("adressa", f"{name}.npy").read_bytes()
    array: NDArray[np.generic] = np.load(BytesIO(content), allow_pickle=False)
    return array
