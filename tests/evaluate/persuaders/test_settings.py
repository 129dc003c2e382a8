"""The page about ``evaluate persuaders`` says what can be set, which thresholds there are, and who takes part."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from townsquare.evaluate.persuaders.cases import TABLE
from townsquare.evaluate.persuaders.settings import PersuadersSettings, StanceSettings
from townsquare.protocols import Settings, known
from townsquare.protocols.scenario import Use

PAGE = (Path(__file__).parents[3] / "docs" / "evaluate-persuaders.md").read_text("utf-8")


def told(heading: str) -> dict[str, tuple[str, str]]:
    table = PAGE.split(heading, 1)[1].split("\n\n", 2)[1]
    return {
        name: (meaning, default)
        for name, meaning, default in re.findall(r"^\| `([\w.]+)` \| (.*) \| (.*) \|$", table, re.M)
    }


def leaves(model: type[Settings], before: str = "") -> Iterator[tuple[str, tuple[str, str]]]:
    for name, field in model.model_fields.items():
        default: Any = field.get_default(call_default_factory=True)
        if isinstance(default, Use):
            yield f"{before}{name}.name", (str(field.description), f"`{default.name}`")
        elif isinstance(default, Settings):
            yield from leaves(type(default), f"{before}{name}.")
        else:
            words = ",".join(default) if isinstance(default, tuple) else default
            yield f"{before}{name}", (str(field.description), "–" if default in (None, {}, ()) else f"`{words}`")


@pytest.mark.parametrize(
    ("heading", "model"), [("Settings of `arena`", PersuadersSettings), ("Settings of `stance`", StanceSettings)]
)
def test_every_setting_is_told(heading: str, model: type[Settings]) -> None:
    assert told(heading) == dict(leaves(model))


def test_the_thresholds_are_told() -> None:
    rows = re.findall(r"^\| (\w+) \| [^|]+\| ([^|]*)\| ([^|]*)\| ([\d.]+) \|", PAGE.split("## Pairs\n", 1)[1], re.M)
    assert {name: (text.strip(), edit.strip(), float(gain)) for name, text, edit, gain in rows} == {
        key: (*("" if x is None else f"> {x}" for x in (case.text, case.edit)), case.gain)
        for key, case in TABLE.items()
    }


def test_who_there_is_is_told() -> None:
    for kind in ("persuader", "judge"):
        ours = {name for name, where in known(kind).items() if where.startswith("townsquare.")}
        assert all(f"\n| `{name}` |" in PAGE for name in ours)


def test_cases_are_checked_where_they_are_set() -> None:
    assert PersuadersSettings(cases=("parap", "ref")).cases == ("Ref", "Parap")
    with pytest.raises(ValidationError, match="Did you mean 'Ref'"):
        PersuadersSettings(cases=("Rev",))
