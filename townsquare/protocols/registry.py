"""Components by kind and name: one entry point per component, loaded on first use."""

from collections.abc import Callable, Mapping
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import Any, TypeVar

from pydantic import ValidationError

from townsquare.protocols.errors import ContractError, InputError, UnknownComponent
from townsquare.protocols.settings import Settings
from townsquare.protocols.wording import first_problem

C = TypeVar("C", bound=type)
_REGISTERED: dict[tuple[str, str], type] = {}


def register(kind: str, name: str) -> Callable[[C], C]:
    """Decorator for notebooks and tests: ``@register("recommender", "mine")``. A name is given only once.

    In a package whose entry point gives that name to the class it does nothing.
    """

    def note(cls: C) -> C:
        point = _points(kind).get(name)
        if point is not None and point.value == f"{cls.__module__}:{cls.__qualname__}":
            return cls
        if (kind, name) in _REGISTERED or point is not None:
            raise ContractError(f"{kind} {name!r} is already registered; choose another name.")
        _REGISTERED[kind, name] = cls
        return cls

    return note


def known(kind: str) -> dict[str, str]:
    """Names of one kind with where each comes from (``package.module:Class``), without importing anything."""
    ours = {name: point.value for name, point in _points(kind).items()}
    here = {name: f"{cls.__module__}:{cls.__qualname__}" for (k, name), cls in _REGISTERED.items() if k == kind}
    return dict(sorted((ours | here).items()))


def find(kind: str, name: str) -> type:
    """The class registered as ``name``.

    Raises UnknownComponent with the nearest name, or InputError when a package it needs is missing.
    """
    if (kind, name) in _REGISTERED:
        return _REGISTERED[kind, name]
    point = _points(kind).get(name)
    if point is None:
        raise UnknownComponent(kind, name, known(kind))
    try:
        found: type = point.load()
    except ImportError as error:
        raise InputError(f"{kind} {name!r} ({point.value}) needs a package that is missing: {error}.") from error
    except Exception as error:
        raise InputError(f"{kind} {name!r} ({point.value}) cannot be loaded: {_said(error)}") from error
    return found


def configure(kind: str, name: str, settings: dict[str, Any]) -> tuple[type, Settings]:
    """The class and its checked ``Config``; a wrong key or value is an InputError that names it."""
    cls = find(kind, name)
    config_class = getattr(cls, "Config", Settings)
    try:
        config: Settings = config_class.model_validate(settings)
    except ValidationError as error:
        raise InputError(f"{kind} {name!r}: {first_problem(error, config_class)}") from error
    return cls, config


def make(kind: str, name: str, settings: dict[str, Any], *parts: Any) -> Any:
    """The component itself, built as ``Class(config, *parts)``; what its constructor raises becomes an InputError."""
    cls, config = configure(kind, name, settings)
    try:
        return cls(config, *parts)
    except InputError:
        raise
    except Exception as error:
        raise InputError(
            f"{kind} {name!r} ({cls.__module__}.{cls.__name__}) cannot be built: {_said(error)}"
        ) from error


def _said(error: Exception) -> str:
    return " ".join(f"{type(error).__name__}: {error}".split()).rstrip(".") + "."


@cache
def _points(kind: str) -> Mapping[str, EntryPoint]:
    """What installed packages offer, read once: to ask the packages takes longer than a small tick."""
    return {point.name: point for point in entry_points(group=f"townsquare.{kind}")}
