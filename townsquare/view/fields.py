"""The settings of a scenario as fields of a form, read off its JSON schema. No Streamlit here."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

from townsquare.protocols.errors import InputError
from townsquare.protocols.registry import find, known
from townsquare.protocols.scenario import Scenario, parse_override
from townsquare.sweeps.sweeping import as_toml

Kind = Literal["flag", "whole", "number", "choice", "text", "component", "toml"]
_KINDS = {"memory": "store", "model": "opinion", "first": "seeding"}
"""Kinds of component that are not called like the key they stand under."""
_LEFT_OUT = ("scenario", "changes")
"""Which scenario it is stands above the form; changes at a tick are what a fork is for."""


@dataclass(frozen=True, slots=True)
class Field:
    """One setting."""

    path: str
    """Dotted, as --set takes it."""
    kind: Kind
    default: Any
    help: str
    choices: tuple[str, ...] = ()
    """Of a choice its words, of a component the registered names."""
    low: float | None = None
    high: float | None = None
    """Bounds that are themselves allowed; others are left to the scenario's own check."""

    @property
    def group(self) -> str:
        """The table it stands in; "" for the scenario's own keys."""
        return self.path.partition(".")[0] if "." in self.path or self.kind == "component" else ""

    @property
    def component(self) -> str:
        """Of a component, its kind."""
        last = self.path.removesuffix(".name").rpartition(".")[2]
        return _KINDS.get(last, last)

    def text(self) -> str:
        """The default as a text box shows it: "" where there is none."""
        if self.default is None:
            return ""
        return str(self.default) if self.kind == "text" else as_toml(self.default)

    def read(self, text: str) -> Any:
        """What was typed into a text box, as --set would read it."""
        return text if self.kind == "text" else parse_override(f"{self.path}={text}")[1]


@lru_cache(maxsize=32)
def fields_of(scenario: str) -> tuple[Field, ...]:
    """Every setting of a built-in scenario in the order of its schema, with the scenario's own defaults."""
    model = _model(scenario)
    schema = model.model_json_schema()
    defaults = model(scenario=scenario).model_dump(mode="json")
    return tuple(one for one in _fields(schema, schema.get("$defs", {}), defaults) if one.path not in _LEFT_OUT)


@lru_cache(maxsize=32)
def about(scenario: str) -> dict[str, str]:
    """What each table of settings is about, by its key."""
    schema = _model(scenario).model_json_schema()
    made = {}
    for key, one in schema["properties"].items():
        target = _resolved(one, schema.get("$defs", {}))
        made[key] = str(one.get("description") or target.get("description", ""))
    return made


def _model(scenario: str) -> type[Scenario]:
    model = find("scenario", scenario)
    if not issubclass(model, Scenario):
        raise InputError(f"scenario {scenario!r} is not a Scenario but {model.__name__}.")
    return model


def component_fields(field: Field, name: str) -> tuple[Field, ...]:
    """The settings of the component ``name`` that could stand at ``field``; none where it takes none.

    Raises InputError where a package is missing that it needs.
    """
    config = getattr(find(field.component, name), "Config", None)
    if config is None:
        return ()
    schema = config.model_json_schema()
    defaults = {key: one.get("default") for key, one in schema.get("properties", {}).items()}
    given = field.default if isinstance(field.default, Mapping) else {}
    if given.get("name") == name:
        defaults |= {key: value for key, value in given.items() if key != "name"}
    return tuple(_fields(schema, schema.get("$defs", {}), defaults, field.path.removesuffix("name")))


def _fields(
    schema: Mapping[str, Any], defs: Mapping[str, Any], defaults: Mapping[str, Any], before: str = ""
) -> Iterator[Field]:
    for key, raw in schema.get("properties", {}).items():
        one = _resolved(raw, defs)
        path, default, help_ = f"{before}{key}", defaults.get(key), str(raw.get("description", ""))
        if str(raw.get("$ref", "")).endswith("/Use"):
            yield _component(path, default, help_)
        elif "properties" in one and isinstance(default, Mapping):
            yield from _fields(one, defs, default, f"{path}.")
        else:
            yield _plain(path, one, default, help_)


def _component(path: str, default: Any, help_: str) -> Field:
    blank = Field(f"{path}.name", "component", default, help_)
    names = tuple(known(blank.component))
    if not names:
        return Field(path, "toml", default, help_)
    return Field(blank.path, "component", default, help_, names)


def _plain(path: str, one: Mapping[str, Any], default: Any, help_: str) -> Field:
    kind = one.get("type")
    if any(str(part.get("$ref", "")).endswith("/Use") for part in one.get("anyOf", ())):
        return Field(
            path, "toml", default, f'{help_} As TOML, such as {{name = "..."}} with its settings beside the name.'
        )
    low, high = one.get("minimum"), one.get("maximum")
    if "enum" in one and all(isinstance(word, str) for word in one["enum"]):
        return Field(path, "choice", default, help_, tuple(one["enum"]))
    if kind == "boolean":
        return Field(path, "flag", default, help_)
    if kind == "integer" and isinstance(default, int):
        return Field(path, "whole", default, help_, low=low, high=high)
    if kind == "number" and isinstance(default, int | float):
        return Field(path, "number", float(default), help_, low=low, high=high)
    return Field(path, "text" if kind == "string" or _maybe_text(one) else "toml", default, help_)


def _maybe_text(one: Mapping[str, Any]) -> bool:
    """Whether it is words or nothing."""
    kinds = {part.get("type") for part in one.get("anyOf", ())}
    return kinds == {"string", "null"}


def _resolved(one: Mapping[str, Any], defs: Mapping[str, Any]) -> Mapping[str, Any]:
    """Behind a reference lies what it refers to."""
    name = str(one.get("$ref", "")).rpartition("/")[2]
    found: Mapping[str, Any] = defs[name] if name else one
    return found


def lines(text: str) -> dict[str, Any]:
    """Settings typed one a line, ``path=value`` each; InputError for a line that is none. Empty lines do not count."""
    made: dict[str, Any] = {}
    for line in text.splitlines():
        if line.strip():
            try:
                path, value = parse_override(line)
            except InputError:
                raise InputError(f"{line.strip()!r} is no setting: write path=value, such as slate.hot=0.2.") from None
            made[path] = value
    return made
