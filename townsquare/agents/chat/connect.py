"""From the name of a model, or a model of the user's own, to a Chat that is ready for use."""

import inspect
from typing import Any

from townsquare.agents.chat.patience import Gate, Patient
from townsquare.agents.chat.providers.langchain import LangChain, is_chat_model
from townsquare.agents.chat.providers.langchain import name_of as langchain_name
from townsquare.agents.chat.providers.scripted import Scripted
from townsquare.agents.chat.providers.scripted import name_of as script_name
from townsquare.agents.chat.spans import Traced, traced
from townsquare.protocols.chat import Chat
from townsquare.protocols.chat_settings import ChatSettings, checked_model
from townsquare.protocols.errors import InputError
from townsquare.protocols.registry import find, known


def connect(model: Any, settings: ChatSettings, gate: Gate | None = None) -> Chat:
    """A Chat for ``model``, with limits, retries and spans around it.

    ``model`` is ``provider:name``, a LangChain chat model, a Chat (any object with async ``complete`` and ``close``),
    or a function from Request to text (a scripted model). Providers: those registered as kind ``chat``, built as
    ``Class(name, settings)``; any other is LangChain's. Models that share an endpoint can share one ``gate``: then
    they share its places, limits and breaker. Nothing is sent yet. Raises InputError for a name that is not in full, an
    unknown provider, a missing package (with the command that installs it) or a missing key.
    """
    chat = _chat(model, settings)
    return chat if isinstance(chat, Patient | Traced) else traced(Patient(chat, settings, gate))


def model_name(model: Any) -> str:
    """What requests, cassettes and summaries call ``model``: ``provider:name``, for objects made from their class."""
    if isinstance(model, str):
        return _checked(model)
    if is_chat_model(model):
        return langchain_name(model)
    if isinstance(model, type):
        raise _no_model(model)
    if isinstance(model, Chat):
        named = getattr(model, "model", None)
        return named if isinstance(named, str) and named else f"{type(model).__module__}:{type(model).__qualname__}"
    if callable(model):
        return script_name(model)
    raise _no_model(model)


def _chat(model: Any, settings: ChatSettings) -> Chat:
    if isinstance(model, str):
        return _by_name(_checked(model), settings)
    if is_chat_model(model):
        return LangChain(model, settings)
    if isinstance(model, type):
        raise _no_model(model)
    if isinstance(model, Chat):
        if not all(inspect.iscoroutinefunction(method) for method in (model.complete, model.close)):
            raise InputError(f"complete and close of a Chat are async functions, not so those of {model_name(model)}.")
        return model
    if callable(model):
        return Scripted(model, settings)
    raise _no_model(model)


def _by_name(model: str, settings: ChatSettings) -> Chat:
    provider, _, name = model.partition(":")
    if provider not in known("chat"):
        return LangChain(model, settings)
    try:
        chat: Chat = find("chat", provider)(name, settings)
    except InputError:
        raise
    except Exception as error:
        raise InputError(f"the model {model!r} cannot be set up: {type(error).__name__}: {error}.") from error
    return chat


def _checked(model: str) -> str:
    try:
        found = checked_model(model)
    except ValueError as error:
        raise InputError(f"{error}.".replace("?.", "?")) from None
    if not found:
        raise InputError("no model is named; give one as provider:model, for example openai:gpt-4o-mini.")
    return found


def _no_model(model: object) -> InputError:
    told = f"the class {model.__name__}, not an object of it" if isinstance(model, type) else type(model).__name__
    return InputError(f"a model is provider:model, a LangChain chat model, a Chat or a function (got {told}).")
