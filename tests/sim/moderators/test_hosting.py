"""Any moderator, and any function of a text, as an agent."""

from typing import Any

import numpy as np
import pytest

from townsquare.protocols import InputError
from townsquare.protocols.ioa.messages import Task
from townsquare.protocols.moderator import ACTION, Posts, Verdicts
from townsquare.sim.moderators.hosting import Hosted, adapted, registered
from townsquare.sim.moderators.none import NoModeration


def task(input: Any, capability: str = "moderate") -> Task:
    return Task(id="t", sender="server", task_id="t", capability=capability, input=input)


def posts(*texts: str) -> dict[str, Any]:
    return {"tick": 0, "posts": [{"text": text} for text in texts]}


async def test_a_function_of_a_text() -> None:
    def mine(text: str) -> Any:
        if text == "long":
            return {"action": "label", "score": 0.7, "category": "long", "spans": [[0, 4]]}
        return {"bad": "remove", "unsure": None}.get(text, "show")

    answer = await Hosted(adapted(mine, "x"), "mine").run(task(posts("bad", "fine", "unsure", "long")))
    assert [(row["action"], row["score"]) for row in answer["verdicts"]] == [
        ("remove", 1.0), ("show", 0.0), ("abstain", 0.5), ("label", 0.7),
    ]  # fmt: skip
    assert (answer["verdicts"][3]["category"], answer["verdicts"][3]["spans"]) == ("long", [[0, 4]])


async def test_an_async_function_and_a_class() -> None:
    async def mine(text: str) -> str:
        return "hold"

    class Mine:
        async def review(self, posts: Posts) -> Verdicts:
            return Verdicts(np.full(len(posts), ACTION["warn"], np.int8), np.ones(len(posts)))

    for thing, action in ((mine, "hold"), (Mine, "warn"), (Mine(), "warn")):
        answer = await Hosted(adapted(thing, "x"), "mine").run(task(posts("a")))
        assert answer["verdicts"][0]["action"] == action


@pytest.mark.parametrize("said", ["burn", 3, {"score": 1}, {"action": "remove", "score": 7}])
async def test_a_function_that_says_something_else_fails_the_task(said: Any) -> None:
    with pytest.raises(InputError, match="a moderator gives one of abstain, show, remove"):
        await Hosted(adapted(lambda text: said, "x"), "mine").run(task(posts("a")))


async def test_other_tasks() -> None:
    hosted = Hosted(registered("none"), "none")
    with pytest.raises(InputError, match="does moderate, not 'recommend'"):
        await hosted.run(task(posts("a"), "recommend"))
    with pytest.raises(InputError, match="no list of posts"):
        await hosted.run(task("a"))
    assert hosted.card("me").capabilities == ("moderate",)


def test_names_that_work_alone_and_names_that_do_not() -> None:
    assert isinstance(registered("none"), NoModeration)
    for name, why in (("linear", "has to learn"), ("zero-shot", "has to learn"), ("lineer", "Did you mean 'linear'")):
        with pytest.raises(InputError, match=why):
            registered(name)


def test_what_is_no_moderator() -> None:
    class Needs:
        def __init__(self, what: int) -> None:
            pass

    with pytest.raises(InputError, match="a class is called without arguments"):
        adapted(Needs, "m:Needs")
    with pytest.raises(InputError, match="--moderator m:x: a moderator is a function of a text"):
        adapted(7, "m:x")
