"""From what an agent met back to its causes, and from an item forward to its effects."""

import streamlit as st

from townsquare.protocols.errors import TownsquareError
from townsquare.protocols.runfolder import RunFolder
from townsquare.view import place, queries
from townsquare.view.drawing import numbers
from townsquare.view.safe import visible
from townsquare.view.screens.feed import WHY, when, who


def page() -> None:
    """Choose an item of an agent's tick; its causes in sentences, its effects by tick, and how to try without it."""
    st.title("Why")
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


def _body(name: str, run: RunFolder) -> None:
    agent, agents = who(run)
    tick = when(run)
    rows = queries.events_of(run, tick, agents=[agent])
    rows = rows[rows["item"] >= 0]
    if rows.empty:
        st.info("This agent met nothing in this tick.")
        return
    met = sorted(rows["item"].unique().tolist())
    given = place.number("item", -1, 2**31, met[0])
    item = int(st.selectbox("Item", met, index=met.index(given) if given in met else 0, format_func=_named(run, met)))
    place.keep(item=item)
    mine = rows[rows["item"] == item]
    last = mine.sort_values("seq").iloc[-1]
    chain = queries.causes(run, tick, int(last["seq"]))
    called = agents.set_index("agent")["name"]
    st.subheader("Because")
    for place_in_chain, event in enumerate(chain.itertuples(index=False), start=1):
        actor = called.get(event.agent, "the town")
        why = WHY.get(str(event.why), str(event.why)) if event.kind == "shown" else ""
        told = f"{place_in_chain}. Tick {event.tick}, {event.kind}: {event.because} ({actor})"
        st.text(visible(told + (f"; {why}" if why else ""), 400))
    about = queries.items(run, [item])
    if len(about):
        with st.expander("What it says", expanded=True):
            st.text(visible(about["text"].iloc[0] or "(no words)"))
    st.subheader("What came of it")
    table = queries.effects(run, item)
    st.dataframe(table, hide_index=True, width="stretch")
    numbers(table, f"effects of item {item}")
    st.subheader("What if")
    st.text("Fork the run before this tick with one thing changed, and compare it with this one:")
    st.code(
        f"townsquare fork {name} --at {tick} --set recommender.name=random\ntownsquare compare {name} THE_FORK",
        language="sh",
    )


def _named(run: RunFolder, met: list[int]):  # type: ignore[no-untyped-def]  # noqa: ANN202
    about = queries.items(run, met).set_index("item")["name"]
    return lambda item: visible(f"{item}: {about.get(item, '')}", 120)
