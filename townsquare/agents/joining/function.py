"""A Python function as an agent."""

import asyncio
import inspect
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Literal

from townsquare.agents.joining.plain import plain
from townsquare.protocols.errors import InputError
from townsquare.protocols.ioa.messages import Task

Form = Literal["text", "text and input", "task"]
"""What a function is called with."""


class Function:
    """A callable, plain or async, whose signature says what it is called with.

    * ``f(text)``: the task in words (``task.description``);
    * ``f(text, input)``: and what it is to be done with; so whenever two arguments are needed, or the second is called
      ``input``;
    * ``f(task)``: the whole ``Task``; so when the argument is called ``task``, or annotated as one.

    What it returns is the result, what it raises the reason why the task failed. A plain function runs in a thread of
    its own, so that it may take its time; several tasks at a time run it several times at once (``limits.parallel`` of
    the card, 1 by default). Nothing stops a thread: a function whose task was called off runs on, unheard.
    """

    def __init__(self, call: Callable[..., Any]) -> None:
        """Raises InputError when ``call`` cannot be called with any of these."""
        self.call, self.form = call, form_of(call)
        self._awaits = inspect.iscoroutinefunction(call)

    async def run(self, task: Task) -> Any:
        """What the function makes of the task."""
        arguments: tuple[Any, ...] = (task,) if self.form == "task" else (task.description, task.input)
        arguments = arguments[:1] if self.form == "text" else arguments
        found = self.call(*arguments) if self._awaits else await _in_thread(self.call, arguments)
        return plain(await found if inspect.isawaitable(found) else found)


def form_of(call: Callable[..., Any]) -> Form:
    """How ``call`` is to be called. Raises InputError when it takes nothing, or needs more than two arguments."""
    try:
        parameters = list(inspect.signature(call).parameters.values())
    except (TypeError, ValueError):  # a built-in that does not tell
        return "text"
    places = [p for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    needed = [p for p in parameters if p.default is p.empty and p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)]
    if not places and any(p.kind == p.VAR_POSITIONAL for p in parameters):
        return "text"
    if not places or len(needed) > 2 or any(p.kind == p.KEYWORD_ONLY for p in needed):
        name = getattr(call, "__qualname__", type(call).__qualname__)
        raise InputError(
            f"{name}{inspect.signature(call)} cannot be an agent: a function takes (text), (text, input) or (task)."
        )
    if places[0].name == "task" or places[0].annotation in (Task, "Task"):
        return "task"
    return "text and input" if len(needed) == 2 or [p.name for p in places[1:2]] == ["input"] else "text"


async def _in_thread(call: Callable[..., Any], arguments: tuple[Any, ...]) -> Any:
    """As asyncio.to_thread, but in a daemon: who leaves does not wait for a function that never ends."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[Any] = loop.create_future()

    def settle(result: Any, error: BaseException | None) -> None:
        if done.cancelled():
            return
        if error is None:
            done.set_result(result)
        else:
            done.set_exception(error)

    def work() -> None:
        result: Any = None
        problem: Exception | None = None
        try:
            result = call(*arguments)
        except StopIteration as error:  # a future cannot hold it
            problem = RuntimeError(f"StopIteration: {error}")
        except BaseException as error:  # also SystemExit: it is the task that ends, not the agent
            problem = error if isinstance(error, Exception) else RuntimeError(f"{type(error).__name__}: {error}")
        with suppress(RuntimeError):  # the loop is closed: nobody listens any more
            loop.call_soon_threadsafe(settle, result, problem)

    threading.Thread(target=work, name="townsquare-task", daemon=True).start()
    return await done
