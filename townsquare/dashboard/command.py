"""The command that makes a run again, from what its run folder says."""

import json
import re
import shlex
from collections.abc import Iterator, Mapping
from typing import Any

from townsquare.protocols.runfolder import RunInfo

_BARE = re.compile(r"[A-Za-z0-9_-]+")


def command_of(info: RunInfo) -> str:
    """A shell command with every setting spelled out, so that later defaults cannot change its meaning."""
    scenario = {key: value for key, value in info.scenario.items() if key not in ("scenario", "seed")}
    settings = [f"--set {shlex.quote(f'{path}={text}')}" for path, text in _leaves(scenario)]
    if info.parent is not None:
        head = f"townsquare fork {shlex.quote(info.parent.path)} --at {info.parent.at}"
        own = [change for change in scenario.get("changes") or [] if change.get("tick") == info.parent.at]
        pairs = [pair for change in own for pair in change.get("set", {}).items()]
        return " ".join([head, *(f"--set {shlex.quote(f'{path}={toml(value)}')}" for path, value in pairs)])
    name = str(info.scenario.get("scenario", info.name))
    return " ".join(["townsquare run", shlex.quote(name), f"--seed {info.seed}", *settings])


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
