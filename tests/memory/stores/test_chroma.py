import importlib.util
import sys
from contextlib import closing
from typing import ClassVar

import numpy as np
import pytest

from townsquare.memory.stores.chroma import Chroma
from townsquare.protocols import InputError, find
from townsquare.protocols.memory import Entry, Scope
from townsquare.testing import MemoryStoreContract
from townsquare.testing.memories import DIMENSIONS, little_memories, unit

needs_chromadb = pytest.mark.skipif(
    importlib.util.find_spec("chromadb") is None, reason="needs chromadb: pip install 'townsquare[vector]'"
)


@needs_chromadb
class TestChroma(MemoryStoreContract):
    name = "chroma"
    settings: ClassVar = {"path": "{folder}"}
    durable = True


def store(path, dimensions=DIMENSIONS, **settings):
    return Chroma(Chroma.Config(path=str(path), **settings), dimensions)


def test_a_missing_package_is_named(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "chromadb", None)
    with pytest.raises(InputError, match=r"pip install 'townsquare\[vector\]'"):
        store(tmp_path)
    assert find("store", "chroma") is Chroma


@needs_chromadb
def test_search_looks_through_everybody(tmp_path):
    with closing(store(tmp_path)) as made:
        made.write([Entry(Scope(n, kind="item"), n % 3, f"item {n}", vector=unit(n), item=n) for n in range(30)])
        made.write([Entry(Scope(5), 0, "an agent's", vector=unit(7))])
        found = made.search(np.stack([unit(7), unit(9)]), 3)
        assert [made.entry(int(row[0])).text for row in found.entry] == ["item 7", "item 9"]
        np.testing.assert_allclose(found.score[:, 0], 1, atol=2e-3)
        early = made.search(unit(7)[None], 30, before=1)
        assert {made.entry(int(s)).tick for s in early.entry[0] if s >= 0} == {0}
        assert (early.entry[0] >= 0).sum() == 10
        assert made.search(np.zeros((0, DIMENSIONS)), 3).entry.shape == (0, 3)


@needs_chromadb
def test_search_of_one_sort_and_of_several_is_the_same(tmp_path):
    with closing(store(tmp_path)) as made:
        made.write([Entry(Scope(n, kind="item"), n % 3, f"item {n}", vector=unit(n), item=n) for n in range(20)])
        queries = np.stack([unit(n) for n in (3, 50)])
        alone = [made.search(queries, 4, before=before).entry for before in (None, 3, 2)]
        assert made.search(queries, 4, kind="agent").entry.max() == -1
        made.write([Entry(Scope(0), 0, "an agent's", vector=-unit(0))])
        for before, wanted in zip((None, 3, 2), alone, strict=True):
            np.testing.assert_array_equal(made.search(queries, 4, before=before).entry, wanted)


@needs_chromadb
def test_a_ring_lets_go(tmp_path):
    with closing(store(tmp_path, episodes=2)) as made:
        for tick in range(5):
            made.write([Entry(Scope(0), tick, f"t{tick}", vector=unit(tick))])
        assert [entry.text for entry in made.log(Scope(0))] == ["t3", "t4"]
        assert made._collection.count() == 2


@needs_chromadb
def test_a_torn_write_is_removed_when_it_is_opened_again(tmp_path, monkeypatch):
    with closing(store(tmp_path)) as made:
        made.write(little_memories()[:5])
        monkeypatch.setattr(made._collection, "modify", lambda **_: (_ for _ in ()).throw(KeyboardInterrupt))
        monkeypatch.setattr(made, "_delete", lambda serials: None)  # as if the process were gone
        with pytest.raises(KeyboardInterrupt):
            made.write(little_memories()[5:9])
        assert made._collection.count() == 9
    with closing(store(tmp_path)) as again:
        assert list(again.entries()) == little_memories()[:5]
        assert again._collection.count() == 5


@needs_chromadb
def test_a_collection_of_other_vectors_is_refused(tmp_path):
    store(tmp_path).close()
    with pytest.raises(InputError, match=f"length {DIMENSIONS}"):
        store(tmp_path, 3)
