"""What a sweep file asks for: which arms, which seeds, all of it checked before anything runs."""

import hashlib
import json
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from itertools import product
from pathlib import Path
from typing import Any

from pydantic import Field, ValidationError

from townsquare.protocols.errors import InputError, did_you_mean
from townsquare.protocols.scenario import Scenario, load
from townsquare.protocols.settings import Settings
from townsquare.protocols.wording import first_problem

Values = dict[str, Any]
"""Dotted path to value, as with --set."""


class SweepFile(Settings):
    """The keys of a sweep file."""

    scenario: str = "news"
    "A built-in scenario, or a .toml file relative to the sweep file."
    seeds: list[int] | str = Field(default_factory=lambda: [0])
    'The seeds: a list, or a range with both ends such as "0..4".'
    base: str | None = None
    "The arm that the others are compared with; by default the first."
    set: Values = Field(default_factory=dict)
    "Settings of every arm."
    arms: dict[str, Values] = Field(default_factory=dict)
    "The settings of each arm by its name."
    grid: dict[str, list[Any]] = Field(default_factory=dict)
    "Every combination of these values is an arm too."


@dataclass(frozen=True, slots=True)
class Arm:
    """One scenario of a sweep."""

    name: str
    folder: str
    """The name, as a folder may be called."""
    set: Values
    scenario: Scenario

    def fingerprint(self) -> str:
        """What its run folders carry."""
        return self.scenario.fingerprint()


@dataclass(frozen=True, slots=True)
class Plan:
    """A sweep, resolved."""

    scenario: str
    """As the command line takes it."""
    base: str
    seeds: tuple[int, ...]
    arms: tuple[Arm, ...]

    def identity(self) -> str:
        """A hash over what the arms are. Seeds are no part of it: a sweep may be given more of them later."""
        body = [self.base, *((arm.name, arm.scenario.model_dump(mode="json", exclude={"seed"})) for arm in self.arms)]
        return hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()[:16]


def read(source: str | Path, more: Mapping[str, Any] | None = None, seeds: Sequence[int] | str | None = None) -> Plan:
    """The plan of a sweep file, or of a built-in sweep by name; ``more`` is put on top of every arm."""
    text, where, home = _text(source)
    try:
        wanted = SweepFile.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{where} is not valid TOML: {error}.") from error
    except ValidationError as error:
        raise InputError(f"{where}: {first_problem(error, SweepFile)}") from error
    scenario = wanted.scenario
    if scenario.endswith(".toml"):
        scenario = str((home / scenario).resolve())
    defaults = flattened(load(scenario).model_dump(mode="json"))
    arms: list[Arm] = []
    for name, values in _variants(wanted, where).items():
        values = merged(merged(wanted.set, values, defaults), dict(more or {}), defaults)
        arms.append(_arm(name, scenario, values, arms, where))
    names = [arm.name for arm in arms]
    base = wanted.base or names[0]
    if base not in names:
        raise InputError(f"{where}: base names no arm {base!r}{did_you_mean(base, names)} Arms: {', '.join(names)}.")
    controls = getattr(type(arms[0].scenario), "control", {})
    for name, values in controls.items():
        if not any(arm.name == name or _holds(arm.scenario, values) for arm in arms):
            values = merged(arms[names.index(base)].set, values, defaults)
            arms.append(_arm(name, scenario, values, arms, where))
    return Plan(scenario, base, _seeds(wanted.seeds if seeds is None else seeds, where), tuple(arms))


def merged(under: Values, over: Values, defaults: Values) -> Values:
    """Both, ``over`` winning; where it names another component, the settings of the one it replaces are gone."""
    under, over = flattened(under), flattened(over)
    for path, value in over.items():
        if path.endswith(".name") and under.get(path, defaults.get(path)) != value:
            owner = path.removesuffix("name")
            under = {key: kept for key, kept in under.items() if not key.startswith(owner)}
    return under | over


def flattened(table: Mapping[str, Any], before: str = "") -> Values:
    """Nested tables as dotted paths."""
    flat: Values = {}
    for key, value in table.items():
        if isinstance(value, Mapping):
            flat |= flattened(value, f"{before}{key}.")
        else:
            flat[before + key] = value
    return flat


def _text(source: str | Path) -> tuple[str, str, Path]:
    """The text of a sweep file, how to call it, and the folder that its paths start from."""
    if not str(source).endswith(".toml"):
        shelf = files("townsquare.sim.scenarios") / "sweeps"
        built_in = sorted(entry.name.removesuffix(".toml") for entry in shelf.iterdir() if entry.name.endswith(".toml"))
        if str(source) not in built_in:
            raise InputError(
                f"no sweep named {str(source)!r}{did_you_mean(str(source), built_in)} Built in: {', '.join(built_in)}; "
                "a file ends in .toml."
            )
        return (shelf / f"{source}.toml").read_text("utf-8"), f"sweep {source}", Path.cwd()
    path = Path(source)
    try:
        return path.read_text("utf-8"), str(path), path.parent
    except FileNotFoundError:
        raise InputError(f"there is no sweep file {path}.") from None
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path} cannot be read: {error}.") from error


def _variants(wanted: SweepFile, where: str) -> dict[str, Values]:
    """Arms by name: those of the file, then the grid's."""
    variants = {name: flattened(values) for name, values in wanted.arms.items()}
    if wanted.grid:
        for path, listed in wanted.grid.items():
            if not listed:
                raise InputError(f"{where}: grid.{path} lists no values.")
        for chosen in product(*wanted.grid.values()):
            values = dict(zip(wanted.grid, chosen, strict=True))
            name = ",".join(f"{path}={_plain(value)}" for path, value in values.items())
            if name in variants:
                raise InputError(f"{where}: the grid makes an arm {name!r} that is there already.")
            variants[name] = values
    return variants or {"default": {}}


def _plain(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _arm(name: str, scenario: str, values: Values, others: Sequence[Arm], where: str) -> Arm:
    try:
        resolved = load(scenario, values)
    except InputError as error:
        raise InputError(f"{where}: arm {name!r}: {error}") from error
    arm = Arm(name, _folder(name, {other.folder.casefold() for other in others}), values, resolved)
    for other in others:
        if other.fingerprint() == arm.fingerprint():
            raise InputError(f"{where}: arms {other.name!r} and {name!r} are the same scenario; leave one of them out.")
    return arm


def _folder(name: str, taken: set[str]) -> str:
    safe = re.sub(r"[^\w.,=+-]+", "-", name, flags=re.ASCII).strip(".-")[:80] or "arm"
    folder, n = safe, 1
    while folder.casefold() in taken:
        n += 1
        folder = f"{safe}-{n}"
    return folder


def _holds(scenario: Scenario, values: Mapping[str, Any]) -> bool:
    resolved = flattened(scenario.model_dump(mode="json"))
    return all(_plain(resolved.get(path)) == _plain(value) for path, value in values.items())  # "0" as --set has it


def _seeds(given: Sequence[int] | str, where: str) -> tuple[int, ...]:
    """Seeds from a list, from "0,1,2" or from "0..4"; each once, none negative."""
    try:
        if isinstance(given, str) and ".." in given:
            first, last = (int(end) for end in given.split(".."))
            found = tuple(range(first, last + 1))
        else:
            found = tuple(int(seed) for seed in (given.split(",") if isinstance(given, str) else given))
    except ValueError:
        found = ()
    if not found or min(found) < 0 or len(set(found)) < len(found):
        raise InputError(
            f'{where}: seeds: whole numbers from 0 up, each once, such as [0, 1, 2] or "0..4" (got {given!r}).'
        )
    return found
