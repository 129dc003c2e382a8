"""A model that is a Python function, for tests and examples. It never poses as a language model."""

import inspect
from collections.abc import Awaitable, Callable
from importlib import import_module

from townsquare.protocols.chat import Reply, Request, estimate_tokens
from townsquare.protocols.chat_settings import ChatSettings
from townsquare.protocols.errors import ContractError, InputError, TownsquareError

Script = Callable[[Request], str | Reply | Awaitable[str | Reply]]


class Scripted:
    """Answers with what ``script(request)`` returns: a text, or a whole Reply where more than the text matters.

    ``script`` is a function, plain or async, or the place of one as ``package.module:function`` (so that a scenario
    can name it: ``model = "scripted:package.module:function"``). Its model is called ``scripted:...`` wherever it is
    recorded. It raises ChatError for a call that brought nothing; anything else it raises, or returns, is a bug, and a
    ContractError that names it.
    """

    def __init__(self, script: Script | str, settings: ChatSettings | None = None) -> None:
        self.settings = settings or ChatSettings()
        self.script = _imported(script) if isinstance(script, str) else script
        self.model = name_of(script)

    async def complete(self, request: Request) -> Reply:
        """The script's answer, at once; tokens are estimated."""
        try:
            found = self.script(request)
            reply = await found if inspect.isawaitable(found) else found
        except (TownsquareError, MemoryError, TimeoutError):
            raise
        except Exception as error:
            said = " ".join(f"{type(error).__name__}: {error}".split()).rstrip(".")
            raise ContractError(f"the model {self.model} failed: {said}.") from error
        if isinstance(reply, Reply):
            return reply
        if not isinstance(reply, str):
            raise ContractError(f"the model {self.model} returned {type(reply).__name__}, not a text or a Reply.")
        tokens_in = sum(estimate_tokens(message.text) for message in request.messages)
        return Reply(reply, "stop", tokens_in, estimate_tokens(reply), counted=False, served_by=self.model)

    async def close(self) -> None:
        """Nothing to let go of."""


def name_of(script: Script | str) -> str:
    """``scripted:module:function``, the model's name in requests, cassettes and summaries."""
    if isinstance(script, str):
        return f"scripted:{script}"
    named = script if hasattr(script, "__qualname__") else type(script)
    return f"scripted:{named.__module__}:{named.__qualname__}"


def _imported(place: str) -> Script:
    """The function at ``package.module:function``; InputError when there is none."""
    module, colon, name = place.partition(":")
    if not colon:
        raise InputError(f"a scripted model is named scripted:package.module:function (got 'scripted:{place}').")
    try:
        found = import_module(module)
        for part in name.split("."):
            found = getattr(found, part)
    except (ImportError, AttributeError) as error:
        raise InputError(f"the scripted model 'scripted:{place}' cannot be imported: {error}.") from error
    if not callable(found):
        raise InputError(f"the scripted model 'scripted:{place}' is no function.")
    return found
