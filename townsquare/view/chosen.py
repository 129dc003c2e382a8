"""Which run, agent and tick a page is about: the address says, the sidebar may say otherwise."""

from collections.abc import Callable

import pandas as pd
import streamlit as st

from townsquare.protocols.errors import TownsquareError
from townsquare.protocols.runfolder import RunFolder
from townsquare.view import place, queries
from townsquare.view.place import settled, told
from townsquare.view.safe import plain

__all__ = ["opened", "settled", "steps", "told", "when", "who"]


def who(run: RunFolder) -> tuple[int, pd.DataFrame]:
    """The agent that the address names, or the one chosen here, and the table of all agents."""
    agents = run.agents()
    given = place.number("agent", 0, len(agents) - 1, 0)
    settled("agent-typed", "agent", str(given))
    typed = st.sidebar.text_input("Agent (number or name)", key="agent-typed").strip()
    found = agents.index[agents["name"] == typed]
    agent = given
    if len(found):
        agent = int(agents["agent"].loc[found[0]])
    elif typed.isdecimal() and len(typed) < 10 and int(typed) < len(agents):
        agent = int(typed)
    else:
        st.sidebar.warning(plain(f"There is no agent {typed[:60]!r}; agents go from 0 to {len(agents) - 1}."))
    told("agent-typed", "agent", agent)
    return agent, agents


def when(run: RunFolder) -> int:
    """The tick that the address names, or the one chosen here."""
    last = run.info.ticks_done - 1
    given = place.number("tick", 0, last, last)
    settled("tick-chosen", "tick", given)
    st.session_state["tick-chosen"] = min(max(int(st.session_state["tick-chosen"]), 0), last)
    tick = given if last == 0 else int(st.sidebar.slider("Tick", 0, last, key="tick-chosen"))
    told("tick-chosen", "tick", tick)
    return tick


def steps(tick: int, last: int) -> None:
    """Buttons to the tick before and the one after."""
    row = st.container(horizontal=True)
    row.button("Tick before", icon=":material/chevron_left:", disabled=tick == 0, on_click=_to, args=(tick - 1,))
    row.button("Tick after", icon=":material/chevron_right:", disabled=tick == last, on_click=_to, args=(tick + 1,))


def _to(tick: int) -> None:
    st.session_state["tick-chosen"] = tick


def opened(title: str, body: Callable[[str, RunFolder], None]) -> None:
    """A page about one run that has ticks: its title, the run chosen, then ``body`` with the run's name and folder;
    what is missing or broken is a sentence.
    """
    st.title(title)
    found = place.chosen_run(queries.names_below(place.Root.given().folder))
    if found is None:
        return
    name, run = found
    if not run.info.ticks_done:
        st.info("No tick is finished yet.")
        return
    try:
        body(name, run)
    except TownsquareError as error:
        st.error(plain(error, 500))
