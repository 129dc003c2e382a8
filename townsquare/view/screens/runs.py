"""All runs below the folder: how far they are and what they cost; start one, stop it, go on with it, fork it."""

import shlex
from collections.abc import Sequence
from typing import Any

import pandas as pd
import streamlit as st

from townsquare.protocols.errors import TownsquareError
from townsquare.protocols.registry import known
from townsquare.runs import forked, scenario_of
from townsquare.view import fields, form, live, place, queries, starting, ways
from townsquare.view.drawing import facts, shown
from townsquare.view.safe import plain, visible
from townsquare.view.starting import Job

_SHOWN = ("open", "run", "scenario", "status", "done", "ticks", "of", "seed", "usd", "tokens", "seconds", "settings",
          "forked from")  # fmt: skip
_LOG = 4_000
_LINES = 8
"""Runs that are at work elsewhere and get a line of their own above the table."""
_TABLE = "runs-table"
_SHOWING = 0.15
"""Seconds that a browser takes over the table when it is new."""


def page() -> None:
    """The table with a filter; below it the form of a new run, and what can be done with one.

    Runs at work have a line that moves every second; the table follows every two or three (view/live.py).
    """
    st.title("Runs")
    root = place.Root.given()
    st.text(visible(f"All runs in the folder {root.near()}, newest first.", 300))
    wanted = st.text_input(
        "Show runs with all of these words", value=place.asked("filter"), placeholder="news finished ease"
    )
    place.keep(filter=wanted or None)
    there = queries.runs_below(root.folder)
    going = bool(_going(root, there))
    mine = starting.jobs(root)
    awaited = {job.run for job in mine} - {one.name for one in there}
    st.session_state.pop(_TABLE, None)
    if going:
        st.html(live.STILL)

    @st.fragment(run_every=1.0 if going or any(job.going for job in mine) else 5.0)
    def follow() -> None:
        found = queries.runs_below(root.folder)
        now = _going(root, found)
        if going and not now:
            st.rerun()  # once more, and then less often
        if awaited & {one.name for one in found}:
            st.rerun()  # so that what was started here can be stopped, resumed and forked below
        _lines(root, now)
        _table(root, wanted, live.paced(_TABLE, found, lambda: _rows(root, found), _SHOWING), found)
        _at_work(root)

    follow()
    if root.read_only:
        st.info(starting.READ_ONLY)
    with st.expander("Start a run", expanded=bool(place.asked("scenario"))):
        _new(root)
    with st.expander("Resume or fork a run", expanded=bool(place.asked("fork"))):
        _old(root)


def _going(root: place.Root, found: Sequence[queries.Found]) -> list[queries.Found]:
    """Those at which a process is at work."""
    return [one for one in found if one.info.get("status") == "running" and starting.written(root.folder / one.name)]


def _lines(root: place.Root, going: Sequence[queries.Found]) -> None:
    """How far they are; those that were started here say so further below."""
    mine = {job.run for job in starting.jobs(root)}
    for one in [one for one in going if one.name not in mine][:_LINES]:
        st.text(visible(f"{place.called(one.name)}: {one.info['ticks']} of {one.info['of']} ticks", 300))


def _rows(root: place.Root, found: Sequence[queries.Found]) -> list[dict[str, Any]]:
    """What the table says of each run that can be read."""
    rows = [{"run": one.name, **one.info} for one in found if not one.problem]
    for row in rows:
        row["status"] = starting.status(root.folder / row["run"], row["status"])
    return rows


def _table(root: place.Root, wanted: str, rows: Sequence[dict[str, Any]], found: Sequence[queries.Found]) -> None:
    """Those that hold every word, and a sentence for each folder that cannot be read."""
    words = wanted.lower().split()
    kept = [row for row in rows if all(any(word in str(cell).lower() for cell in row.values()) for word in words)]
    if kept:
        table = pd.DataFrame(kept)
        table["done"] = table["ticks"] / table["of"].clip(lower=1)
        names = table["run"].tolist()
        table = table.assign(open="Overview", run=[place.called(name) for name in names])[list(_SHOWN)]
        config = st.column_config
        shown(
            table,
            "runs",
            done=config.ProgressColumn("done", format="percent", min_value=0, max_value=1),
            open=ways.column("open", "runs-open", "What became of the run"),
            usd=config.NumberColumn("USD", format="%.4f"),
            settings=config.TextColumn("settings", help="Runs with the same eight digits differ in their seed only."),
        )
        ways.follow("runs-open", "overview", [{"run": name} for name in names])
    else:
        st.info("There is no run here yet: start one below." if not rows else "No run has all of these words.")
    for one in found:
        if one.problem:
            st.warning(plain(one.problem, 500))


