"""All runs below the folder: how far they are and what they cost; start one, stop it, go on with it, fork it."""

from typing import Any

import pandas as pd
import streamlit as st

from townsquare.protocols.errors import TownsquareError
from townsquare.protocols.registry import known
from townsquare.runs import forked, scenario_of
from townsquare.view import fields, form, place, queries, starting
from townsquare.view.drawing import facts, shown
from townsquare.view.safe import plain, visible
from townsquare.view.starting import Job

_SHOWN = ("open", "run", "scenario", "status", "done", "ticks", "of", "seed", "usd", "tokens", "seconds", "settings",
          "forked from")  # fmt: skip
_LOG = 4_000


def page() -> None:
    """The table with a filter, kept up to date; below it the form of a new run, and what can be done with one."""
    st.title("Runs")
    root = place.Root.given()
    st.text(visible(f"Below {root.folder}, newest first.", 300))
    wanted = st.text_input(
        "Show runs with all of these words", value=place.asked("filter"), placeholder="news finished ease"
    )
    place.keep(filter=wanted or None)
    going = any(one.info.get("status") == "running" for one in queries.runs_below(root.folder))
    mine = starting.jobs(root)

    @st.fragment(run_every=1.0 if going or any(job.going for job in mine) else 5.0)
    def follow() -> None:
        _table(root, wanted)
        _at_work(root)

    follow()
    if root.read_only:
        st.info(starting.READ_ONLY)
    with st.expander("Start a run", expanded=bool(place.asked("scenario"))):
        _new(root)
    with st.expander("Resume or fork a run", expanded=bool(place.asked("fork"))):
        _old(root)


def _table(root: place.Root, wanted: str) -> None:
    """Those that hold every word, and a sentence for each folder that cannot be read."""
    found = queries.runs_below(root.folder)
    rows = [{"run": one.name, **one.info} for one in found if not one.problem]
    for row in rows:
        if row["status"] == "running" and not starting.written(root.folder / row["run"]):
            row["status"] = "killed"  # its process could write nothing any more
    words = wanted.lower().split()
    kept = [row for row in rows if all(any(word in str(cell).lower() for cell in row.values()) for word in words)]
    if kept:
        table = pd.DataFrame(kept)
        table["done"] = table["ticks"] / table["of"].clip(lower=1)
        table["open"] = [place.link("overview", run=name) for name in table["run"]]
        table = table[list(_SHOWN)]
        config = st.column_config
        shown(
            table,
            "runs",
            done=config.ProgressColumn("done", format="percent", min_value=0, max_value=1),
            open=config.LinkColumn("open", display_text="Overview"),
            usd=config.NumberColumn("USD", format="%.4f"),
            settings=config.TextColumn("settings", help="Runs with the same eight digits differ in their seed only."),
        )
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
            left.text(visible(f"{job.title}: {job.status}, {done} of {of or '?'} ticks, in {job.run}", 300))
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
    name = right.text_input("Name of the run's folder", value=free)
    st.text("What it will take, within a factor of two:")
    facts(told)
    sets = starting.sets(settings)
    st.code(visible(" ".join(["townsquare run", scenario, f"--seed {seed}", *sets]), 2_000), language=None)
    if st.button("Start", type="primary", disabled=root.read_only):
        _try(lambda: starting.run(root, scenario, seed, settings, name), "started")


def _old(root: place.Root) -> None:
    """Go on where a run stopped, or branch off from it."""
    names = queries.names_below(root.folder)
    if not names:
        st.text("There is no run yet.")
        return
    given = place.asked("fork") or place.asked("run")
    name = st.selectbox("Which run", names, index=names.index(given) if given in names else 0, key="run-to-fork")
    try:
        run = root.run(name)
        scenario = scenario_of(run)
    except TownsquareError as error:
        st.error(plain(error, 500))
        return
    info = run.info
    st.text(visible(f"{info.status}, {info.ticks_done} of {info.ticks} ticks", 200))
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
    into = st.text_input("Name of the fork's folder", value=starting.free_name(root, f"{name}_fork{at}"))
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
