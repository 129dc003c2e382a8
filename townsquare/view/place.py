"""Where a visitor is: run, tick, agent, measure, ... in the address, so that a page can be shared."""

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import streamlit as st

from townsquare.protocols.errors import InputError, TownsquareError
from townsquare.protocols.runfolder import RunFolder
from townsquare.view.foreign import foreign
from townsquare.view.safe import plain, visible

ROOT, READ_ONLY, TOKEN = "TOWNSQUARE_VIEW_ROOT", "TOWNSQUARE_VIEW_READ_ONLY", "TOWNSQUARE_VIEW_TOKEN"
"""Environment of the page's process: the folder that is looked at, whether anything may be started, and the token."""


@dataclass(frozen=True, slots=True)
class Root:
    """What `townsquare view` was told to show."""

    folder: Path
    read_only: bool

    @classmethod
    def given(cls) -> "Root":
        """From the environment; the folder ``runs`` where nothing was said."""
        return cls(Path(os.environ.get(ROOT, "runs")).resolve(), os.environ.get(READ_ONLY) == "1")

    def near(self) -> Path:
        """The folder as seen from where the dashboard was started; the whole path where it lies elsewhere."""
        here = Path.cwd()
        return self.folder.relative_to(here) if here in self.folder.parents else self.folder

    def run(self, name: str) -> RunFolder:
        """The run of this name below the folder, or the folder itself for ".".

        Raises InputError for a name that leads out of it: an address is something a stranger can write.
        """
        path = (self.folder / name).resolve()
        if path != self.folder and self.folder not in path.parents:
            raise InputError(f"there is no run {name!r} below {self.folder}.")
        return RunFolder(path)


def asked(key: str, default: str = "") -> str:
    """A value of the address."""
    return str(st.query_params.get(key, default))


def number(key: str, low: int, high: int, default: int) -> int:
    """A whole number of the address within bounds; the default where it is none."""
    text = asked(key)
    value = int(text) if re.fullmatch(r"-?[0-9]{1,11}", text) else default
    return min(max(value, low), high)


def several(key: str) -> list[str]:
    """All values of the address under one key, each once."""
    return list(dict.fromkeys(st.query_params.get_all(key)))


def keep(**values: Any) -> None:
    """Put values into the address; None takes one out, a list stands for several."""
    for key, value in values.items():
        if value is None or value == []:
            st.query_params.pop(key, None)
        elif isinstance(value, list):
            if several(key) != list(map(str, value)):
                st.query_params[key] = list(map(str, value))
        elif st.query_params.get(key) != str(value):
            st.query_params[key] = str(value)


def link(page: str, **values: Any) -> str:
    """The address of another page, relative to this one."""
    from urllib.parse import urlencode

    kept = {key: value for key, value in values.items() if value is not None}
    return f"/{page}?{urlencode(kept, doseq=True)}"


def settled(key: str, parameter: str, given: Any) -> None:
    """Put ``given`` into the widget ``key``, before it is drawn, when a link has changed the address since.

    A widget keeps what it showed last, also over a link to its own page; without this the link would lead nowhere.
    """
    before = st.session_state.get(f"{key}-told")
    if key not in st.session_state or before != st.query_params.get_all(parameter):
        st.session_state[key] = given
        if before is not None:  # Streamlit does not show the address of a link to its own page by itself
            st.query_params.from_dict({name: st.query_params.get_all(name) for name in st.query_params})
    else:
        st.session_state[key] = st.session_state[key]  # a widget of the same name on another page forgets its own


def told(key: str, parameter: str, value: Any) -> None:
    """Put what the widget ``key`` came to into the address."""
    keep(**{parameter: value})
    st.session_state[f"{key}-told"] = st.query_params.get_all(parameter)


def called(name: str) -> str:
    """The name of a run as it is shown: of the only one that is looked at, the name of its folder."""
    return visible(Root.given().folder.name or name if name == "." else name, 200)


def _missing(name: str) -> str:
    """Why a run that the address names is not shown."""
    try:
        path = Root.given().run(name).path
    except TownsquareError as error:
        return str(error)
    return f"{path} is no run of the folder that this dashboard shows."


def chosen_run(names: Sequence[str]) -> tuple[str, RunFolder] | None:
    """The run that the address names, or the one chosen in the sidebar; None, and a sentence, where there is none."""
    if not names:
        st.info("There is no run here yet. Start one: `townsquare run news`, or on the page Runs.")
        return None
    before = st.session_state.get("run-chosen-told") or names  # the links in the sidebar name no run: it stays chosen
    given = asked("run", str(before[0]))
    if given not in names:
        st.warning(plain(f"{_missing(given)} Shown instead: {called(names[0])}.", 700))
    settled("run-chosen", "run", given if given in names else names[0])
    if st.session_state["run-chosen"] not in names:  # it was taken away since
        st.session_state["run-chosen"] = names[0]
    name = str(st.sidebar.selectbox("Run", names, format_func=called, key="run-chosen"))
    told("run-chosen", "run", name)
    try:
        run = Root.given().run(name)
    except TownsquareError as error:
        st.error(plain(error, 500))
        return None
    wrong = foreign(run)
    if wrong:
        st.error(plain(wrong, 500))
        return None
    return name, run
