"""The town square: a run tick by tick, as a map of readers and articles or as the opinions that people hold."""

import pandas as pd
import streamlit as st

from townsquare.dashboard import square as pictures
from townsquare.dashboard.topics import ARTICLE
from townsquare.protocols.errors import TownsquareError
from townsquare.protocols.runfolder import RunFolder
from townsquare.view import place, queries, square_queries
from townsquare.view.drawing import numbers
from townsquare.view.safe import plain, visible
from townsquare.view.ways import way

_PACE = 0.8
"""Seconds that a frame stands while it plays."""
_FRAME, _PLAY = "square-frame", "square-play"


def page() -> None:
    """The map or the opinions of the run that the address names, playable; a live run is followed."""
    st.title("Town square")
    names = queries.names_below(place.Root.given().folder)
    chosen = place.chosen_run(names)
    if chosen is None:
        return
    name, run = chosen
    going = run.info.status == "running"
    playing = bool(st.session_state.get(_PLAY, False))

    @st.fragment(run_every=_PACE if playing else 1.0 if going else None)
    def body() -> None:
        try:
            _body(name, place.Root.given().run(name))
        except TownsquareError as error:
            st.error(plain(error, 500))

    body()


def _body(name: str, run: RunFolder) -> None:
    info = run.info
    st.progress(
        min(1.0, info.ticks_done / max(1, info.ticks)),
        text=plain(f"{info.name}, seed {info.seed}: {info.ticks_done} of {info.ticks} ticks, {info.status}"),
    )
    if not info.ticks_done:
        st.info("No tick is finished yet.")
        return
    agents = run.agents()
    if square_queries.has_opinions(run, agents):
        _opinions(name, run, agents)
    else:
        made = square_queries.positions(run)
        if made is None:
            st.info(
                "The agents of this town have neither a place nor an opinion from 0 to 1 that could be drawn; its "
                "curves are on the page Overview."
            )
            way("overview", "Overview", icon=":material/show_chart:", run=name)
            return
        _map(name, run, made, agents)


def _frame(frames: list[int], live: bool) -> int:
    """The tick that is shown: chosen on the slider, moved on while it plays; the newest of a live run."""
    left, middle = st.columns([1, 8], vertical_alignment="bottom")
    playing = left.toggle("Play", key=_PLAY, disabled=len(frames) < 2, on_change=_begin, args=(frames,))
    held = st.session_state.get(_FRAME)
    if held not in frames:
        given = place.number("tick", frames[0], frames[-1], frames[-1])
        held = max(one for one in frames if one <= given)
    elif playing:
        held = frames[(frames.index(held) + 1) % len(frames)]
    elif live and held == st.session_state.get("square-newest"):
        held = frames[-1]
    st.session_state["square-newest"] = frames[-1]
    if len(frames) > 1:
        st.session_state[_FRAME] = held
        held = middle.select_slider("Tick", frames, key=_FRAME)
    if playing != st.session_state.get("square-played", False):
        st.session_state["square-played"] = playing
        st.rerun()  # the page, so that the fragment gets its pace
    if not playing:
        place.keep(tick=max(0, int(held)))
    return int(held)


def _begin(frames: list[int]) -> None:
    """From the start where it stands at the end."""
    if st.session_state.get(_FRAME) == frames[-1]:
        st.session_state[_FRAME] = frames[0]


def _map(name: str, run: RunFolder, made: square_queries.Positions, agents: pd.DataFrame) -> None:
    frames = list(made.frames)
    tick = _frame(frames, run.info.status == "running")
    row = made.counts[made.counts["tick"] == tick].iloc[0]
    columns = st.columns(4)
    facts = {
        "Tick": str(tick),
        "Readers in the loop": f"{row['in the loop']:,}",
        "Readers out of it": f"{row['out of the loop']:,}",
        "Articles going round": f"{row['articles']:,}",
    }
    for column, (label, value) in zip(columns, facts.items(), strict=True):
        column.metric(label, value)
    frame = square_queries.window(made.points)
    points, beyond = square_queries.framed(made.points[made.points["tick"] == tick], frame)
    called = agents["name"].astype(str).reindex(points["who"]).to_numpy()
    labels = [
        f"article {number}" if what == ARTICLE else visible(reader, 60)
        for number, what, reader in zip(points["who"], points["what"], called, strict=True)
    ]
    drawn = pictures.town_map(
        points.assign(name=labels).drop(columns="tick"), square_queries.trails(made.points, frames, tick), frame
    )
    picked = st.altair_chart(drawn, width="stretch", theme=None, key="square-map", on_select="rerun")
    _take(picked)
    _ways(name, agents, tick)
    st.caption(_told(made, beyond))
    numbers(made.counts, "town square")


