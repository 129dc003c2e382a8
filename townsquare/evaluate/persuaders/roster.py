"""From names to contestants and judges: registered ones, ``module:Class``, and ``name=provider:model``."""

import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from pydantic import ValidationError

from townsquare.evaluate.persuaders.models import Models
from townsquare.protocols import InputError, Settings, Streams, find
from townsquare.protocols.wording import first_problem


@dataclass(frozen=True, slots=True)
class Entry:
    """One who takes part: what the tables call it, its class and settings, and its language model if it has one."""

    label: str
    cls: type
    config: Settings
    model: Any = None
    temperature: float | None = None
    """Of its model; None for that of the chat's settings."""

    @property
    def needs(self) -> tuple[str, ...]:
        """What it has to be given."""
        return tuple(getattr(self.cls, "needs", ()))

    def made(self, streams: Streams, models: Models) -> Any:
        """The part itself, with its path to its model."""
        try:
            part = self.cls(self.config, streams)
        except InputError:
            raise
        except Exception as error:
            raise InputError(f"{self.label!r} cannot be built: {type(error).__name__}: {error}.") from error
        if "model" in self.needs:
            part.ask = models.ask(self.model, self.temperature)
        return part


def entry(kind: str, name: str, settings: Mapping[str, Any], model: Any = None, option: str = "--model") -> Entry:
    """One by its name: a registered one (``words``), ``module:Class``, or with a model of its own (``llm=openai:x``).

    ``settings`` are its own, checked against its ``Config``. A judge's model is asked at temperature 0. Raises
    UnknownComponent with the nearest name, and InputError for what cannot be imported, a setting that is wrong, or a
    missing model.
    """
    base, equals, own = name.partition("=")
    cls = _class(kind, base.strip())
    config_class = getattr(cls, "Config", Settings)
    try:
        config: Settings = config_class.model_validate(dict(settings))
    except ValidationError as error:
        raise InputError(f"{kind} {base!r}: {first_problem(error, config_class)}") from error
    needs = getattr(cls, "needs", None)
    if not isinstance(needs, tuple):
        raise InputError(f"{kind} {base!r} has no class variable needs, a tuple of what it has to be given.")
    if equals and "model" not in needs:
        raise InputError(f"{kind} {base!r} asks no language model, so that {name!r} makes no sense.")
    found = own.strip() if equals else model
    if "model" in needs and found in (None, ""):
        raise InputError(
            f"{kind} {base!r} needs a language model: give {option}, for example openai:gpt-4o-mini, or write "
            f"{base}=openai:gpt-4o-mini."
        )
    return Entry(name, cls, config, found if "model" in needs else None, 0.0 if kind == "judge" else None)


def entries(
    kind: str, names: Sequence[str], settings: Mapping[str, Mapping[str, Any]], model: Any = None
) -> tuple[Entry, ...]:
    """Several, each once, in the order given; InputError also for settings of one that takes no part."""
    bases = {name.partition("=")[0].strip() for name in names}
    path = "judges" if kind == "judge" else "contestants"
    for name in settings:
        if name not in bases:
            raise InputError(f"{path}.{name}: {name!r} does not take part; those who do are {', '.join(names)}.")
    return tuple(
        entry(kind, name, settings.get(name.partition("=")[0].strip(), {}), model) for name in dict.fromkeys(names)
    )


def _class(kind: str, name: str) -> type:
    if ":" not in name:
        return find(kind, name)
    module, _, attribute = name.partition(":")
    here = os.getcwd()
    if here not in sys.path:  # a module beside the command, as with `townsquare join --agent`
        sys.path.insert(0, here)
    try:
        found: Any = getattr(import_module(module), attribute)
    except Exception as error:
        raise InputError(f"{kind} {name!r} cannot be loaded: {type(error).__name__}: {error}.") from error
    if not isinstance(found, type):
        raise InputError(f"{kind} {name!r} is no class, but {type(found).__name__}.")
    return found
