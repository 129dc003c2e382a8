"""The contract finds what is wrong with a store: one that breaks one promise fails at least the test named for it."""

import inspect

import numpy as np
import pytest

from townsquare.memory.stores.arrays import Arrays
from townsquare.protocols.memory import Recalled
from townsquare.testing import MemoryStoreContract
from townsquare.testing.memories import DIMENSIONS


class ForgetsVectors(Arrays):
    def _entry(self, row):
        entry = super()._entry(row)
        return type(entry)(entry.scope, entry.tick, entry.text, entry.importance, None, entry.item)


class WritesHalf(Arrays):
    def write(self, entries):
        return np.concatenate([super(WritesHalf, self).write([entry]) for entry in entries] or [np.zeros(0, int)])


class SeesTheFuture(Arrays):
    def recall(self, *args, before=None, **more):
        return super().recall(*args, **more)


class CurrentOfTheFuture(Arrays):
    def current(self, scope, before=None):
        return super().current(scope)


class NoRecency(Arrays):
    def recall(self, *args, weights, **more):
        return super().recall(*args, weights=type(weights)(recency=0.0), **more)


class MixesDomains(Arrays):
    def recall(self, *args, domain="", **more):
        return super().recall(*args, **more)


class OldestFirst(Arrays):
    def recall(self, *args, **more):
        found = super().recall(*args, **more)
        return Recalled(found.entry[:, ::-1], found.score[:, ::-1])


class DependsOnTheCohort(Arrays):
    def recall(self, owners, *args, **more):
        found = super().recall(owners, *args, **more)
        return Recalled(found.entry, found.score + 1e-6 * len(owners))


class CutsTexts(Arrays):
    def write(self, entries):
        return super().write(
            [type(e)(e.scope, e.tick, e.text.strip(), e.importance, e.vector, e.item) for e in entries]
        )


class NumbersAnew(Arrays):
    def forget_from(self, tick):
        super().forget_from(tick)
        self._written.append(tick)


class LoadsOnTop(Arrays):
    def load(self, state):
        before = list(self.entries())
        super().load(state)
        self.write(before)


class Limitless(Arrays):
    def write(self, entries):
        short = [type(e)(e.scope, e.tick, e.text[:50], e.importance, e.vector, e.item) for e in entries]
        return super().write(short)


BROKEN = {
    ForgetsVectors: "nothing_of_an_entry",
    WritesHalf: "all_or_nothing",
    SeesTheFuture: "of_the_future",
    CurrentOfTheFuture: "current_one",
    NoRecency: "best_first",
    MixesDomains: "do_not_mix",
    OldestFirst: "empty_places",
    DependsOnTheCohort: "who_else",
    CutsTexts: "odd_texts",
    NumbersAnew: "resumed",
    LoadsOnTop: "state_brings",
    Limitless: "too_long",
}


def failures(cls, folder):
    contract = type(
        "Contract", (MemoryStoreContract,), {"make": lambda self, folder: cls(Arrays.Config(), DIMENSIONS)}
    )()
    failed = []
    for number, (name, test) in enumerate(inspect.getmembers(contract, inspect.ismethod)):
        if name.startswith("test_"):
            place = folder / str(number)
            place.mkdir()
            try:
                test(place)
            except Exception:
                failed.append(name)
    return failed


@pytest.mark.parametrize("broken", BROKEN, ids=lambda cls: cls.__name__)
def test_a_broken_promise_is_found(broken, tmp_path):
    failed = failures(broken, tmp_path)
    assert any(BROKEN[broken] in name for name in failed), failed


def test_a_good_store_passes(tmp_path):
    assert failures(Arrays, tmp_path) == []
