"""A moderator elsewhere says what the one at home says, cannot be harmed by its agent, and is on record."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from townsquare.protocols import Streams
from townsquare.protocols.errors import InputError
from townsquare.protocols.ioa.messages import Task
from townsquare.protocols.moderator import ACTION, ACTIONS, Posts, Span, Verdicts
from townsquare.sim.moderators.hosting import Hosted
from townsquare.sim.moderators.lexicon import Lexicon
from townsquare.sim.moderators.remote import Remote
from townsquare.sim.recommenders.remote import Garbled, Unanswered

TEXTS = ["you fool", "hello", "", "an idiot, an idiot", "x\ud800 fool"]


class Courier:
    """Carries tasks as JSON text, and keeps what was answered."""

    def __init__(self, run: Callable[[Task], Any], most: int = 16_777_216) -> None:
        self.run, self.bytes, self.sent = run, most, 0
        self.kept: dict[str, str | None] = {}

    def answer(self, tick: int, number: int, sees: str, question: Callable[[], str]) -> str | None:
        if sees not in self.kept:
            try:
                self.kept[sees] = question()
            except (Garbled, Unanswered):
                self.kept[sees] = None
        return self.kept[sees]

    async def awaited(self, tick: int, number: int, sees: str, question: Callable[[], str]) -> str | None:
        return await asyncio.to_thread(self.answer, tick, number, sees, question)

    def send(self, agent: str, capability: str, input: Any, seconds: float) -> Any:
        text = json.dumps(input, allow_nan=False)
        assert len(text) < self.bytes
        self.sent += 1
        task = Task(id="t", sender="server", task_id="t", capability=capability, input=json.loads(text))
        return json.loads(json.dumps(asyncio.run(self.run(task))))

    def most(self, agent: str) -> int:
        return self.bytes


def lexicon() -> Lexicon:
    entries = ["idiot", {"pattern": "fool", "worth": 0.6, "category": "mild"}]
    return Lexicon(Lexicon.Config.model_validate({"entries": entries, "action": "blur"}), Streams(0))


def remote(run: Callable[[Task], Any], most: int = 16_777_216) -> Remote:
    made = Remote(Remote.Config(), Streams(0))
    made.courier = Courier(run, most)
    return made


def told(verdicts: Verdicts) -> list[Any]:
    columns = (verdicts.rationale, verdicts.category, verdicts.spans, verdicts.evidence)
    return [verdicts.action.tolist(), verdicts.score.tolist(), *([tuple(c) for c in column] for column in columns[2:]),
            *map(list, columns[:2])]  # fmt: skip


async def test_it_says_what_the_one_at_home_says() -> None:
    posts = Posts.of_texts(TEXTS, 3)
    home, away = await lexicon().review(posts), await remote(Hosted(lexicon(), "lexicon").run).review(posts)
    assert told(home) == told(away)


async def test_many_posts_go_in_several_messages() -> None:
    texts = [f"post {n} of a fool" for n in range(200)]
    made = remote(Hosted(lexicon(), "lexicon").run, most=4_000)
    verdicts = await made.review(Posts.of_texts(texts))
    assert (verdicts.action == ACTION["blur"]).all()
    assert isinstance(made.courier, Courier)
    assert made.courier.sent > 4


async def test_what_is_on_record_needs_no_agent() -> None:
    made = remote(Hosted(lexicon(), "lexicon").run)
    before = await made.review(Posts.of_texts(TEXTS, 1))
    assert isinstance(made.courier, Courier)

    async def nobody(task: Task) -> Any:
        raise Unanswered("nobody is there")

    again = remote(nobody)
    assert isinstance(again.courier, Courier)
    again.courier.kept = made.courier.kept
    assert told(await again.review(Posts.of_texts(TEXTS, 1))) == told(before)
    assert not (await again.review(Posts.of_texts(TEXTS, 2))).action.any(), "another tick is another question"


@pytest.mark.parametrize("output", [None, "x", [], {}, {"verdicts": None}, {"verdicts": [{"action": "remove"}]}])
async def test_no_answer_is_abstained_from(output: Any) -> None:
    async def says(task: Task) -> Any:
        return output

    verdicts = await remote(says).review(Posts.of_texts(["a", "b"]))
    assert verdicts.action.tolist() == [ACTION["abstain"]] * 2
    assert verdicts.score.tolist() == [0.5, 0.5]


async def test_a_bad_verdict_is_abstained_from_and_the_others_count() -> None:
    bad: list[Any] = [
        None, "remove", {}, {"action": "burn"}, {"action": 2}, {"action": "remove", "score": 2},
        {"action": "remove", "score": "high"}, {"action": "remove", "spans": [[1]]},
        {"action": "remove", "evidence": "x"}, {"action": "remove", "spans": [[0, 1]] * 101},
    ]  # fmt: skip
    good = [{"action": "remove", "score": 1, "spans": [[0, 2], [1, 99], [-1, 1], [2, 2]], "rationale": "x" * 9_999}]

    async def says(task: Task) -> Any:
        return {"verdicts": [*bad, *good]}

    verdicts = await remote(says).review(Posts.of_texts([f"post {n}" for n in range(len(bad) + 1)]))
    assert verdicts.action.tolist() == [ACTION["abstain"]] * len(bad) + [ACTION["remove"]]
    assert verdicts.spans[-1] == (Span(0, 2),)
    assert len(verdicts.rationale[-1]) == 600


async def test_an_agent_gets_what_it_may_know() -> None:
    seen: list[Any] = []

    async def says(task: Task) -> Any:
        seen.append(task.input)
        return {"verdicts": [{"action": "show"}]}

    posts = Posts(4, np.array([70]), np.array([8]), np.array([2]), np.array([70, 71]), lambda item: f"post {item}")
    await remote(says).review(posts)
    assert seen == [{"tick": 4, "posts": [{"text": "post 70", "author": 8, "disputes": 2}]}]


async def test_outside_of_a_town() -> None:
    with pytest.raises(InputError, match="works as the moderator of a town only"):
        await Remote(Remote.Config(), Streams(0)).review(Posts.of_texts(["x"]))
    assert len((await Remote(Remote.Config(), Streams(0)).review(Posts.of_texts([]))).action) == 0


def test_every_action_can_be_told() -> None:
    async def says(task: Task) -> Any:
        return {"verdicts": [{"action": name} for name in ACTIONS]}

    verdicts = asyncio.run(remote(says).review(Posts.of_texts(list(ACTIONS))))
    assert [ACTIONS[code] for code in verdicts.action] == list(ACTIONS)
