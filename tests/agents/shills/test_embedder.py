"""Hashed TF-IDF."""

import numpy as np

from townsquare.agents.shills.embedder import TfIdf

TEXTS = ["oaken tram bridge", "oaken river bridge", "oaken harbour crane", "brisk moon crater"]


def test_who_shares_rare_words_is_near() -> None:
    vectors = TfIdf(TEXTS).embed(TEXTS).astype(float)
    near = vectors @ vectors.T
    assert np.allclose(np.diag(near), 1.0, atol=1e-6)
    assert near[0, 1] > near[0, 2] > 0.0  # bridge is rarer than oaken
    assert abs(near[0, 3]) < 0.2


def test_other_texts_and_none() -> None:
    embedder = TfIdf(TEXTS, dimensions=512)
    vectors = embedder.embed(["a bridge", "of the", ""])
    assert vectors.shape == (3, 512)
    assert vectors[0] @ embedder.embed(TEXTS)[1] > 0.3
    assert not vectors[1:].any()
    assert np.array_equal(embedder.embed(["a bridge"])[0], vectors[0])