def _told(made: square_queries.Positions, beyond: int) -> str:
    """How to read the map, and what was left out."""
    shown, total = made.users
    some = f"all {total:,} readers" if shown == total else f"{shown:,} of {total:,} readers, the same at every tick"
    kept = (
        f"all {made.kept} ticks whose positions were kept"
        if len(made.frames) == made.kept
        else f"{len(made.frames)} of the {made.kept} ticks whose positions were kept, evenly chosen"
    )
    first, second = made.explained
    edge = f" {beyond:,} lie beyond the frame and are drawn at its edge." if beyond else ""
    return (
        f"Who lies close together likes the same things. One plane for all ticks, with {first:.0%} and {second:.0%} of "
        f"the variance. Thin lines are the ways of some readers over the last frames. A reader is in the loop when the "
        f"recommender learnt from a like of theirs. Drawn: {some}, at most {square_queries.MOST_ITEMS} articles; "
        f"{kept} ({_span(made.frames)}; the setting record.snapshots says which are kept).{edge} Click a reader "
        "to see what was put before them."
    )


def _span(frames: tuple[int, ...]) -> str:
    listed = ", ".join(map(str, frames))
    return listed if len(frames) <= 12 else f"{frames[0]}, {frames[1]}, … {frames[-1]}"


def _take(picked: object) -> None:
    """The reader that was clicked becomes the agent of the page's links."""
    rows = getattr(getattr(picked, "selection", None), pictures.PICKED, None) or []
    for row in rows:
        if isinstance(row, dict) and str(row.get("what", "")).startswith("user") and "who" in row:
            st.session_state["square-agent"] = int(row["who"])


def _opinions(name: str, run: RunFolder, agents: pd.DataFrame) -> None:
    made = square_queries.opinions(run, agents)
    tick = _frame(list(range(-1, run.info.ticks_done)), run.info.status == "running")
    now = made.shares[made.shares["tick"] == tick]
    middle = (now["low"] + now["high"]) / 2
    columns = st.columns(4)
    facts = {
        "Tick": "before the first" if tick < 0 else str(tick),
        "Who have an opinion": f"{made.holders:,}",
        "Against (below a half)": f"{now.loc[now['high'] <= 0.5 + 1e-9, 'share'].sum():.0%}",
        "Mean opinion, about": f"{(middle * now['share']).sum():.2f}",
    }
    for column, (label, value) in zip(columns, facts.items(), strict=True):
        column.metric(label, value)
    st.text(visible(f"On: {_topic(run)}", 400))
    left, right = st.columns(2)
    highest = float(made.shares["share"].max())
    left.altair_chart(pictures.histogram(now.drop(columns="tick"), highest), width="stretch", theme=None, key="sq-left")
    right.altair_chart(
        pictures.streams(made.shares, made.lines, tick), width="stretch", theme=None, key="square-streams"
    )
    _ways(name, agents, max(0, tick))
    st.caption(
        f"Left, the opinions of all {made.holders:,} at this tick. Right, those of all ticks: the darker, the more "
        f"think so; thin lines are {made.lines['agent'].nunique()} of them, evenly chosen by number; the upright line "
        "is this tick. Every tick is there."
    )
    numbers(made.shares, "opinions by tick")


def _topic(run: RunFolder) -> str:
    scenario = run.info.scenario
    return str(scenario.get("proposition") or scenario.get("topic") or "the topic of the run")


def _ways(name: str, agents: pd.DataFrame, tick: int) -> None:
    """From here to what one agent was shown: the agent that was clicked, or the one in the box."""
    picked = st.session_state.get("square-agent", place.number("agent", 0, len(agents) - 1, 0))
    agent = min(int(picked), len(agents) - 1)
    who = plain(agents["name"].iloc[agent], 60)
    row = st.container(horizontal=True)
    way("feed", f"What {who} saw at tick {tick}", icon=":material/article:", within=row, run=name, agent=agent,
        tick=tick)  # fmt: skip
    way("network", "Who listens to whom", icon=":material/hub:", within=row, run=name, tick=tick)
    way("overview", "Curves of this run", icon=":material/show_chart:", within=row, run=name)
