"""What to run, as data: the keys every scenario has, overrides, and changes at a tick."""

import hashlib
import json
import tomllib
from pathlib import Path
from typing import Any, ClassVar, Self

from pydantic import ConfigDict, Field, ValidationError, model_validator

from townsquare.protocols.errors import ScenarioError
from townsquare.protocols.registry import find
from townsquare.protocols.settings import Settings
from townsquare.protocols.wording import first_problem


class Use(Settings):
    """A component by name with its own settings beside it: ``recommender.name``, ``recommender.epochs``, ..."""

    model_config = ConfigDict(extra="allow")

    name: str
    "The registered name; `townsquare list` shows them."

    def settings(self) -> dict[str, Any]:
        """The component's own keys."""
        return dict(self.model_extra or {})


class Record(Settings):
    """What a run writes down."""

    exposures: bool = True
    "Write a row for every item shown; without them a large run is smaller and less can be asked of it afterwards."
    scores: bool = False
    "Write into these rows the score by which the recommender chose the item, in scenarios that have a recommender."
    snapshots: int = Field(default=10, ge=1)
    "Keep everybody's position every so many ticks (the first and the last always) for the topic map."
    checkpoints: int = Field(default=10, ge=1)
    "Keep the full state every so many ticks, so that a fork need not go far back; the newest is always kept."

    @model_validator(mode="after")
    def _scores_stand_in_rows(self) -> Self:
        if self.scores and not self.exposures:
            raise ValueError("scores are written into the rows of what was shown; they need exposures = true")
        return self


class Change(Settings):
    """Settings that take another value from a tick on."""

    tick: int = Field(ge=0)
    "The first tick that runs with the new values."
    set: dict[str, Any]
    'Path to value, as with --set: {"recommender.name" = "random"}.'


class Scenario(Settings):
    """The keys every scenario has."""

    fixed: ClassVar[tuple[str, ...]] = ("scenario", "seed", "ticks", "record", "changes")
    """Top-level keys that cannot change once the town stands."""

    scenario: str
    "The built-in scenario that the keys belong to."
    seed: int = Field(default=0, ge=0)
    "Root seed of every named random stream."
    ticks: int = Field(default=50, ge=1)
    "How many ticks to run."
    record: Record = Record()
    "What is written down."
    changes: tuple[Change, ...] = ()
    "Settings that change at a tick, in the order of their ticks."

    @model_validator(mode="after")
    def _changes_are_possible(self) -> Self:
        for change in self.changes:
            for path in change.set:
                if change.tick >= self.ticks:
                    raise ValueError(f"changes: tick {change.tick} lies after the last tick, {self.ticks - 1}")
                if _is_fixed(path, self.fixed):
                    raise ValueError(f"changes: {path!r} is laid down when the town is built and cannot change later")
        if self.changes:
            for tick in sorted({change.tick for change in self.changes}):
                self.at(tick)
        return self

    def at(self, tick: int) -> Self:
        """The scenario as it stands at ``tick``, every change up to then applied; ``changes`` itself is empty."""
        if not self.changes:
            return self
        raw = self.model_dump(mode="json", exclude={"changes"})
        for change in sorted(self.changes, key=lambda c: c.tick):
            if change.tick <= tick:
                raw = override(raw, change.set)
        return type(self).model_validate(raw)

    def fingerprint(self) -> str:
        """Eight hex digits over everything but the seed: runs of one arm share it."""
        body = self.model_dump(mode="json", exclude={"seed"})
        return hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()[:8]


def _is_fixed(path: str, fixed: tuple[str, ...]) -> bool:
    return any(path == key or path.startswith(key + ".") or key.startswith(path + ".") for key in fixed)


def override(raw: dict[str, Any], values: dict[str, Any]) -> dict[str, Any]:
    """``raw`` with each dotted path of ``values`` put in its place; ``raw`` itself stays as it was.

    Naming another component (``recommender.name``) drops the settings of the one it replaces.
    """
    raw = dict(raw)
    for path, value in sorted(values.items(), key=lambda pair: not pair[0].endswith(".name")):
        *parents, last = path.split(".")
        node = raw
        for key in parents:
            inner = node.get(key, {})
            if not isinstance(inner, dict):
                raise ScenarioError(f"{path}: {key!r} is a value, not a table.")
            node[key] = dict(inner)
            node = node[key]
        if last == "name" and node.get("name") not in (None, value):
            node.clear()
        node[last] = value
    return raw


def parse_override(text: str) -> tuple[str, Any]:
    """``path=value`` from the command line; the value is TOML, or else plain text."""
    path, equals, value = text.partition("=")
    path = path.strip()
    if not equals or not path or any(not part for part in path.split(".")):
        raise ScenarioError(f"--set {text!r}: expected path=value, for example --set slate.cold_start=0.3.")
    try:
        return path, tomllib.loads(f"x = {value.strip()}")["x"]
    except tomllib.TOMLDecodeError:
        return path, value.strip()


def load(source: str | Path, values: dict[str, Any] | None = None) -> Scenario:
    """A scenario by built-in name or from a .toml file, with overrides; every problem is one ScenarioError."""
    raw: dict[str, Any] = {}
    name = str(source)
    if name.endswith(".toml"):
        raw = _read_toml(Path(name))
        name = raw.get("scenario", "news")
        if not isinstance(name, str):
            raise ScenarioError(f"{source}: scenario must be the name of a built-in scenario (got {name!r}).")
    return validate({**raw, "scenario": name}, values, where=f"{source}: " if raw else "")


def validate(raw: dict[str, Any], values: dict[str, Any] | None = None, where: str = "") -> Scenario:
    """The scenario that ``raw`` and the overrides describe."""
    model = find("scenario", raw["scenario"])
    if not issubclass(model, Scenario):
        raise ScenarioError(f"scenario {raw['scenario']!r} is not a Scenario but {model.__name__}.")
    try:
        defaults = model(scenario=raw["scenario"]).model_dump(mode="json")
        scenario = model.model_validate(override(_merged(defaults, raw), values or {}))
    except ValidationError as error:
        raise ScenarioError(where + first_problem(error, model)) from error
    return scenario


def _merged(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    """``below`` with the values of ``above`` on top, table by table; another component drops the other's settings."""
    merged = dict(below)
    for key, value in above.items():
        inner = merged.get(key)
        if isinstance(inner, dict) and isinstance(value, dict) and value.get("name") in (None, inner.get("name")):
            merged[key] = _merged(inner, value)
        else:
            merged[key] = value
    return merged


def _read_toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise ScenarioError(f"there is no scenario file {path}.") from None
    except (OSError, UnicodeDecodeError) as error:
        raise ScenarioError(f"{path} cannot be read: {error}.") from error
    except tomllib.TOMLDecodeError as error:
        raise ScenarioError(f"{path} is not valid TOML: {error}.") from error
