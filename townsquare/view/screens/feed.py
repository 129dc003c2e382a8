"""What an agent saw at a tick, in order, why each item was there, and what the agent did."""

import pandas as pd
import streamlit as st

from townsquare.protocols.errors import TownsquareError
from townsquare.protocols.runfolder import RunFolder
from townsquare.view import place, queries
from townsquare.view.safe import visible

WHY = {
    "match": "the recommender chose it",
    "fill": "a place that its source could not fill, filled at random",
    "cold_start": "a place for new items",
    "hot": "a place for what is liked most",
    "promoted": "a place for what is promoted",
    "first": "the random list of the first tick",
    "followed": "somebody it follows wrote it",
    "first audience": "it was pushed to those who are to see it first",
}


def page() -> None:
    """Choose run, agent and tick; the list comes with a line of why per item, and a way to the page Why."""
    st.title("Feed")
    names = [one.name for one in queries.runs_below(place.Root.given().folder) if not one.problem]
    chosen = place.chosen_run(names)
    if chosen is None:
        return
    name, run = chosen
    if not run.info.ticks_done:
        st.info("No tick is finished yet.")
        return
    try:
        _body(name, run)
    except TownsquareError as error:
        st.error(visible(error))


def who(run: RunFolder) -> tuple[int, pd.DataFrame]:
    """The agent that the address names, or the one chosen here, and the table of all agents."""
    agents = run.agents()
    given = place.number("agent", 0, len(agents) - 1, 0)
    typed = st.sidebar.text_input("Agent (number or name)", value=str(given), key="agent-typed").strip()
    found = agents.index[agents["name"] == typed]
    agent = given
    if len(found):
        agent = int(agents["agent"].loc[found[0]])
    elif typed.isdigit() and int(typed) < len(agents):
        agent = int(typed)
    else:
        st.sidebar.warning(f"There is no agent {visible(typed, 60)!r}; agents go from 0 to {len(agents) - 1}.")
    place.keep(agent=agent)
    return agent, agents


def when(run: RunFolder) -> int:
    """The tick that the address names, or the one chosen here."""
    last = run.info.ticks_done - 1
    given = place.number("tick", 0, last, last)
    tick = given if last == 0 else int(st.sidebar.slider("Tick", 0, last, given, key="tick-chosen"))
    place.keep(tick=tick)
    return tick


def _body(name: str, run: RunFolder) -> None:
    agent, agents = who(run)
    tick = when(run)
    mine = agents.set_index("agent").loc[agent]
    st.subheader(visible(f"{mine['name']} ({mine['group']}), tick {tick}", 200))
    shown = queries.feed(run, agent, tick)
    if shown.empty:
        st.info("Nothing was put before this agent in this tick, or what is shown was not recorded.")
        return
    authors = agents.set_index("agent")["name"]
    for row in (dict(one) for _, one in shown.iterrows()):
        left, middle, right = st.columns([1, 8, 3], vertical_alignment="top")
        left.metric(label="place", value=str(row["rank"]), label_visibility="collapsed")
        author = str(authors.get(row["author"], "the town"))
        middle.text(visible(f"{row['name']}, by {author}", 200))
        if row["text"]:
            middle.text(visible(row["text"], 400))
        done = [word for word, did in (("opened", row["clicked"]), ("liked", row["liked"])) if did]
        if row["opinion"] == row["opinion"]:
            done.append(f"now thinks {row['opinion']:.3f}")
        right.text(f"why: {WHY.get(row['why'], row['why'])}")
        right.text(", ".join(done) or "passed over")
        target = place.link("why", run=name, agent=agent, tick=tick, item=int(row["item"]))
        right.link_button("Why was it here?", target)
        st.divider()
