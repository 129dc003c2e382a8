"""Who an agent says that it is: from a card file, from options, or from its own docstring."""

import inspect
import json
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from townsquare.protocols.errors import InputError, did_you_mean
from townsquare.protocols.ioa.cards import Card, Limits
from townsquare.protocols.ioa.names import is_name
from townsquare.protocols.wording import first_problem

_NAMES = "1 to 64 of A-Z a-z 0-9 . _ -, a letter or digit first, and not `server`"


def read_card(path: Path) -> dict[str, Any]:
    """The fields of a card in TOML or JSON (by its ending). Raises InputError that names the file and the key."""
    try:
        text = path.read_text("utf-8")
        values = json.loads(text) if path.suffix == ".json" else tomllib.loads(text)
    except OSError as error:
        raise InputError(f"--card {path}: {error.strerror or error}.") from error
    except (ValueError, RecursionError) as error:
        raise InputError(f"--card {path} is no {'JSON' if path.suffix == '.json' else 'TOML'}: {error}.") from error
    if not isinstance(values, dict):
        raise InputError(f"--card {path}: a card is an object with name and description.")
    _known(values, Card, str(path))
    limits = values.get("limits")
    if isinstance(limits, Mapping):
        _known(limits, Limits, f"{path}: limits")
    return values


def card_of(values: Mapping[str, Any], where: str = "the card") -> Card:
    """A Card of ``values``. Raises InputError that names the key and what is allowed."""
    name = values.get("name")
    if not isinstance(name, str) or not is_name(name):
        raise InputError(f"{where}: name: {name!r} is no name of an agent ({_NAMES}).")
    try:
        return Card.model_validate(values)
    except ValidationError as error:
        raise InputError(f"{where}: {first_problem(error, Card)}") from error


def told_by(thing: Any) -> dict[str, Any]:
    """Name and description as a function, a class or an object tells them: its name, and its docstring's first part.

    Each is left out where it tells none.
    """
    named = thing if inspect.isclass(thing) or inspect.isroutine(thing) else type(thing)
    words = inspect.getdoc(thing) if named is thing or "__doc__" in vars(thing) or not _foreign(named) else None
    name = re.sub(r"[^A-Za-z0-9.-]+", "-", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", named.__name__)).strip("-.").lower()
    told = {} if not is_name(name) or _foreign(named) else {"name": name}
    first = " ".join((words or "").split("\n\n")[0].split())
    return told | ({"description": first} if first else {})


def _foreign(named: Any) -> bool:
    """Whether the name is that of somebody else's class, which says nothing about this agent."""
    return (getattr(named, "__module__", "") or "").partition(".")[0] in (
        "builtins",
        "functools",
        "langchain",
        "langchain_core",
        "langgraph",
    )


def _known(values: Mapping[str, Any], model: type[BaseModel], where: str) -> None:
    # on the wire unknown fields are passed over, for newer agents' sake; in a file they are slips of the pen
    fields = sorted(model.model_fields)
    for key in values:
        if key not in fields:
            raise InputError(
                f"{where}: unknown key {key!r}{did_you_mean(key, fields)} Allowed here: {', '.join(fields)}."
            )
