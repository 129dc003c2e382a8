"""From ``MODULE:CALLABLE`` to an agent."""

import inspect
import os
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

from townsquare.agents.joining.function import Function
from townsquare.agents.joining.runnable import RunnableAgent, is_runnable
from townsquare.protocols.errors import InputError, did_you_mean


def found(place: str, option: str = "--agent") -> Any:
    """The object at ``MODULE:CALLABLE``; modules of the current folder are found too, and first.

    Raises InputError with what is missing, and what was probably meant; ``option`` is where the place was given.
    """
    module, _, name = place.partition(":")
    if module.endswith(".py") or "/" in module or not module.strip(".") or not name:
        stem = module.removesuffix(".py").replace("/", ".").strip(".") or "my_agents"
        meant = f"{stem}:{name or 'reply'}"
        raise InputError(f"{option} takes MODULE:CALLABLE (got {place!r}); did you mean {meant!r}?")
    here = os.getcwd()
    if here not in sys.path:
        sys.path.insert(0, here)
    try:
        thing: Any = import_module(module)
    except ModuleNotFoundError as error:
        if error.name is None or not f"{module}.".startswith(f"{error.name}."):
            raise InputError(f"{option} {place}: {module} needs a package that is missing: {error.name}.") from error
        files = [path.stem for path in Path(here).glob("*.py")]
        raise InputError(f"{option} {place}: there is no module {error.name!r}{did_you_mean(module, files)}") from error
    except (Exception, SystemExit) as error:
        raise InputError(f"{option} {place}: {module} cannot be imported: {type(error).__name__}: {error}.") from error
    for part in name.split("."):
        if not hasattr(thing, part):
            raise InputError(f"{option} {place}: {module} has no {part!r}{did_you_mean(part, _public(thing))}")
        thing = getattr(thing, part)
    return thing


def adapted(thing: Any, place: str = "") -> Any:
    """``thing`` as an agent: one that has ``run``, a Runnable, a function, or a class of the first kind.

    Raises InputError when it is none of these.
    """
    if inspect.isclass(thing):
        try:
            thing = thing()
        except TypeError as error:
            raise InputError(f"--agent {place}: a class is called without arguments, and {error}.") from error
    if inspect.iscoroutinefunction(getattr(thing, "run", None)):
        return thing
    if is_runnable(thing):
        return RunnableAgent(thing)
    if callable(thing):
        return Function(thing)
    raise InputError(
        f"--agent {place}: an agent is a function, a LangChain Runnable, or an object with "
        f"`async def run(self, task)` (got {type(thing).__name__})."
    )


def _public(thing: Any) -> list[str]:
    return [name for name in dir(thing) if not name.startswith("_")]
