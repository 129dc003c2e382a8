"""Runs against each other, or a sweep: paired differences with intervals."""

import re

import pandas as pd
import streamlit as st

from townsquare.comparison import Comparison
from townsquare.dashboard import charts
from townsquare.dashboard.figures import Figure, forest_row
from townsquare.dashboard.labels import label_of
from townsquare.dashboard.summary import MAIN
from townsquare.protocols.errors import TownsquareError
from townsquare.view import arms, place, queries
from townsquare.view.drawing import figure, shown
from townsquare.view.foreign import foreign
from townsquare.view.safe import plain, visible

_MOST = 20
"""Rows of a forest plot."""
_UNITS = {
    "agent": "by reader: each reader of one run beside the same reader of the other",
    "tick": "by tick: each tick of one run beside the same tick of the other",
    "seed": "by seed: each run of one arm beside the run of the other with the same seed",
}


def page() -> None:
    """Choose runs or a sweep; a forest plot, the whole table, and the same to copy."""
    st.title("Compare")
    root = place.Root.given()
    names = queries.names_below(root.folder)
    sweeps = arms.sweeps_below(root.folder)
    if len(names) < 2:
        st.info("A comparison takes two runs, and there are not two here: start another on the page Runs.")
        return
    offered = [*sweeps, *(name for name in names if name not in sweeps)]
    given = [name for name in place.several("run") if name in offered]
    chosen = st.multiselect(
        "Runs, or a sweep; the first is the base",
        offered,
        default=given,
        format_func=lambda name: f"{name} (sweep of {len(sweeps[name])} runs)" if name in sweeps else name,
        placeholder="two runs or more, or one sweep",
    )
    place.keep(run=list(chosen))
    runs = list(dict.fromkeys(run for name in chosen for run in sweeps.get(name, [name])))
    if len(runs) < 2:
        st.info("Choose two runs or more, or a sweep.")
        return
    left, right = st.columns(2)
    burn_in = int(
        left.number_input(
            "Leave out the first ticks", 0, 10**6, place.number("burn", 0, 10**6, 0), help="A fork shares them."
        )
    )
    place.keep(burn=burn_in or None)
    level = float(right.selectbox("Level of the intervals", (0.95, 0.9, 0.99), format_func="{:.0%}".format))
    try:
        folders = [root.run(name) for name in runs]
        wrong = next(filter(None, map(foreign, folders)), "")
        if wrong:
            st.error(plain(wrong, 600))
            return
        with st.spinner("Reading the runs"):
            found = arms.compared(folders, level=level, burn_in=burn_in)
    except TownsquareError as error:
        st.error(plain(error, 600))
        return
    _told(found, runs)


def _told(found: Comparison, runs: list[str]) -> None:
    base, others = found.arms[0].label, [arm.label for arm in found.arms[1:]]
    arm = others[0]
    if len(others) > 1:
        given = place.asked("arm")
        arm = st.selectbox(
            "Arm", others, index=others.index(given) if given in others else 0,
            format_func=lambda one: visible(_named(one, found, runs), 200),
        )  # fmt: skip
        place.keep(arm=arm)
    st.text(visible(f"{_named(arm, found, runs)} minus {_named(base, found, runs)}", 400))
    table = pd.DataFrame([{"arm": row.arm, **row.described()} for row in found.results])
    table = table[table["arm"] == arm] if len(table) else table
    if not len(table):
        st.info("They have no measure in common.")
    else:
        unit = _unit(table)
        rows = table[table["unit"] == unit].drop(columns=["arm", "unit"])
        figure(_forest(rows))
        st.subheader("All of them")
        flat = _flat(rows)
        shown(flat, "differences")
        with st.expander("To copy, with tabs between columns"):
            st.code(visible(flat.to_csv(sep="\t", index=False), 50_000), language=None)
    for note in filter(None, (_here(note, found.burn_in) for note in found.notes)):
        st.text(visible(f"Note: {note}", 500))


def _unit(table: pd.DataFrame) -> str:
    """What is paired: readers, ticks or seeds."""
    units = list(dict.fromkeys(table["unit"]))
    given = place.asked("unit")
    unit = units[0]
    if len(units) > 1:
        index = units.index(given) if given in units else 0
        unit = st.radio("Paired", units, index=index, format_func=lambda one: _UNITS.get(one, one), horizontal=True)
        place.keep(unit=unit)
    else:
        st.text(f"Paired {_UNITS.get(unit, unit)}.")
    return str(unit)


def _forest(rows: pd.DataFrame) -> Figure:
    """The main measures first, then the others, as many as a picture holds."""
    first = rows.sort_values("measure", key=lambda names: ~names.isin(MAIN), kind="stable")
    drawn = [forest_row({str(key): value for key, value in row.items()}) for _, row in first.head(_MOST).iterrows()]
    look = (
        "Bars are intervals; the line is no difference. Filled circle: the interval leaves zero out; open diamond: it "
        "does not. Panels are apart because units do not share a scale."
    )
    left = len(rows) - len(drawn)
    look += f" The table below has {left} more." if left > 0 else ""
    return Figure("Differences with intervals", charts.differences(drawn), look, "", pd.DataFrame(drawn))


def _flat(rows: pd.DataFrame) -> pd.DataFrame:
    """Intervals as two columns, and what each measure is called."""
    made = pd.DataFrame({"measure": rows["measure"], "label": [label_of(name).label for name in rows["measure"]]})
    made["unit"] = [label_of(name).unit for name in rows["measure"]]
    for column in ("n", "mean_a", "mean_b", "difference"):
        made[column] = rows[column]
    for column in ("interval", "unpaired_interval"):
        before = column.removesuffix("interval")
        made[before + "low"] = [one[0] if one else None for one in rows[column]]
        made[before + "high"] = [one[1] if one else None for one in rows[column]]
    for column in ("variance_removed", "p_value"):
        made[column] = rows[column]
    return made.rename(columns={"mean_a": "base", "mean_b": "arm"}).reset_index(drop=True)


def _named(label: str, found: Comparison, runs: list[str]) -> str:
    """An arm of one run by the name of the run, and by what sets it apart as far as that was not cut short."""
    arm = next(one for one in found.arms if one.label == label)
    short = _short(label, runs)
    if len(arm.runs) != 1 or short in runs:
        return short
    (run,) = arm.runs.values()
    name = next((one for one in runs if place.Root.given().run(one).path == run.path), run.path.name)
    return place.called(name) if short.endswith("...") else f"{place.called(name)} ({short})"


def _here(note: str, burn_in: int) -> str:
    """A note in the words of this page: runs by name, and the box that leaves out ticks instead of an argument; ""
    where what it advises is done.
    """
    advised = re.search(r"burn_in=([0-9]+)", note)
    if advised and burn_in >= int(advised[1]):
        return ""
    note = note.replace(f"{place.Root.given().folder}/", "")
    return re.sub(r"burn_in=([0-9]+) compares", r"leaving out the first \1 ticks compares", note)


def _short(label: str, runs: list[str]) -> str:
    """A label that is a whole path, as the name of its run."""
    ends = [name for name in runs if label == name or label.endswith(f"/{name}")]
    return max(ends, key=len) if ends else label
