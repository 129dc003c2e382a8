"""The form that a scenario is filled in with: a widget per setting, and only what was changed becomes --set."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from townsquare.estimate import estimate
from townsquare.protocols.errors import InputError
from townsquare.runs import resolve
from townsquare.sim.scenarios.town import TownScenario
from townsquare.view import fields
from townsquare.view.fields import Field
from townsquare.view.safe import plain

_COLUMNS = 3
_LAST = tuple(key for key in TownScenario.model_fields if key != "ticks")
"""Keys that every scenario has come after its own."""


def filled(scenario: str) -> dict[str, Any]:
    """Draw the settings of a scenario, a table per group, and give the values that are not the default.

    Raises InputError where what was typed cannot be read.
    """
    groups: dict[str, list[Field]] = {}
    for one in sorted(fields.fields_of(scenario), key=lambda field: field.path.partition(".")[0] in _LAST):
        groups.setdefault(one.group, []).append(one)
    told = fields.about(scenario)
    found = _drawn(scenario, [one for one in groups.pop("", []) if one.path != "seed"])
    for name, of in groups.items():
        with st.expander(f"**{name}** {told.get(name, '')}"):
            found |= _drawn(scenario, of)
    typed = st.text_area(
        "Other settings, one a line",
        key=f"set:{scenario}:lines",
        placeholder="recommender.name=random",
        help="As with --set of the command line: path=value. They win over what stands above.",
    )
    return found | fields.lines(typed)


def told(wanted: TownScenario) -> dict[str, str]:
    """What a run will take, in words."""
    size = estimate(wanted)
    money = "price unknown" if size["usd"] is None else f"{size['usd']:.2f} USD"
    return {
        "Events": f"{size['events']:,.0f}",
        "Time, models apart": duration(size["seconds"]),
        "Memory": f"{size['memory_mb']:,.0f} MB",
        "Disk": f"{size['disk_mb']:,.0f} MB",
        "Model calls": f"{size['model_calls']:,}",
        "Tokens": f"{size['tokens']:,}",
        "Cost": money if size["model_calls"] else "nothing",
    }


def checked(scenario: str, seed: int, settings: dict[str, Any]) -> TownScenario:
    """The scenario, checked as a whole; InputError says what does not fit."""
    return resolve(scenario, seed, settings)


def duration(seconds: float) -> str:
    """A length of time, in the unit that suits it."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5_400 else f"{seconds / 3_600:.1f} h"


def _drawn(scenario: str, of: Sequence[Field], before: str = "") -> dict[str, Any]:
    """The widgets of one group, side by side, and the values that were changed."""
    found: dict[str, Any] = {}
    columns = st.columns(_COLUMNS)
    chosen: list[tuple[Field, str]] = []
    for place, one in enumerate(of):
        with columns[place % _COLUMNS]:
            if one.kind == "component":
                chosen.append((one, _component(f"set:{scenario}:{before}{one.path}", one)))
                continue
            value = _widget(f"set:{scenario}:{before}{one.path}", one)
            if value != one.default:
                found[one.path] = value
    for one, name in chosen:
        found |= _inside(scenario, one, name, before)
    return found


def _component(key: str, one: Field) -> str:
    default = (one.default or {}).get("name", "")
    names = one.choices if default in one.choices or not default else (default, *one.choices)
    place = names.index(default) if default in names else 0
    return str(st.selectbox(one.path, names, index=place, help=one.help, key=key))


def _inside(scenario: str, one: Field, name: str, before: str) -> dict[str, Any]:
    """The settings of the component that was chosen, and of the components inside it."""
    found: dict[str, Any] = {} if name == (one.default or {}).get("name") else {one.path: name}
    try:
        of = fields.component_fields(one, name)
    except InputError as error:
        st.warning(plain(error, 300))
        return found
    if of:
        st.caption(f"Settings of {name}")
        changed = _drawn(scenario, of, f"{before}{name}:")
        # one inside another has no name in the scenario yet, and its settings mean nothing without
        found |= {one.path: name, **changed} if before and changed else changed
    return found


def _widget(key: str, one: Field) -> Any:
    if one.kind == "flag":
        return st.checkbox(one.path, value=bool(one.default), help=one.help, key=key)
    if one.kind == "choice":
        place = one.choices.index(one.default) if one.default in one.choices else 0
        return st.selectbox(one.path, one.choices, index=place, help=one.help, key=key)
    if one.kind == "whole":
        low = None if one.low is None else int(one.low)
        high = None if one.high is None else int(one.high)
        return st.number_input(one.path, low, high, int(one.default), 1, help=one.help, key=key)
    if one.kind == "number":
        return st.number_input(
            one.path,
            None if one.low is None else float(one.low),
            None if one.high is None else float(one.high),
            float(one.default),
            0.01,
            format="%g",
            help=one.help,
            key=key,
        )
    text = st.text_input(one.path, value=one.text(), help=one.help, key=key, placeholder="none")
    return one.default if text == one.text() else one.read(text)
