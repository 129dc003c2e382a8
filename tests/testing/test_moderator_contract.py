"""All moderators that come with the package keep the promises of one; whoever breaks one is caught."""

import inspect
from typing import Any

import numpy as np
import pytest

from tests.sim.moderators.test_remote import Courier, lexicon
from townsquare.protocols import Settings, Streams, find, known
from townsquare.protocols.asking import Answer
from townsquare.protocols.moderator import Moderator, Posts, Span, Verdicts
from townsquare.sim.moderators.hosting import Hosted
from townsquare.testing.moderator_contract import ModeratorContract
from townsquare.testing.schema_filler import filled

ENTRIES = {"entries": ["idiot", "free prize", r"/\bpin\b/"]}
SETTINGS: dict[str, list[dict[str, Any]]] = {
    "lexicon": [ENTRIES],
    "panel": [{}, {"screen": True}, {"parts": "model"}],
    "human-queue": [{"first": {"name": "lexicon", **ENTRIES}}, {"first": {"name": "remote"}}],
    "in-context": [{}, {"screen": {"name": "linear"}}],
}  # fmt: skip
"""Where the defaults are not all there is to try."""
IN_COMPANY = ("near-duplicates",)
"""Those who compare posts with one another."""


async def harsh(question: Any) -> Answer[Any]:
    """Takes everything for the worst that there is a word for, as no model should be trusted not to."""
    schema = question.answer.model_json_schema()
    value = filled(schema)
    if "label" in schema["properties"]:
        value["label"] = schema["properties"]["label"]["enum"][-1]
    return Answer("answered", question.answer.model_validate(value))


class Connected(ModeratorContract):
    """With a model that is harsh, and an agent elsewhere that goes by a list of words."""

    def make(self, streams: Streams) -> Moderator:
        made: Any = super().make(streams)
        if hasattr(made, "ask"):
            made.ask = harsh
        if hasattr(made, "courier"):
            made.courier = Courier(Hosted(lexicon(), "lexicon").run)
        return made


OURS = [name for name in known("moderator") if find("moderator", name).__module__.startswith("townsquare.")]
for name in OURS:
    for number, settings in enumerate(SETTINGS.get(name, [{}])):
        title = "Test" + name.title().replace("-", "") + (str(number) if number else "")
        of = {"name": name, "settings": settings, "on_its_own": name not in IN_COMPANY, "__doc__": f"{name} {settings}"}
        globals()[title] = type(title, (Connected,), of)


def test_all_that_are_registered_are_here() -> None:
    here = {made.name for made in globals().values() if inspect.isclass(made) and issubclass(made, ModeratorContract)}
    assert {"harm-words", "none", "remote", "zero-shot", "human-queue"} <= set(OURS)
    assert here - {None} == set(OURS)


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