def _at_work(root: place.Root) -> None:
    """What was started here: how far it is, what it says, and a way to stop it."""
    for number, job in enumerate(starting.jobs(root)[:10]):
        with st.container(border=True):
            left, right = st.columns([5, 1], vertical_alignment="center")
            done, of = _reached(root, job)
            left.text(visible(f"{job.title}: {job.status}, {done} of {of or '?'} ticks, in {place.called(job.run)}",
                              300))  # fmt: skip
            left.progress(done / max(1, of))
            if job.going and right.button("Stop", key=f"stop-{number}-{job.run}", disabled=root.read_only):
                job.stop()
                st.toast("It stops after writing what it has; resume it below.")
            with st.expander("What it says", expanded=not job.going and job.process.returncode not in (0, 130)):
                st.code(visible(job.tail(), _LOG), language=None, wrap_lines=True)


def _reached(root: place.Root, job: Job) -> tuple[int, int]:
    try:
        info = root.run(job.run).info
    except TownsquareError:  # it has not written anything yet
        return 0, 0
    return info.ticks_done, info.ticks


def _new(root: place.Root) -> None:
    """A scenario, its settings, what it will take, and the button."""
    names = list(known("scenario"))
    asked = place.asked("scenario", "news")
    scenario = st.selectbox("Scenario", names, index=names.index(asked) if asked in names else 0)
    left, right = st.columns(2)
    seed = int(left.number_input("seed", 0, None, 0, 1, help="Root of every random draw: the same seed, the same run."))
    try:
        settings = form.filled(scenario)
        made = form.checked(scenario, seed, settings)
        told = form.told(made)
    except TownsquareError as error:
        st.error(plain(error, 600))
        return
    free = starting.free_name(root, f"{scenario}_{made.fingerprint()}_seed{seed}")
    name = right.text_input("Name of the run's folder", placeholder=free, key="run-name") or free
    st.text("What it will take, within a factor of two:")
    facts(told)
    sets = starting.sets(settings)
    st.code(visible(shlex.join(["townsquare", "run", scenario, "--seed", str(seed), *sets]), 2_000), language=None)
    if st.button("Start", type="primary", disabled=root.read_only):
        _try(lambda: starting.run(root, scenario, seed, settings, name), "started")


def _old(root: place.Root) -> None:
    """Go on where a run stopped, or branch off from it."""
    names = queries.names_below(root.folder)
    if not names:
        st.text("There is no run yet.")
        return
    given = place.asked("fork") or place.asked("run")
    name = st.selectbox("Which run", names, index=names.index(given) if given in names else 0, key="run-to-fork",
                        format_func=place.called)  # fmt: skip
    try:
        run = root.run(name)
        scenario = scenario_of(run)
    except TownsquareError as error:
        st.error(plain(error, 500))
        return
    info = run.info
    status = starting.status(run.path, info.status)
    st.text(visible(f"{status}, {info.ticks_done} of {info.ticks} ticks", 200))
    over = info.status == "finished" or starting.written(run.path)
    if st.button("Resume", disabled=root.read_only or over, help="Only what is not finished, and not at work."):
        _try(lambda: starting.resume(root, name), "resumed")
    st.divider()
    at = int(
        st.number_input(
            "Fork before tick",
            0,
            info.ticks_done,
            place.number("tick", 0, info.ticks_done, info.ticks_done // 2),
            help="Ticks before this one are shared with the run; from it on, the settings below hold.",
        )
    )
    typed = st.text_area(
        "What changes, one setting a line", value=place.asked("set"), placeholder="recommender.name=random"
    )
    try:
        settings = fields.lines(typed)
        forked(scenario, at, dict(settings))
    except TownsquareError as error:
        st.error(plain(error, 600))
        return
    free = starting.free_name(root, f"{name}_fork{at}")
    into = st.text_input("Name of the fork's folder", placeholder=free, key="fork-name") or free
    if not settings:
        st.caption("Nothing is changed: the fork would come out as the run did.")
    if st.button("Fork", type="primary", disabled=root.read_only):
        _try(lambda: starting.fork(root, name, at, settings, into), "forked")


def _try(start: Any, done: str) -> None:
    """Start it and show it above, or say why not."""
    try:
        job = start()
    except (TownsquareError, OSError) as error:
        st.error(plain(error, 600))
        return
    st.toast(f"{plain(job.title)}: {done}")
    st.rerun()
