import importlib.util
from contextlib import closing

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from townsquare.memory.limits import Words
from townsquare.memory.stores.arrays import Arrays
from townsquare.memory.stores.chroma import Chroma
from townsquare.memory.stores.sqlite import SQLite
from townsquare.memory.transfer import copy
from townsquare.protocols import InputError
from townsquare.protocols.memory import LAYERS, Entry, Scope, WordLimit

DIMENSIONS = 5
FREE = Words(episode=None, separated=None, fused=None, item=None)


def vectors(numbers):
    vector = np.array(numbers, np.float32) / 100
    norm = np.linalg.norm(vector)
    return vector / norm if norm else vector


ENTRIES = st.lists(
    st.builds(
        Entry,
        st.builds(
            Scope,
            st.integers(-(2**61), 2**61),
            st.text(st.characters(exclude_categories=["Cs"]), max_size=4),
            st.sampled_from(LAYERS),
            st.sampled_from(["agent", "item", "group"]),
        ),
        st.integers(-(2**61), 2**61),
        st.text(st.characters(codec=None, exclude_categories=[]), max_size=20),
        st.floats(0, 1),
        st.none() | st.lists(st.integers(-100, 100), min_size=5, max_size=5).map(vectors),
        st.integers(-1, 2**61),
    ),
    max_size=12,
)


def there_and_back(entries, between):
    first, last = (Arrays(Arrays.Config(words=FREE), DIMENSIONS) for _ in range(2))
    first.write(entries)
    assert copy(first, between) == len(entries)
    assert copy(between, last) == len(entries)
    for a, b, given_ in zip(first.entries(), last.entries(), entries, strict=True):
        assert a == b == given_
        assert (a.vector is None) == (b.vector is None) == (given_.vector is None)
        if a.vector is not None:
            assert a.vector.dtype == b.vector.dtype == np.float16
            assert a.vector.tobytes() == b.vector.tobytes()
    one, two = first.state(), last.state()
    assert one.keys() == two.keys()
    for name in one:
        np.testing.assert_array_equal(one[name], two[name])
        assert one[name].tobytes() == two[name].tobytes()


@given(ENTRIES)
def test_through_sqlite_and_back(tmp_path_factory, entries):
    path = tmp_path_factory.mktemp("t") / "m.sqlite"
    with closing(SQLite(SQLite.Config(path=str(path), words=FREE), DIMENSIONS)) as between:
        there_and_back(entries, between)


@pytest.mark.skipif(importlib.util.find_spec("chromadb") is None, reason="needs chromadb")
@settings(max_examples=6, phases=[Phase.explicit, Phase.generate])
@given(ENTRIES)
def test_through_chroma_and_back(tmp_path_factory, entries):
    with closing(Chroma(Chroma.Config(path=str(tmp_path_factory.mktemp("t")), words=FREE), DIMENSIONS)) as between:
        there_and_back(entries, between)


def test_a_target_that_refuses_stays_as_it_was():
    source = Arrays(Arrays.Config(), 2)
    source.write([Entry(Scope(0), 0, "short"), Entry(Scope(0, layer="fused"), 0, "w " * 100, vector=np.array([1, 0]))])
    strict = Arrays(Arrays.Config(words=Words(fused=50)), 2)
    with pytest.raises(WordLimit):
        copy(source, strict)
    other = Arrays(Arrays.Config(), 3)
    with pytest.raises(InputError, match="shape"):
        copy(source, other)
    assert len(strict) == len(other) == 0
