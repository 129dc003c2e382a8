import subprocess
import sys

import numpy as np
import pytest

from townsquare.memory.embedders.hashing import Hashing
from townsquare.protocols import InputError, Streams, configure, find


def embed(*texts, dimensions=100):
    return Hashing(Hashing.Config(dimensions=dimensions), Streams(0)).embed(texts)


def test_is_registered():
    assert find("embedder", "hashing") is Hashing
    with pytest.raises(InputError, match="dimensions"):
        configure("embedder", "hashing", {"dimensions": 0})


def test_shape_type_and_norm():
    out = embed("the mayor opened a bridge", "rain", "one two three four five")
    assert out.shape == (3, 100)
    assert out.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(out, axis=1), 1, rtol=1e-6)


def test_no_words_no_direction():
    np.testing.assert_array_equal(embed("", "  ... !"), np.zeros((2, 100)))
    assert embed().shape == (0, 100)


def test_shared_words_make_texts_alike():
    texts = "mayor opens the new bridge", "the new bridge is open", "rain all week"
    bridge, again, rain = embed(*texts, dimensions=4096)
    assert bridge @ again > 0.3 > abs(bridge @ rain) + 0.2


def test_case_and_code_points_do_not_matter():
    one, two = embed("CAF\u00c9 Trondheim", "cafe\u0301 trondheim")
    np.testing.assert_array_equal(one, two)


def test_order_matters_a_little():
    one, two = embed("dog bites man", "man bites dog", dimensions=4096)
    assert 0.3 < one @ two < 0.95


def test_repetition_counts_less_and_less():
    for times in (1, 2, 10):
        text = " x ".join(["word"] * times)
        vector = embed(text, dimensions=1 << 16)[0]
        assert np.isfinite(vector).all()
    one, ten = embed("alpha beta", "alpha beta " + "alpha, " * 9, dimensions=1 << 16)
    assert one @ ten > 0.4


def test_a_row_does_not_depend_on_its_neighbours():
    np.testing.assert_array_equal(embed("a b", "c d")[1], embed("c d")[0])


def test_the_same_in_every_process():
    code = (
        "from townsquare.memory.embedders.hashing import Hashing; from townsquare.protocols import Streams;"
        "print(Hashing(Hashing.Config(dimensions=8), Streams(1)).embed(['hash seeds differ']).tobytes().hex())"
    )
    out = {
        subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True, env={"PYTHONHASHSEED": seed}
        ).stdout.strip()
        for seed in ("1", "2")
    }
    assert out == {embed("hash seeds differ", dimensions=8).tobytes().hex()}
