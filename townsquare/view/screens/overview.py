"""One run at a glance: what it is, its curves, what it cost."""

import pandas as pd
import streamlit as st

from townsquare.dashboard import figures
from townsquare.dashboard.phases import phases_of
from townsquare.dashboard.summary import summarise
from townsquare.protocols.errors import TownsquareError
from townsquare.runs import open_run
from townsquare.view import place, queries
from townsquare.view.drawing import chart, figure
from townsquare.view.safe import visible


def page() -> None:
    """Facts, summary, every figure that the run's report has, and its phases; follows a run that goes on."""
    st.title("Overview")
    names = [one.name for one in queries.runs_below(place.Root.given().folder) if not one.problem]
    chosen = place.chosen_run(names)
    if chosen is None:
        return
    name, run = chosen
    going = run.info.status == "running"

    @st.fragment(run_every=1.0 if going else None)
    def body() -> None:
        try:
            _body(name)
        except TownsquareError as error:
            st.error(visible(error))

    body()


def _body(name: str) -> None:
    run = open_run(place.Root.given().run(name).path)
    info = run.info
    st.progress(info.ticks_done / max(1, info.ticks), text=f"{info.ticks_done} of {info.ticks} ticks, {info.status}")
    columns = st.columns(5)
    facts = {
        "Scenario": info.name,
        "Seed": str(info.seed),
        "Ticking": f"{info.seconds:.1f} s",
        "Memory": f"{info.peak_memory_mb:.0f} MB",
        "Models": f"{info.cost:.4f} USD, {info.tokens:,} tokens",
    }
    for column, (label, value) in zip(columns, facts.items(), strict=True):
        column.metric(label, visible(value, 60))
    measures = run.measures()
    if measures.empty:
        st.info("No tick is finished yet.")
        return
    rows = pd.DataFrame(summarise(measures))
    if len(rows):
        st.subheader("Start, highest and end")
        shown = rows[["label", "unit", "start", "peak", "peak_tick", "end"]]
        st.dataframe(shown, hide_index=True, width="stretch")
    for one in figures.curves(run, phases_of(measures)):
        figure(one)
    _single(measures)


def _single(measures: pd.DataFrame) -> None:
    """Any measure by name: the address keeps it."""
    names = sorted(measures["measure"].astype(str).unique())
    given = place.asked("measure", names[0])
    name = st.selectbox("Any measure", names, index=names.index(given) if given in names else 0)
    place.keep(measure=name)
    rows = measures[measures["measure"] == name][["tick", "value"]]
    chart(rows, x="tick", y="value", title=visible(name, 80))
