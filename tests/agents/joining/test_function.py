"""Functions as agents: how they are called, and that nobody waits for one that does not end."""

import asyncio
import threading
from functools import partial
from typing import Any

import pytest

from tests.agents.joining.tasks import task
from townsquare.agents.joining.function import Function, form_of
from townsquare.protocols.errors import InputError
from townsquare.protocols.ioa.messages import Task


def text_only(text: str) -> str:
    return text.upper()


def with_default(text: str, times: int = 2) -> str:
    return text * times


def with_input(text: str, input: Any = None) -> Any:
    return [text, input]


def two(words: str, material: Any) -> Any:
    return [words, material]


def whole(task) -> str:  # type: ignore[no-untyped-def]
    return str(task.task_id)


def annotated(one: Task) -> str:
    return one.task_id


async def waits(text: str) -> str:
    await asyncio.sleep(0)
    return text[::-1]


class Callable_:
    async def __call__(self, text: str) -> str:
        return f"called with {text}"


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        (text_only, "WORDS"),
        (with_default, "wordswords"),
        (with_input, ["words", {"a": 1}]),
        (two, ["words", {"a": 1}]),
        (whole, "t1"),
        (annotated, "t1"),
        (waits, "sdrow"),
        (Callable_(), "called with words"),
        (partial(with_default, times=3), "wordswordswords"),
        (len, 5),
        (lambda *words: list(words), ["words"]),
    ],
)
async def test_the_signature_says_how_it_is_called(call: Any, expected: Any) -> None:
    assert await Function(call).run(task("words", {"a": 1})) == expected


def three(a: str, b: str, c: str) -> None: ...


def nothing() -> None: ...


def named(text: str, *, key: str) -> None: ...


@pytest.mark.parametrize("call", [three, nothing, named])
def test_what_cannot_be_called_is_refused(call: Any) -> None:
    with pytest.raises(InputError, match=r"\(text\), \(text, input\) or \(task\)"):
        form_of(call)


@pytest.mark.parametrize("error", [ValueError("no"), StopIteration("no"), SystemExit("no"), KeyboardInterrupt("no")])
async def test_what_it_raises_is_raised(error: BaseException) -> None:
    def fails(text: str) -> str:
        raise error

    with pytest.raises((ValueError, RuntimeError), match="no"):
        await Function(fails).run(task("x"))


async def test_a_function_that_waits_holds_up_nobody() -> None:
    go = threading.Event()

    def blocks(text: str) -> str:
        assert go.wait(10)
        return text

    slow = asyncio.create_task(Function(blocks).run(task("slow")))
    assert await Function(text_only).run(task("quick")) == "QUICK"
    assert not slow.done()
    go.set()
    assert await slow == "slow"


async def test_one_that_was_called_off_runs_on_unheard() -> None:
    go, ended = threading.Event(), threading.Event()

    def blocks(text: str) -> None:
        go.wait(10)
        ended.set()

    slow = asyncio.create_task(Function(blocks).run(task("slow")))
    await asyncio.sleep(0)
    slow.cancel()
    with pytest.raises(asyncio.CancelledError):
        await slow
    go.set()
    assert await asyncio.to_thread(ended.wait, 10)
