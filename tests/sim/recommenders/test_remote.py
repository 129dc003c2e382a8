"""A recommender elsewhere keeps every promise, says what the one at home says, and cannot be harmed by its agent."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from townsquare.protocols import Streams, find
from townsquare.protocols.errors import InputError
from townsquare.protocols.ioa.messages import Task
from townsquare.sim.recommenders.hosting import Hosted
from townsquare.sim.recommenders.remote import Garbled, Remote, Unanswered
from townsquare.testing import RecommenderContract, little_town
from townsquare.testing.answers import ask, same
from townsquare.testing.little_town import AGENTS, CANDIDATES, N_AGENTS, excluded


class Courier:
    """Carries tasks as JSON text, and keeps what was answered."""

    def __init__(self, run: Callable[[Task], Any], most: int = 16_777_216) -> None:
        self.run, self.bytes = run, most
        self.kept: dict[str, str | None] = {}
        self.sent: list[tuple[str, int]] = []

    def answer(self, tick: int, number: int, sees: str, question: Callable[[], str]) -> str | None:
        if sees not in self.kept:
            try:
                self.kept[sees] = question()
            except (Garbled, Unanswered):
                self.kept[sees] = None
        return self.kept[sees]

    def send(self, agent: str, capability: str, input: Any, seconds: float) -> Any:
        text = json.dumps(input, allow_nan=False)
        assert len(text) < self.bytes
        self.sent.append((capability, len(text)))
        task = Task(id="t", sender="server", task_id="t", capability=capability, input=json.loads(text))
        return json.loads(json.dumps(asyncio.run(self.run(task))))

    def most(self, agent: str) -> int:
        return self.bytes


def remote(name: str, streams: Streams, **settings: Any) -> Remote:
    made = Remote(Remote.Config(**settings), streams)
    made.courier = Courier(Hosted(name).run)
    return made


class TestRemote(RecommenderContract):
    name = "remote"

    def make(self, streams: Streams) -> Remote:
        return remote("ease", streams)


@pytest.mark.parametrize("name", ["random", "popular", "bpr", "ease", "similar", "item-knn", "recent"])
def test_it_says_what_the_one_at_home_says(name: str) -> None:
    cls: Any = find("recommender", name)
    home, away = cls(cls.Config(), Streams(4)), remote(name, Streams(4))
    for made in (home, away):
        made.fit(*little_town())
    same(ask(home, exclude=excluded()), ask(away, exclude=excluded()), "elsewhere must be as at home")


def test_what_is_told_fits_into_messages() -> None:
    made = Remote(Remote.Config(), Streams(0))
    home = Hosted("similar")
    courier = made.courier = Courier(home.run, most=3_000)
    made.fit(*little_town())
    whole = remote("similar", Streams(0))
    whole.fit(*little_town())
    same(ask(whole, exclude=excluded()), ask(made, exclude=excluded()), "pieces must be the whole")
    assert sum(capability == "fit" for capability, _ in courier.sent) > 5
    assert sum(capability == "recommend" for capability, _ in courier.sent) > 1


def test_what_is_on_record_needs_no_agent() -> None:
    made = remote("ease", Streams(0))
    made.fit(*little_town())
    before = ask(made)
    again = Remote(Remote.Config(), Streams(0))
    again.courier = Courier(nobody)
    assert isinstance(made.courier, Courier)
    again.courier.kept = made.courier.kept
    again.fit(*little_town())
    same(before, ask(again), "the record is the answer")
    again.fit(*little_town(1))
    assert (ask(again).items == -1).all(), "what was learnt is part of the question"


async def nobody(task: Task) -> Any:
    raise Unanswered("nobody is there")


def test_an_agent_that_was_restarted_is_told_again() -> None:
    made = remote("ease", Streams(0))
    made.fit(*little_town())
    before = ask(made)
    assert isinstance(made.courier, Courier)
    made.courier.run, made.courier.kept = Hosted("ease").run, {}
    same(before, ask(made), "a new life of the agent")


@pytest.mark.parametrize(
    "output", [None, "x", [], {}, {"items": None}, {"items": [[1]]}, {"items": {"0": [1]}}, {"unknown_fit": True}]
)
def test_an_answer_that_is_none_leaves_places_empty(output: Any) -> None:
    async def says(task: Task) -> Any:
        return output

    made = Remote(Remote.Config(), Streams(0))
    made.courier = Courier(says)
    made.fit(*little_town())
    assert (ask(made).items == -1).all()


def test_a_bad_row_is_empty_and_the_others_count() -> None:
    first, second = CANDIDATES[:2].tolist()
    bad = [[first, first], [10**9], [-2], ["1"], [True], None, [float(first)], list(range(99)), [10**400]]

    async def says(task: Task) -> Any:
        rows = [*bad, *[[first, second, -1]] * (N_AGENTS - len(bad))]
        return {"items": rows, "scores": [["x"]] * N_AGENTS}

    made = Remote(Remote.Config(), Streams(0))
    made.courier = Courier(says)
    made.fit(*little_town())
    slates = ask(made, k=3)
    assert (slates.items[: len(bad)] == -1).all()
    assert slates.items[len(bad) :].tolist() == [[first, second, -1]] * (N_AGENTS - len(bad))
    assert slates.scores[-1].tolist() == [2.0, 1.0, -np.inf], "without scores the order is what counts"
    banned = np.full((N_AGENTS, 1), first)
    assert (ask(made, k=3, exclude=banned).items == -1).all()


def test_it_needs_a_town() -> None:
    made = Remote(Remote.Config(), Streams(0))
    made.fit(*little_town())
    with pytest.raises(InputError, match="of a town only"):
        made.recommend(AGENTS, 5, tick=1, candidates=CANDIDATES)
