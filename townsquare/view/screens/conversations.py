"""Who talked with whom: groups at work as sequence diagrams and transcripts, debates side by side with ratings."""

import pandas as pd
import streamlit as st

from townsquare.dashboard.sequence import sequence
from townsquare.protocols.debate import AGREEMENT
from townsquare.protocols.errors import TownsquareError
from townsquare.protocols.runfolder import RunFolder
from townsquare.view import debates, place, queries
from townsquare.view.drawing import facts, shown
from townsquare.view.safe import frame, plain, visible

_STEPS = 150
"""Steps that one picture holds."""
_ALL = "every arm"
_LOOK = (
    "Time runs downwards. Solid: said, or handed out; dashed: begun, or delivered; a dot: said to everybody. On the "
    "left, the state of the group."
)


def page() -> None:
    """What the run has of either; a sentence where it has neither."""
    st.title("Conversations")
    chosen = place.chosen_run(queries.names_below(place.Root.given().folder))
    if chosen is None:
        return
    _, run = chosen
    try:
        there = debates.listed(run)
        if len(there):
            _debates(run, there)
        else:
            _groups(run)
    except TownsquareError as error:
        st.error(plain(error, 600))


def _groups(run: RunFolder) -> None:
    """Groups of agents at work, a tick at a time."""
    ticks = queries.talking(run)
    if not ticks:
        st.info("Nobody talked here yet. Groups talk in the scenario team, debaters in persuasion.")
        return
    given = place.number("tick", 0, ticks[-1], ticks[0])
    tick = int(st.selectbox("Tick", ticks, index=ticks.index(given) if given in ticks else 0))
    place.keep(tick=tick)
    rows = queries.conversations(run, tick)
    groups = sorted(rows["group"].unique().tolist())
    goals = rows[rows["kind"] == "opened"].groupby("group")["text"].first()
    wanted = place.number("group", 0, 2**31, groups[0])
    group = st.selectbox(
        "Group",
        groups,
        index=groups.index(wanted) if wanted in groups else 0,
        format_func=lambda one: visible(f"{one}: {goals.get(one, '')}".replace("\n", " "), 120),
    )
    place.keep(group=group)
    mine = rows[rows["group"] == group]
    tokens = mine[["communication", "work"]].sum()
    told = {
        "Steps": f"{len(mine):,}",
        "Said": f"{int((mine['kind'] == 'say').sum()):,}",
        "Tasks": f"{int((mine['kind'] == 'task').sum()):,}",
        "Tokens for talking": f"{int(tokens['communication']):,}",
        "Tokens for the work": f"{int(tokens['work']):,}",
    }
    facts(told)
    _picture(mine)
    st.subheader("Transcript")
    shown(mine.drop(columns=["tick", "group"]), "transcript")


def _picture(mine: pd.DataFrame) -> None:
    """The diagram, as an image: nothing in an image runs, whatever its texts say."""
    clean = frame(mine.head(_STEPS), 1_000)
    st.image(sequence(clean.assign(receivers=clean["receivers"].fillna(""))), width="stretch")
    st.caption(_LOOK + (f" The first {_STEPS} of {len(mine):,} steps." if len(mine) > _STEPS else ""))


def _debates(run: RunFolder, there: pd.DataFrame) -> None:
    """One debate: both sides beside each other, stage by stage, under what they thought before and after."""
    names = [_ALL, *dict.fromkeys(there["arm"].astype(str))]
    given = place.asked("arm", _ALL)
    left, right = st.columns([1, 2])
    arm = left.selectbox(
        "Arm", names, index=names.index(given) if given in names else 0, format_func=lambda one: visible(one, 80)
    )
    place.keep(arm=None if arm == _ALL else arm)
    mine = there if arm == _ALL else there[there["arm"].astype(str) == arm]
    about = debates.topics(run)
    arms = dict(zip(mine["debate"].tolist(), mine["arm"].astype(str), strict=True))
    topic = dict(zip(mine["debate"].tolist(), mine["topic"].tolist(), strict=True))
    numbers = list(arms)
    wanted = place.number("debate", 0, 2**31, numbers[0])
    debate = right.selectbox(
        "Debate",
        numbers,
        index=numbers.index(wanted) if wanted in numbers else 0,
        format_func=lambda one: visible(f"{one}: {about.get(topic[one], 'not yet known')} ({arms[one]})", 160),
    )
    place.keep(debate=debate)
    found = debates.opened(run, debate)
    st.subheader("The proposition")
    st.text(visible(found.topic or "It is not on record yet.", 500))
    _sides(found)
    st.subheader("Ratings")
    low, high = AGREEMENT
    shown(found.people, "ratings")
    st.caption(
        f"Agreement with the proposition from {low} (strongly disagree) to {high} (strongly agree). moved: points "
        "towards the opponent; above zero the person was persuaded."
    )
    with st.expander("All statements as a table"):
        shown(found.said, "statements")


def _moved(points: float) -> str | None:
    if points != points:  # it was not measured
        return None
    return f"{points:+.0f} towards the opponent" if points else "not moved"


def _sides(found: debates.Debate) -> None:
    people = found.people.to_dict("records")
    for column, person in zip(st.columns(max(1, len(people))), people, strict=False):
        column.text(visible(f"{person['side'] or 'no side yet'}: {person['name']} ({person['group']})", 160))
        before, after, moved = (person[key] for key in ("before", "after", "moved"))
        if before == before:
            column.metric(
                "Agreement after" if after == after else "Agreement before",
                f"{after if after == after else before:.0f}",
                delta=_moved(moved),
                delta_color="off",
                delta_arrow="off",
            )
    if found.said.empty:
        st.info("Nothing is said yet.")
        return
    for stage, rows in found.said.groupby("stage", sort=False):
        st.caption(plain(stage, 40))
        said = rows.groupby("agent")["text"].agg("\n".join)
        for column, person in zip(st.columns(max(1, len(people))), people, strict=False):
            with column.container(border=True):
                st.text(visible(said.get(person["agent"], "(said nothing)")))
