import sqlite3
import subprocess
import sys
from contextlib import closing
from typing import ClassVar

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from townsquare.memory.stores.arrays import Arrays
from townsquare.memory.stores.sqlite import SQLite
from townsquare.protocols import InputError, configure
from townsquare.protocols.memory import LAYERS, Entry, Scope
from townsquare.testing import MemoryStoreContract
from townsquare.testing.memories import DIMENSIONS, asked, unit


class TestSQLite(MemoryStoreContract):
    name = "sqlite"
    settings: ClassVar = {"path": "{folder}/memory.sqlite"}
    durable = True


def store(path, dimensions=DIMENSIONS, **settings):
    return SQLite(SQLite.Config(path=str(path), **settings), dimensions)


ENTRIES = st.lists(
    st.builds(
        Entry,
        st.builds(Scope, st.integers(0, 2), st.sampled_from(["", "a"]), st.sampled_from(LAYERS)),
        st.integers(-1, 5),
        st.text(max_size=8),
        st.sampled_from([0.0, 0.3, 1.0]),
        st.none() | st.integers(0, 9).map(unit),
        st.integers(-1, 3),
    ),
    max_size=40,
)


@given(ENTRIES, st.integers(1, 4), st.none() | st.integers(-1, 6))
def test_answers_are_those_of_arrays(tmp_path_factory, entries, episodes, before):
    arrays = Arrays(Arrays.Config(episodes=episodes), DIMENSIONS)
    with closing(store(tmp_path_factory.mktemp("s") / "m.sqlite", episodes=episodes)) as sqlite:
        for some in (entries[:7], entries[7:]):
            assert arrays.write(some).tolist() == sqlite.write(some).tolist()
        assert list(arrays.entries()) == list(sqlite.entries())
        assert len(arrays) == len(sqlite)
        queries = np.stack([unit(n) for n in range(3)])
        for scope in {entry.scope for entry in entries}:
            assert arrays.log(scope, before) == sqlite.log(scope, before)
            assert arrays.current(scope, before) == sqlite.current(scope, before)
            one, two = (
                asked(each, [0, 1, 2], queries, 4, scope=scope, before=before, items=[[0], [1, 2], []])
                for each in (arrays, sqlite)
            )
            np.testing.assert_array_equal(one.entry, two.entry)
            np.testing.assert_array_equal(one.score, two.score)
        held = {serial for serial in range(len(entries)) if _has(arrays, serial)}
        assert held == {serial for serial in range(len(entries)) if _has(sqlite, serial)}
        states = {name: (a, sqlite.state()[name]) for name, a in arrays.state().items()}
        for name in ("serial", "tick", "vector", "has_vector", "text", "importance", "item"):
            np.testing.assert_array_equal(*states[name])


def _has(store, serial):
    try:
        store.entry(serial)
    except KeyError:
        return False
    return True


def test_a_resumed_run_finds_what_later_episodes_pushed_out(tmp_path):
    with closing(store(tmp_path / "m.sqlite", episodes=3)) as made:
        for tick in range(4):
            made.write([Entry(Scope(0), tick, f"t{tick}")])
        before = [entry.text for entry in made.log(Scope(0))]
        for tick in range(4, 9):
            made.write([Entry(Scope(0), tick, f"t{tick}")])
        made.forget_from(4)
        assert [entry.text for entry in made.log(Scope(0))] == before == ["t1", "t2", "t3"]
        assert made.write([Entry(Scope(0), 4, "t4")]).tolist() == [4]


KILLED = """
import os, sys
from townsquare.memory.stores.sqlite import SQLite
from townsquare.protocols.memory import Entry, Scope
store = SQLite(SQLite.Config(path=sys.argv[1]), 4)
store.write([Entry(Scope(0), 0, "kept"), Entry(Scope(1), 0, "kept too")])
insert = store._insert
def half(rows):
    insert(rows[:1])
    os.kill(os.getpid(), 9)
store._insert = half
store.write([Entry(Scope(0), 1, "torn"), Entry(Scope(1), 1, "torn too")])
"""


def test_a_write_that_is_killed_leaves_nothing(tmp_path):
    path = tmp_path / "m.sqlite"
    done = subprocess.run([sys.executable, "-c", KILLED, str(path)], check=False)
    assert done.returncode == -9
    with closing(store(path, 4)) as again:
        assert [entry.text for entry in again.entries()] == ["kept", "kept too"]


def test_other_files_are_refused(tmp_path):
    (tmp_path / "text").write_text("no database at all, and long enough to be read as one" * 40)
    with closing(sqlite3.connect(tmp_path / "other")) as other:
        other.execute("CREATE TABLE things (x)")
    store(tmp_path / "mine", 4).close()
    for name, says in {
        "text": "no memory file",
        "other": "something else",
        "mine": "length 4",
        "no/such": "there is no folder .*; make it first",
    }.items():
        with pytest.raises(InputError, match=says):
            store(tmp_path / name, 5)
    with pytest.raises(InputError, match="path"):
        configure("store", "sqlite", {})


def test_a_file_that_is_in_use_is_named(tmp_path):
    with closing(store(tmp_path / "m.sqlite")) as one, closing(store(tmp_path / "m.sqlite")) as two:
        two._base.execute("PRAGMA busy_timeout = 1")
        one._base.execute("BEGIN IMMEDIATE")
        with pytest.raises(InputError, match="another process"):
            two.write([Entry(Scope(0), 0, "x")])
        one._base.execute("ROLLBACK")
        assert two.write([Entry(Scope(0), 0, "x")]).tolist() == [0]
