"""One run at a glance: what it is, its curves, beside its control, and what it cost."""

import pandas as pd
import streamlit as st

from townsquare.dashboard import figures
from townsquare.dashboard.labels import label_of
from townsquare.dashboard.phases import RULE, phases_of
from townsquare.dashboard.summary import summarise
from townsquare.protocols.errors import TownsquareError
from townsquare.protocols.runfolder import RunFolder
from townsquare.runs import Run, open_run
from townsquare.view import controls, live, place, queries
from townsquare.view.drawing import chart, facts, figure, numbers, shown
from townsquare.view.safe import plain, visible
from townsquare.view.ways import way

_FIRST = 3
"""Figures that are drawn unasked."""
_NONE = "(none)"
_LINE = 0.03
"""Seconds that a browser takes over a line with new points."""


def page() -> None:
    """Facts, the chosen measure, every figure that the run's report has, phases, cost; follows a run that goes on: how
    far it is every second, the chosen measure every two, the rest as often as it pays (view/live.py).
    """
    st.title("Overview")
    root = place.Root.given()
    chosen = place.chosen_run(queries.names_below(root.folder))
    if chosen is None:
        return
    name, run = chosen
    against = _against(root, name)
    _facts(run)
    live.follow("overview", run, lambda seen: _whole(seen, name, against), glance=_single)


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


def _facts(run: RunFolder) -> None:
    info = run.info
    told = {
        "Scenario": info.name,
        "Seed": str(info.seed),
        "Time spent ticking": f"{info.seconds:.1f} s",
        "Most memory": f"{info.peak_memory_mb:.0f} MB",
        "Paid for models": f"{info.cost:.4f} USD",
        "Tokens": f"{info.tokens:,}",
    }
    facts(told)


def _single(run: RunFolder, going: bool) -> None:
    """Any measure by name: the address keeps it. While the run goes on its numbers stand further below."""
    key = f"measures-{run.path}"
    measures = live.paced(key, run.info.digest, lambda: _measures(run), _LINE) if going else _measures(run)
    if measures.empty:
        st.info("No tick is finished yet.")
        return
    names = list(measures["measure"].cat.categories)
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
    rows = measures[measures["measure"] == name][["tick", "value"]]
    of = label_of(name)
    chart(rows, x="tick", y="value", title=visible(of.unit or name, 60), below=not going)


def _measures(run: RunFolder) -> pd.DataFrame:
    """With their names as categories, in order: a chart a second looks for one of them."""
    measures = run.measures()
    return measures.assign(measure=measures["measure"].astype(str).astype("category"))


def _whole(of: RunFolder, name: str, against: str) -> None:
    run = open_run(of.path)
    measures = run.measures()
    if measures.empty:
        return
    rows = pd.DataFrame(summarise(measures))
    if len(rows):
        st.subheader("Start, highest and end")
        told = rows[["label", "unit", "start", "peak", "peak_tick", "end"]]
        shown(
            told.rename(columns={"label": "measure", "peak": "highest", "peak_tick": "at tick"}),
            "start, highest and end",
        )
    if live.going(of):
        chosen = str(st.session_state.get("measure-chosen"))
        numbers(measures.loc[measures["measure"].astype(str) == chosen, ["tick", "value"]], label_of(chosen).label)
    phases = phases_of(measures)
    drawings = figures.drawings(measures, phases)
    for title in _wanted(list(drawings)):
        figure(drawings[title]())
    if against:
        for one in figures.against(run, _other(against), None):
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


def _other(name: str) -> RunFolder | None:
    try:
        return place.Root.given().run(name)
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
