"""The promises of a memory store, as tests to inherit."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, ClassVar, Literal, TypeAlias

import numpy as np

from townsquare.protocols import InputError, configure
from townsquare.protocols.memory import LAYERS, Entry, MemoryStore, Scope, WordLimit
from townsquare.testing.memories import DIMENSIONS, asked, expected, little_memories, unit

_Check: TypeAlias = Callable[["MemoryStoreContract", MemoryStore], None]


def on_a_new_store(test: _Check) -> Callable[["MemoryStoreContract", Path], None]:
    """The test, given an empty store that is closed afterwards."""
    return _given(test, [])


def on_a_full_store(test: _Check) -> Callable[["MemoryStoreContract", Path], None]:
    """The test, given a store with the little memories."""
    return _given(test, little_memories())


def _given(test: _Check, memories: list[Entry]) -> Callable[["MemoryStoreContract", Path], None]:
    def run(self: "MemoryStoreContract", tmp_path: Path) -> None:
        store = self.make(tmp_path)
        try:
            store.write(memories)
            test(self, store)
        finally:
            _close(store)

    run.__name__, run.__doc__ = test.__name__, test.__doc__
    return run


class MemoryStoreContract:
    """Subclass it, say how to make one, and every promise is checked.

    Either set ``name`` (and ``settings``) of a registered store, or define ``make``.
    """

    name: ClassVar[str | None] = None
    """What the store is registered as."""
    settings: ClassVar[Mapping[str, Any]] = {}
    """What it is configured with; "{folder}" in a text stands for a folder of the test."""
    too_long: ClassVar[str | None] = "word " * 1000
    """A text that is too long for the layer ``separated``; None where there is no limit."""
    durable: ClassVar[bool] = False
    """Whether one that is made anew in the same folder holds what the one before held."""

    def make(self, folder: Path) -> MemoryStore:
        """One for vectors of ``townsquare.testing.memories.DIMENSIONS``, with room for 20 episodes per owner."""
        assert self.name is not None, "Give the subclass of MemoryStoreContract a `name`, or define `make`."
        given = {k: v.format(folder=folder) if isinstance(v, str) else v for k, v in self.settings.items()}
        cls, config = configure("store", self.name, given)
        made: MemoryStore = cls(config, DIMENSIONS)
        return made

    # what is written

    @on_a_new_store
    def test_it_is_a_store(self, store: MemoryStore) -> None:
        """It has all the verbs, and begins empty."""
        assert isinstance(store, MemoryStore), "isinstance(store, MemoryStore) must hold."
        assert len(store) == 0, "A new store holds nothing."
        assert list(store.entries()) == [], "A new store holds nothing."
        assert store.current(Scope(0)) is None, "The current text of an empty scope is None."
        assert store.log(Scope(0)) == [], "The log of an empty scope is empty."

    @on_a_new_store
    def test_entries_are_numbered_in_the_order_they_are_written(self, store: MemoryStore) -> None:
        """From 0, without gaps."""
        some = little_memories()
        assert store.write(some[:3]).tolist() == [0, 1, 2]
        assert store.write([]).tolist() == [], "Writing nothing is fine."
        assert store.write(some[3:5]).tolist() == [3, 4]
        assert [store.entry(serial) for serial in range(5)] == some[:5], "entry(serial) is what was written."
        assert len(store) == 5

    @on_a_full_store
    def test_nothing_of_an_entry_is_lost(self, full: MemoryStore) -> None:
        """Text, numbers, and the vector in half precision."""
        for got, wanted in zip(full.entries(), little_memories(), strict=True):
            assert got == wanted, "entries() gives everything that was written, in that order."
            same_vector(got, wanted)

    @on_a_new_store
    def test_odd_texts_come_back_as_they_were(self, store: MemoryStore) -> None:
        """Empty, many scripts, line ends, quotes, NUL, half a surrogate pair."""
        texts = ["", " ", "Ångström 東京 🙂", "a\r\nb\n\tc\u2028d", "'\"`;--{}%s\\", "nul\0inside", "half \ud83d pair"]
        store.write([Entry(Scope(1), n, text, vector=unit(n)) for n, text in enumerate(texts)])
        assert [entry.text for entry in store.log(Scope(1))] == texts

    @on_a_full_store
    def test_an_unknown_entry_is_a_key_error(self, full: MemoryStore) -> None:
        """Never written, or below zero."""
        for serial in (len(little_memories()), 10**6, -1):
            raises(KeyError, lambda: full.entry(serial))  # noqa: B023

    @on_a_full_store
    def test_a_write_is_all_or_nothing(self, full: MemoryStore) -> None:
        """One bad entry in the middle, and none is written."""
        refused(full, Entry(Scope(0), 9, "bad vector", vector=np.zeros(DIMENSIONS + 1)), InputError)
        refused(full, Entry(Scope(0), 9, "bad importance", importance=1.5), InputError)
        refused(full, Entry(Scope(0, layer="dreams"), 9, "bad layer"), InputError)  # type: ignore[arg-type]

    @on_a_full_store
    def test_a_text_that_is_too_long_is_refused(self, full: MemoryStore) -> None:
        """With WordLimit, and the whole write with it."""
        if self.too_long is not None:
            refused(full, Entry(Scope(0, "books", "separated"), 9, self.too_long), WordLimit)

    # what is read

    @on_a_full_store
    def test_the_newest_entry_is_the_current_one(self, full: MemoryStore) -> None:
        """In every scope, at every bound of time."""
        for scope in sorted({entry.scope for entry in little_memories()}):
            for before in (None, *range(-2, 8)):
                log = expected_log(scope, before)
                assert full.log(scope, before) == log, "log holds what was written before the bound, oldest first."
                assert full.current(scope, before) == (log[-1] if log else None), "current is the newest of the log."

    @on_a_new_store
    def test_scopes_do_not_mix(self, store: MemoryStore) -> None:
        """Owner, domain, layer and kind tell them apart."""
        scopes = [Scope(o, d, layer, k) for o in (0, 1) for d in ("", "a") for layer in LAYERS for k in KINDS]
        store.write([Entry(scope, 0, f"{scope}", vector=unit(0)) for scope in scopes])
        for scope in scopes:
            assert [entry.text for entry in store.log(scope)] == [f"{scope}"]
            found = asked(store, [scope.owner], unit(0)[None], 3, scope=scope)
            assert [store.entry(s).text for s in found.entry[0] if s >= 0] == [f"{scope}"]

    @on_a_new_store
    def test_an_entry_from_the_past_goes_to_its_place(self, store: MemoryStore) -> None:
        """The newest is the one of the latest tick, not the one written last."""
        store.write([Entry(Scope(0), 5, "later"), Entry(Scope(0), 2, "earlier"), Entry(Scope(0), 5, "last")])
        assert [entry.text for entry in store.log(Scope(0))] == ["earlier", "later", "last"]
        current = store.current(Scope(0), before=5)
        assert current is not None
        assert current.text == "earlier"

    # what is recalled

    @on_a_full_store
    def test_recall_gives_the_best_first(self, full: MemoryStore) -> None:
        """The same as plain arithmetic gives."""
        for case in CASES:
            expected(full, **case)

    @on_a_full_store
    def test_recall_sees_nothing_of_the_future(self, full: MemoryStore) -> None:
        """Whatever the scores."""
        owners = np.arange(3)
        for before in range(-1, 8):
            found = asked(full, owners, np.stack([unit(n) for n in range(3)]), 50, before=before)
            ticks = [full.entry(int(s)).tick for s in found.entry.ravel() if s >= 0]
            assert all(tick < before for tick in ticks), f"recall(before={before}) showed ticks {ticks}."

    @on_a_full_store
    def test_recall_does_not_depend_on_who_else_is_asked_for(self, full: MemoryStore) -> None:
        """One by one, in another order, twice: the same."""
        owners = np.array([2, 0, 1, 0, 5, 2])
        queries = np.stack([unit(n) for n in range(6)])
        whole = asked(full, owners, queries, 4)
        for rows in ([[n] for n in range(6)], [[5, 4, 3, 2, 1, 0]], [[0, 0, 3, 3]]):
            for some in rows:
                part = asked(full, owners[some], queries[some], 4)
                assert np.array_equal(part.entry, whole.entry[some])
                assert np.array_equal(part.score, whole.score[some]), "Scores are the same to the last bit."

    @on_a_new_store
    def test_ties_go_to_the_newer_entry(self, store: MemoryStore) -> None:
        """And then to the one written later."""
        for tick, text in ((3, "a"), (1, "b"), (3, "c"), (2, "d")):
            store.write([Entry(Scope(0), tick, text, vector=unit(1))])
        found = asked(store, [0], unit(1)[None], 4, recency=0.0)
        assert "".join(store.entry(int(serial)).text for serial in found.entry[0]) == "cadb"

    @on_a_full_store
    def test_empty_places_are_marked(self, full: MemoryStore) -> None:
        """Fewer entries than asked for, an owner without any, no owners, nothing asked for."""
        found = asked(full, [0, 99], np.stack([unit(0), unit(1)]), 30)
        assert found.entry.shape == found.score.shape == (2, 30)
        empty = found.entry < 0
        assert empty[1].all(), "Who holds nothing gets -1."
        assert (found.entry[empty] == -1).all()
        assert (found.score[empty] == -np.inf).all(), "The score of an empty place is -inf."
        assert not (empty[:, :-1] & ~empty[:, 1:]).any(), "Empty places come last."
        assert asked(full, [], np.zeros((0, DIMENSIONS)), 3).entry.shape == (0, 3)
        assert asked(full, [0], unit(0)[None], 0).entry.shape == (1, 0)

    # what is forgotten and kept

    @on_a_full_store
    def test_a_resumed_run_forgets_what_came_after(self, full: MemoryStore) -> None:
        """And numbers what it writes as it did before."""
        some = little_memories()
        full.forget_from(3)
        kept = [entry for entry in some if entry.tick < 3]
        assert list(full.entries()) == kept
        assert len(full) == len(kept)
        last = max(n for n, entry in enumerate(some) if entry.tick < 3)
        assert full.write([Entry(Scope(0), 3, "again")]).tolist() == [last + 1], "Numbers go on after the last kept."

    def test_a_state_brings_everything_back(self, tmp_path: Path) -> None:
        """Numbers included, as plain arrays."""
        full, other = (self.make(folder) for folder in _folders(tmp_path))
        full.write(little_memories())
        other.write([Entry(Scope(3), 0, "is to vanish")])
        np.savez(tmp_path / "state.npz", **full.state())  # type: ignore[arg-type]
        with np.load(tmp_path / "state.npz", allow_pickle=False) as state:
            other.load(dict(state))
        assert list(other.entries()) == little_memories()
        for a, b in zip(other.entries(), full.entries(), strict=True):
            same_vector(a, b)
        queries = np.stack([unit(n) for n in range(4)])
        one, two = (asked(each, [0, 1, 2, 3], queries, 5) for each in (full, other))
        assert np.array_equal(one.entry, two.entry)
        assert np.array_equal(one.score, two.score)
        more = [Entry(Scope(1), 9, "more")]
        assert other.write(more).tolist() == full.write(more).tolist(), "The next number is the same."
        _close(full, other)

    def test_what_is_on_the_disk_stays_there(self, tmp_path: Path) -> None:
        """For stores that are durable."""
        if self.durable:
            first = self.make(tmp_path)
            first.write(little_memories())
            _close(first)
            again = self.make(tmp_path)
            assert list(again.entries()) == little_memories()
            assert again.write([Entry(Scope(1), 9, "more")]).tolist() == [len(little_memories())]
            _close(again)


KINDS: tuple[Literal["agent", "item", "group"], ...] = ("agent", "item", "group")
CASES: list[dict[str, Any]] = [
    {},
    {"k": 1},
    {"k": 40},
    {"tick": 30},
    {"before": 4},
    {"items": True},
    {"items": True, "exact": 5.0, "relevance": 0.0},
    {"recency": 3.0, "half_life": 0.5},
    {"importance": 2.0},
    {"scope": Scope(0, "books", "separated")},
]


def expected_log(scope: Scope, before: int | None) -> list[Entry]:
    """The log of a scope of the little memories."""
    log = [entry for entry in little_memories() if entry.scope == scope and (before is None or entry.tick < before)]
    return sorted(log, key=lambda entry: entry.tick)


def same_vector(a: Entry, b: Entry) -> None:
    """Asserts that two entries have the same vector, in half precision."""
    if a.vector is None or b.vector is None:
        assert a.vector is None, "An entry without a vector comes back without one."
        assert b.vector is None, "The vector of an entry must not get lost."
    else:
        assert np.array_equal(np.asarray(a.vector, np.float16), np.asarray(b.vector, np.float16)), (
            "The vector of an entry comes back as it was, in half precision."
        )


def refused(store: MemoryStore, bad: Entry, error: type[Exception]) -> None:
    """Asserts that a write with one bad entry in the middle leaves the store as it was."""
    before = list(store.entries())
    raises(error, lambda: store.write([Entry(Scope(0), 9, "good"), bad, Entry(Scope(7), 9, "good")]))
    assert list(store.entries()) == before, "A write that is refused leaves nothing behind."
    known = max((serial for serial in range(200) if _is_known(store, serial)), default=-1)
    assert store.write([Entry(Scope(8), 9, "next")]).tolist() == [known + 1], "Nor does it use up numbers."


def raises(error: type[Exception], call: Callable[[], object]) -> None:
    """Asserts that ``call`` raises ``error``."""
    try:
        call()
    except error:
        return
    raise AssertionError(f"{error.__name__} should have been raised.")


def _is_known(store: MemoryStore, serial: int) -> bool:
    try:
        store.entry(serial)
    except KeyError:
        return False
    return True


def _folders(folder: Path) -> list[Path]:
    found = [folder / name for name in ("one", "two")]
    for each in found:
        each.mkdir()
    return found


def _close(*stores: MemoryStore) -> None:
    for store in stores:
        close = getattr(store, "close", None)
        if callable(close):
            close()
