"""The command that makes a run again, from what its run folder says."""

import json
import re
import shlex
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from townsquare.protocols.runfolder import RunInfo

_BARE = re.compile(r"[A-Za-z0-9_-]+")


def command_of(info: RunInfo) -> list[str]:
    """The parts of a shell command with every setting spelled out, so that later defaults cannot change its meaning."""
    scenario = {key: value for key, value in info.scenario.items() if key not in ("scenario", "seed")}
    settings = [f"--set {shlex.quote(f'{path}={text}')}" for path, text in _leaves(scenario)]
    if info.parent is not None:
        head = f"townsquare fork {shlex.quote(info.parent.path)} --at {info.parent.at}"
        own = [change for change in scenario.get("changes") or [] if change.get("tick") == info.parent.at]
        pairs = [pair for change in own for pair in change.get("set", {}).items()]
        return [head, *(f"--set {shlex.quote(f'{path}={toml(value)}')}" for path, value in pairs)]
    name = str(info.scenario.get("scenario", info.name))
    return [f"townsquare run {shlex.quote(name)} --seed {info.seed}", *settings]


def wrapped(parts: Iterable[str], width: int = 96) -> str:
    """The parts on lines that a shell reads as one."""
    lines: list[str] = []
    for part in parts:
        if lines and len(lines[-1]) + len(part) < width:
            lines[-1] += f" {part}"
        else:
            lines.append(part)
    return " \\\n  ".join(lines)


def toml(value: Any) -> str:
    """A JSON value as a TOML value on one line."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_key(str(k))} = {toml(v)}" for k, v in value.items() if v is not None) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(toml(v) for v in value) + "]"
    return json.dumps(value, ensure_ascii=False)


def _leaves(table: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, str]]:
    for key, value in table.items():
        if isinstance(value, Mapping):
            yield from _leaves(value, f"{before}{key}.")
        elif value is not None and value != [] and value != ():
            yield before + str(key), toml(value)


def _key(key: str) -> str:
    return key if _BARE.fullmatch(key) else json.dumps(key, ensure_ascii=False)
