"""The contract suite of defences: it covers all of ours, and it catches broken promises in a sentence."""

import ast
from pathlib import Path

import numpy as np
import pytest

from townsquare.protocols import Settings, Trust, known
from townsquare.sim.defences.none import NoDefence
from townsquare.testing.defence_contract import DefenceContract

TESTS = Path(__file__).parents[1]


def contracted():
    """Names that a subclass of DefenceContract somewhere in these tests has."""
    for path in (TESTS / "sim" / "defences").glob("test_*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ClassDef) and "DefenceContract" in [ast.unparse(base) for base in node.bases]:
                for line in node.body:
                    if isinstance(line, ast.Assign) and ast.unparse(line.targets[0]) == "name":
                        yield ast.literal_eval(line.value)


def test_every_defence_of_ours_keeps_the_contract():
    ours = {name for name, place in known("defence").items() if place.startswith("townsquare.")}
    assert ours <= set(contracted())


class NoVerb:
    class Config(Settings):
        pass

    def __init__(self, config, streams):
        pass


class Short(NoDefence):
    async def weigh(self, log, catalogue, *, tick):
        return Trust.full(log.n_users - 1)


class Generous(NoDefence):
    async def weigh(self, log, catalogue, *, tick):
        return Trust(np.full(log.n_users, 2.0), np.zeros(log.n_users))


class Strict(NoDefence):
    async def weigh(self, log, catalogue, *, tick):
        return Trust(np.zeros(log.n_users), np.zeros(log.n_users))


class OwnDice(NoDefence):
    dice = np.random.default_rng(0)

    async def weigh(self, log, catalogue, *, tick):
        return Trust(self.dice.random(log.n_users), np.zeros(log.n_users))


class Resentful(NoDefence):
    seen = 0

    async def weigh(self, log, catalogue, *, tick):
        self.seen += 1
        return Trust(np.full(log.n_users, 1.0 / self.seen), np.zeros(log.n_users))


class Eraser(NoDefence):
    async def weigh(self, log, catalogue, *, tick):
        log.values[:] = 0
        return Trust.full(log.n_users)


class Crashing(NoDefence):
    async def weigh(self, log, catalogue, *, tick):
        return Trust(np.ones(log.n_users) * log.ticks.max() / 6, np.zeros(log.n_users))


@pytest.mark.parametrize(
    ("kind", "promise", "said"),
    [
        (NoVerb, "test_it_is_a_defence", "needs the method weigh"),
        (Short, "test_everybody_has_a_weight", "one entry for each user"),
        (Generous, "test_everybody_has_a_weight", "No weight may be above 1"),
        (Strict, "test_a_town_may_begin_without_history", "An empty log must give everybody the weight 1"),
        (Crashing, "test_a_town_may_begin_without_history", "must take a log without interactions"),
        (OwnDice, "test_same_seed_same_trust", "draw from the streams only"),
        (Resentful, "test_it_forgets_what_was_before", "weigh must depend on its arguments only"),
        (Eraser, "test_it_changes_no_argument", "must not change the column 'values'"),
    ],
)
def test_a_broken_promise_is_named(kind, promise, said):
    class Suite(DefenceContract):
        def make(self, streams):
            return kind(kind.Config(), streams)

    with pytest.raises(AssertionError, match=said):
        getattr(Suite(), promise)()
