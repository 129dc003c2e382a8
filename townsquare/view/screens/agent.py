"""One agent: who it is, what it did, and for any decision what it was asked and answered."""

import pandas as pd
import streamlit as st

from townsquare import interviews
from townsquare.protocols.errors import TownsquareError
from townsquare.protocols.runfolder import RunFolder
from townsquare.runs import open_run
from townsquare.view import place, queries
from townsquare.view.safe import visible
from townsquare.view.screens.feed import when, who


def page() -> None:
    """Traits, the newest thousand things it did, and the calls of the tick chosen."""
    st.title("Agent")
    names = [one.name for one in queries.runs_below(place.Root.given().folder) if not one.problem]
    chosen = place.chosen_run(names)
    if chosen is None:
        return
    _, run = chosen
    try:
        _body(run)
    except TownsquareError as error:
        st.error(visible(error))


def _body(run: RunFolder) -> None:
    agent, agents = who(run)
    mine = agents.set_index("agent").loc[agent]
    st.subheader(visible(f"{mine['name']} ({mine['group']})", 200))
    traits = [(name, visible(mine[name], 100)) for name in agents.columns if name not in ("agent", "name", "group")]
    st.dataframe(pd.DataFrame(traits, columns=["trait", "value"]), hide_index=True)
    if not run.info.ticks_done:
        st.info("No tick is finished yet.")
        return
    tick = when(run)
    st.subheader("What it did and met, newest first")
    done = queries.history(run, agent, most=1_000)
    st.dataframe(done[::-1], hide_index=True, width="stretch")
    st.subheader(f"What it was asked at tick {tick}")
    found = interviews.asked(open_run(run.path), agent, tick, None) if len(run.asks()) else []
    if not found:
        st.text("No language model decided for it in this tick.")
    for one in found:
        st.text(visible(f"{one['purpose']}: {one['outcome']}, {one['model']}", 200))
        for call in one["calls"]:
            for message in call["messages"]:
                with st.expander(visible(message["role"], 40)):
                    st.code(visible(message["text"], 20_000), language=None, wrap_lines=True)
            with st.expander("answer", expanded=True):
                st.code(visible(call["reply"], 20_000), language=None, wrap_lines=True)
        if one["why"]:
            st.text(visible(one["why"], 1_000))
