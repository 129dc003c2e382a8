"""Moderators of ours that need no model and no broker keep the promises of one; whoever breaks one is caught."""

import inspect
from typing import Any, ClassVar

import numpy as np
import pytest

from tests.sim.moderators.known import known
from townsquare.protocols import Settings
from townsquare.protocols.moderator import Posts, Span, Verdicts
from townsquare.sim.moderators.human_queue import HumanQueue
from townsquare.sim.moderators.lexicon import Lexicon
from townsquare.sim.moderators.panel import Panel
from townsquare.testing.moderator_contract import ModeratorContract

for name, cls in (("lexicon", Lexicon), ("panel", Panel), ("human-queue", HumanQueue)):
    known("moderator", name, cls)


class TestNone(ModeratorContract):
    name = "none"


class TestLexicon(ModeratorContract):
    name = "lexicon"
    settings: ClassVar[dict[str, Any]] = {"entries": ["idiot", "free prize", r"/\bpin\b/"]}


class TestRetrieval(ModeratorContract):
    name = "retrieval"


class TestLinear(ModeratorContract):
    name = "linear"


class TestNearDuplicates(ModeratorContract):
    name = "near-duplicates"
    on_its_own = False


class TestPanel(ModeratorContract):
    name = "panel"


class TestScreenedPanel(ModeratorContract):
    name = "panel"
    settings: ClassVar[dict[str, Any]] = {"screen": True}


class TestHumanQueue(ModeratorContract):
    name = "human-queue"
    settings: ClassVar[dict[str, Any]] = {"first": {"name": "lexicon", "entries": ["idiot"]}}


def says(**columns: object) -> type:
    class Broken:
        Config = Settings

        def __init__(self, config: object, streams: object) -> None:
            pass

        async def review(self, posts: Posts) -> Verdicts:
            n = len(posts)
            whole = {"action": np.ones(n, np.int8), "score": np.zeros(n)}
            made = {key: value(n) if callable(value) else value for key, value in columns.items()}
            return Verdicts(**{**whole, **made})

    return Broken


@pytest.mark.parametrize(
    ("columns", "told"),
    [
        ({"action": lambda n: np.ones(n + 1, np.int8)}, "one per post"),
        ({"action": lambda n: np.full(n, 99)}, "index into ACTIONS"),
        ({"score": lambda n: np.full(n, np.nan)}, "never NaN"),
        ({"category": ["x"]}, "category must have an entry per post"),
        ({"spans": lambda n: [(Span(0, 10**6),)] * n}, "must lie in its text"),
        ({"action": lambda n: np.full(n, 2)}, "nothing to read must not be removed"),
        ({"score": lambda n: np.random.default_rng().random(n)}, "the same scores"),
    ],
)
def test_broken_promises_are_caught_in_a_sentence(columns: dict[str, object], told: str) -> None:
    broken = says(**columns)

    class Suite(ModeratorContract):
        def make(self, streams: object) -> object:  # type: ignore[override]
            return broken(None, streams)

    said = []
    for name, promise in inspect.getmembers(Suite(), inspect.ismethod):
        if name.startswith("test_"):
            try:
                promise()
            except AssertionError as error:
                said.append(str(error))
    assert any(told in one for one in said), said
