"""One run at a glance: what it is, its curves, beside its control, and what it cost."""

import time
from typing import Any

import pandas as pd
import streamlit as st

from townsquare.dashboard import figures
from townsquare.dashboard.labels import label_of
from townsquare.dashboard.phases import RULE, phases_of
from townsquare.dashboard.summary import summarise
from townsquare.protocols.errors import TownsquareError
from townsquare.protocols.runfolder import RunFolder
from townsquare.runs import Run, open_run
from townsquare.view import controls, place, queries, starting
from townsquare.view.drawing import chart, facts, figure, shown
from townsquare.view.safe import plain, visible
from townsquare.view.ways import way

_SHARE = 0.03
"""Of a core, for drawing the figures of a run that goes on; its numbers and one chart move every second."""
_FIRST = 3
"""Figures that are drawn unasked."""
_NONE = "(none)"


def page() -> None:
    """Facts, the chosen measure, every figure that the run's report has, phases, cost; follows a run that goes on."""
    st.title("Overview")
    root = place.Root.given()
    chosen = place.chosen_run(queries.names_below(root.folder))
    if chosen is None:
        return
    name, run = chosen
    going = run.info.status == "running" and starting.written(run.path)
    against = _against(root, name)

    @st.fragment(run_every=1.0 if going else None)
    def now() -> None:
        _shielded(lambda: _now(name))
        if going and root.run(name).info.status != "running":
            st.rerun()  # once more in full, and then no more every second

    cost = st.session_state.get(f"cost-{name}", 0.5)

    @st.fragment(run_every=max(2.0, cost / _SHARE) if going else None)
    def whole() -> None:
        began = time.process_time()
        _shielded(lambda: _whole(name, against))
        st.session_state[f"cost-{name}"] = time.process_time() - began

    now()
    whole()


def _shielded(draw: Any) -> None:
    """A sentence in place of what a broken folder cannot show."""
    try:
        draw()
    except TownsquareError as error:
        st.error(plain(error, 600))


def _against(root: place.Root, name: str) -> str:
    """The run it is set beside: the address's, the one chosen here, or its control where there is one."""
    others, control = controls.beside(root.folder, name)
    names = [_NONE, *others]
    given = place.asked("control") or control
    index = names.index(given) if given in names else 0
    chosen = st.sidebar.selectbox("Beside", names, index=index, key=f"beside-{name}")
    place.keep(control=None if chosen in (_NONE, control) else chosen)
    if control and chosen == control:
        st.sidebar.caption("This is its control: the same town and seed but for the settings of the control arm.")
    return "" if chosen == _NONE else chosen


def _now(name: str) -> None:
    """How far it is, in numbers and one chart: cheap enough for every second of a run that goes on."""
    run = place.Root.given().run(name)
    info = run.info
    st.text(visible(f"{info.ticks_done} of {info.ticks} ticks, {info.status}", 200))
    st.progress(min(1.0, info.ticks_done / max(1, info.ticks)))
    told = {
        "Scenario": info.name,
        "Seed": str(info.seed),
        "Time spent ticking": f"{info.seconds:.1f} s",
        "Most memory": f"{info.peak_memory_mb:.0f} MB",
        "Paid for models": f"{info.cost:.4f} USD",
        "Tokens": f"{info.tokens:,}",
    }
    facts(told)
    measures = run.measures()
    if measures.empty:
        st.info("No tick is finished yet.")
        return
    _single(measures)


def _single(measures: pd.DataFrame) -> None:
    """Any measure by name: the address keeps it."""
    names = sorted(measures["measure"].astype(str).unique())
    first = next((name for name in ("likes_per_user", "opinion_mean", "target_exposure") if name in names), names[0])
    given = place.asked("measure", first)
    name = st.selectbox(
        "Measure",
        names,
        index=names.index(given) if given in names else names.index(first),
        format_func=lambda one: visible(f"{label_of(one).label} ({one})", 120),
        key="measure-chosen",
    )
    place.keep(measure=name)
    rows = measures[measures["measure"].astype(str) == name][["tick", "value"]]
    of = label_of(name)
    chart(rows, x="tick", y="value", title=visible(of.unit or name, 60))


def _whole(name: str, against: str) -> None:
    root = place.Root.given()
    run = open_run(root.run(name).path)
    measures = run.measures()
    if measures.empty:
        return
    rows = pd.DataFrame(summarise(measures))
    if len(rows):
        st.subheader("Start, highest and end")
        shown(rows[["label", "unit", "start", "peak", "peak_tick", "end"]], "start, highest and end")
    phases = phases_of(measures)
    drawings = figures.drawings(measures, phases)
    for title in _wanted(list(drawings)):
        figure(drawings[title]())
    if against:
        for one in figures.against(run, _other(root, against), None):
            figure(one)
        way("compare", "Differences with intervals", icon=":material/compare_arrows:", run=[against, name])
    if phases:
        st.subheader("Phases")
        shown(pd.DataFrame([phase.row() for phase in phases]), "phases")
        st.caption(RULE)
    _cost(run)


def _wanted(titles: list[str]) -> list[str]:
    """The figures that are asked for, by the first word of their titles: at first the three that say most."""
    if not titles:
        return []
    short = {title.partition(":")[0].partition(" of ")[0]: title for title in titles}
    given = [name for name in place.several("figure") if name in short]
    first = list(short)[:_FIRST]
    chosen = st.pills("Figures", list(short), selection_mode="multi", default=given or first, key="figures-chosen")
    place.keep(figure=None if chosen == first else list(chosen))
    return [title for name, title in short.items() if name in chosen]


def _other(root: place.Root, name: str) -> RunFolder | None:
    try:
        return root.run(name)
    except TownsquareError as error:
        st.error(plain(error, 600))
        return None


def _cost(run: Run) -> None:
    """What was asked of language models, by purpose."""
    st.subheader("Asked of language models")
    asked = queries.ledger(run)
    if asked.empty:
        st.text("Nobody was asked: every decision came from a behavioural mind.")
        return
    shown(asked, "asked of language models")
