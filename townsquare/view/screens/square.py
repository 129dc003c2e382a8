"""The town square: a run tick by tick, as a map of readers and articles or as the opinions that people hold.

Of a run that goes on the line moves every second. The picture moves with every tick whose positions were kept
(record.snapshots), with every tick where it shows opinions, but no sooner than the last picture has paid off: that is
every five seconds, about, for a map of a thousand points (view/live.py, `python -m benchmarks.following`).
"""

import math
from functools import lru_cache
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st

from townsquare.dashboard import square as pictures
from townsquare.dashboard.panels import altair
from townsquare.dashboard.topics import ARTICLE
from townsquare.protocols.errors import TownsquareError
from townsquare.protocols.runfolder import RunFolder
from townsquare.view import live, place, queries, square_queries
from townsquare.view.drawing import numbers, picture
from townsquare.view.safe import plain, visible
from townsquare.view.segments import Stamp, stamp
from townsquare.view.ways import way

_PACE = 0.8
"""Seconds that a frame stands while it plays."""
_FRAME, _PLAY = "square-frame", "square-play"
_COLUMNS = 60
"""Ticks that the picture of all ticks shows at most while the run goes on."""
_STEP = 0.05
"""Of the share axis: a bar may grow that much before the axis does."""


def page() -> None:
    """The map or the opinions of the run that the address names, playable; a live run is followed."""
    st.title("Town square")
    names = queries.names_below(place.Root.given().folder)
    chosen = place.chosen_run(names)
    if chosen is None:
        return
    name, run = chosen
    live.follow("square", run, lambda seen: _playable(name, seen), state=_newest, busy=_playing)


def _playing() -> bool:
    return bool(st.session_state.get(_PLAY, False))


def _newest(run: RunFolder) -> tuple[int, bool]:
    """What the picture depends on: the last tick with positions, or the last tick at all where there are none."""
    kept = run.snapshot_ticks()
    return (kept[-1], True) if kept else (run.info.ticks_done, False)


def _playable(name: str, run: RunFolder) -> None:
    @st.fragment(run_every=_PACE if _playing() else None)
    def body() -> None:
        try:
            _body(name, live.look(run.path))
        except TownsquareError as error:
            st.error(plain(error, 500))

    body()


def _body(name: str, run: RunFolder) -> None:
    st.caption(plain(f"{run.info.name}, seed {run.info.seed}"))
    if not run.info.ticks_done:
        st.info("No tick is finished yet.")
        return
    agents = _agents(run)
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


def _agents(run: RunFolder) -> pd.DataFrame:
    """They stay the same from the first tick on."""
    return _read(run.path, stamp(run.path / "agents.parquet"))


@lru_cache(maxsize=4)
def _read(path: Path, written: Stamp) -> pd.DataFrame:
    return RunFolder(path).agents()


def _frame(frames: list[int]) -> int:
    """The tick that is shown: chosen on the slider, moved on while it plays; who looks at the newest goes on to newer
    ones.
    """
    left, middle = st.columns([1, 5], vertical_alignment="bottom")
    playing = left.toggle("Play", key=_PLAY, disabled=len(frames) < 2, on_change=_begin, args=(frames,))
    held = st.session_state.get(_FRAME)
    if held not in frames:
        given = place.number("tick", frames[0], frames[-1], frames[-1])
        held = max(one for one in frames if one <= given)
    elif playing:
        held = frames[(frames.index(held) + 1) % len(frames)]
    elif held == st.session_state.get("square-newest"):
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
    going = live.going(run)
    tick = _frame(frames)
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
    frame = square_queries.held(st.session_state.get(f"square-window-{name}"), square_queries.window(made.points))
    st.session_state[f"square-window-{name}"] = frame
    points, beyond = square_queries.framed(made.points[made.points["tick"] == tick], frame)
    called = agents["name"].astype(str).reindex(points["who"]).to_numpy()
    labels = [
        f"article {number}" if what == ARTICLE else visible(reader, 60)
        for number, what, reader in zip(points["who"], points["what"], called, strict=True)
    ]
    drawn = points.assign(name=labels, what=points["what"].astype(str)).drop(columns="tick")
    trails = square_queries.trails(made.points, frames, tick)
    picked = picture(_town_map(frame), {"points": drawn, "trails": trails}, "square-map", going, on_select="rerun")
    _take(picked)
    _ways(name, agents, tick)
    st.caption(_told(made, beyond))
    numbers(made.counts, "town square")


@lru_cache(maxsize=16)
def _town_map(window: tuple[float, float, float, float]) -> Any:
    """Without its rows: altair takes longer over it than all else."""
    name = altair().NamedData
    return pictures.town_map(name("points"), name("trails"), window).to_dict(validate=False)


@lru_cache(maxsize=16)
def _histogram(highest: float) -> Any:
    return pictures.histogram(altair().NamedData("shares"), highest).to_dict(validate=False)


@lru_cache(maxsize=16)
def _streams(last: int) -> Any:
    name = altair().NamedData
    return pictures.streams(name("shares"), name("lines"), name("here"), last).to_dict(validate=False)


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
    going = live.going(run)
    tick = _frame(list(range(-1, run.info.ticks_done)))
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
    highest = math.ceil(float(made.shares["share"].max()) / _STEP) * _STEP
    last = (run.info.ticks if going else run.info.ticks_done) - 1
    with left:
        picture(_histogram(highest), {"shares": now.drop(columns="tick")}, "sq-left", going)
    with right:
        cells, lines, step = square_queries.thinned(made, _COLUMNS if going else None)
        tables = {"shares": cells, "lines": lines, "here": pd.DataFrame({"tick": [tick]})}
        picture(_streams(last), tables, "square-streams", going)
    _ways(name, agents, max(0, tick))
    st.caption(
        f"Left, the opinions of all {made.holders:,} at this tick. Right, those of all ticks: the darker, the more "
        f"think so; thin lines are {made.lines['agent'].nunique()} of them, evenly chosen by number; the upright line "
        f"is this tick. {_each(step)}"
    )
    numbers(made.shares, "opinions by tick")


def _each(step: int) -> str:
    return "Every tick is there." if step == 1 else f"Of {step} ticks one is there; at the end of the run all will be."


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
