"""From what an agent met back to its causes, and from an item forward to its effects."""

import os
from collections.abc import Callable, Mapping
from shlex import quote
from typing import Any

import pandas as pd
import streamlit as st

from townsquare.protocols.errors import TownsquareError
from townsquare.protocols.runfolder import RunFolder
from townsquare.view import moderation_queries, place, queries, starting, why_queries
from townsquare.view.chosen import opened, settled, told, when, who
from townsquare.view.drawing import chart, numbers
from townsquare.view.safe import plain, visible
from townsquare.view.screens.feed import WHY
from townsquare.view.ways import way

_MOST_LINKS = 12


def page() -> None:
    """Choose an item of an agent's tick; its causes in sentences, its effects by tick, and how to try without it."""
    opened("Why", _body)


def _body(name: str, run: RunFolder) -> None:
    agent, agents = who(run)
    tick = when(run)
    rows = queries.events_of(run, tick, agents=[agent])
    rows = rows[rows["item"] >= 0]
    called = agents["name"].astype(str)
    if rows.empty:
        st.info("This agent met nothing in this tick.")
        way("feed", "What it saw at other ticks", icon=":material/article:", run=name, agent=agent, tick=tick)
        return
    item = _item(run, rows)
    mine = rows[rows["item"] == item].sort_values("seq")
    about = queries.items(run, [item])
    scored = why_queries.by_score(run, rows, item)
    titled = str(about["name"].iloc[0]) if len(about) else f"item {item}"
    st.subheader(plain(_answer(called.get(agent, "?"), titled, tick, mine, scored), 500), anchor=False)
    if len(about):
        author = called.get(about["author"].iloc[0], "the town")
        with st.container(border=True):
            st.text(visible(f"{titled}, by {author}, tick {int(about['born'].iloc[0])}", 200))
            if about["text"].iloc[0]:
                st.text(visible(about["text"].iloc[0]))
    _known(run, agent, item, tick, mine, called)
    _chain(name, run, tick, int(mine.iloc[-1]["seq"]), item, called)
    came = queries.effects(run, item)
    _effects(name, run, item, came, called)
    _without(name, run, agent, item, tick, mine, came)


def _item(run: RunFolder, rows: pd.DataFrame) -> int:
    met = rows.sort_values("rank", kind="stable")["item"].drop_duplicates().tolist()
    given = place.number("item", -1, 2**31, met[0])
    settled("item-chosen", "item", given if given in met else met[0])
    if st.session_state["item-chosen"] not in met:
        st.session_state["item-chosen"] = met[0]
    item = int(st.selectbox("Item", met, key="item-chosen", format_func=_named(run, met)))
    told("item-chosen", "item", item)
    return item


def _named(run: RunFolder, met: list[int]) -> Callable[[int], str]:
    about = queries.items(run, met).set_index("item")["name"]
    return lambda item: visible(f"{item}: {about.get(item, '')}", 120)


def _answer(who: str, titled: str, tick: int, mine: pd.DataFrame, scored: str) -> str:
    """The question of the page, answered in a sentence; ``scored`` is what the recommender's score says of it."""
    shown = mine[mine["kind"] == "shown"]
    if len(shown):
        row = shown.iloc[0]
        why = WHY.get(str(row["why"]), str(row["why"])) or "no reason was recorded"
        told = f"{why} ({scored})" if scored else why
        return f"{who} saw {titled} at tick {tick}, in place {int(row['rank']) + 1}: {told}"
    kind = str(mine.iloc[-1]["kind"])
    did = {"post": "wrote", "say": "said", "opinion": "was moved by", "verdict": "judged"}.get(kind, f"met ({kind})")
    return f"{who} {did} {titled} at tick {tick}"


def _known(run: RunFolder, agent: int, item: int, tick: int, mine: pd.DataFrame, called: "pd.Series[str]") -> None:
    """What the recommender could go by; the moderators' verdicts on the item."""
    shown = mine[mine["kind"] == "shown"]
    if len(shown) and tick:
        found = why_queries.known(run, agent, item, tick)
        span = f"ticks {found.ticks[0]} to {found.ticks[-1]}" if len(found.ticks) > 1 else f"tick {found.ticks[0]}"
        st.text(
            visible(
                f"What could be known then ({span}): {called.get(agent, '?')} had liked {len(found.same_author)} other "
                f"items of this author and {len(found.same_category)} of this category; likes that the item had: "
                f"{found.likes}, of them by agents that had liked something that this one liked too: {found.likers}.",
                600,
            )
        )
        if shown.iloc[0]["why"] == "match":
            kept = "" if queries.keeps_scores(run) else " Its scores were not recorded (record.scores=true)."
            st.caption(f"A recommender does not say which of this it went by.{kept}")
    first = max(0, tick - moderation_queries.window_of(run))
    for row in moderation_queries.verdicts(run, range(first, tick + 1), [item]).to_dict("records"):
        st.text(visible(f"Moderator, tick {row['tick']}: {row['verdict']}, score {row['score']:.2f}", 200))


def _chain(name: str, run: RunFolder, tick: int, seq: int, item: int, called: "pd.Series[str]") -> None:
    """Event by event back to where it began, each with a way to its own page."""
    st.subheader("Because")
    for number, event in enumerate(queries.causes(run, tick, seq).to_dict("records"), start=1):
        actor = called.get(event["agent"], "the town")
        why = WHY.get(str(event["why"]), "") if event["kind"] == "shown" else ""
        because = f"it was put into the list, {why}" if why else str(event["because"])
        if event["item"] != item:
            because = "what that rests on was published"
        words = f"{number}. Tick {event['tick']}: {because}"
        left, right = st.columns([8, 4], vertical_alignment="center")
        left.text(visible(f"{words} ({actor}, {event['kind']}, item {event['item']})", 400))
        if event["item"] != item and event["agent"] >= 0:
            way("why", f"Item {event['item']}", icon=":material/help:", within=right, run=name,
                agent=int(event["agent"]), tick=int(event["tick"]), item=int(event["item"]))  # fmt: skip
        elif event["kind"] == "post" and event["agent"] >= 0:
            way("agent", plain(f"Who wrote it: {actor}", 80), icon=":material/person:", within=right, run=name,
                agent=int(event["agent"]), tick=int(event["tick"]))  # fmt: skip
        elif event["kind"] == "shown":
            way("feed", "The whole list", icon=":material/article:", within=right, run=name,
                agent=int(event["agent"]), tick=int(event["tick"]))  # fmt: skip


def _effects(name: str, run: RunFolder, item: int, table: pd.DataFrame, called: "pd.Series[str]") -> None:
    """What came of an item, by tick, and what rests on it."""
    st.subheader("What came of it")
    kinds = [kind for kind in table.columns if kind != "tick" and table[kind].any()]
    if not kinds:
        st.text("Nothing: nobody was shown it, nobody did anything with it.")
        return
    totals = ", ".join(f"{kind} {int(table[kind].sum()):,}" for kind in kinds)
    st.text(f"Over the ticks in which it went round: {totals}.")
    last = table.loc[table[kinds].any(axis=1), "tick"].max()
    going = table[table["tick"] <= last]
    kind = st.selectbox("Tick by tick", kinds, index=min(1, len(kinds) - 1))
    chart(going[["tick", kind]], x="tick", y=str(kind), title=f"{kind}, number of events")
    rests = why_queries.inspired(run, item)
    if len(rests):
        st.text(f"{len(rests):,} later posts rest on it:")
        for row in rests.head(_MOST_LINKS).to_dict("records"):
            label = plain(f"Item {row['item']}, by {called.get(row['agent'], 'the town')}, tick {row['tick']}", 120)
            way("why", label, icon=":material/subdirectory_arrow_right:", run=name, agent=max(0, int(row["agent"])),
                tick=int(row["tick"]), item=int(row["item"]))  # fmt: skip
        if len(rests) > _MOST_LINKS:
            st.caption(f"The first {_MOST_LINKS} of {len(rests):,}.")
    numbers(table, "what came of it")


def _without(
    name: str, run: RunFolder, agent: int, item: int, tick: int, mine: pd.DataFrame, came: pd.DataFrame
) -> None:
    """A fork in which the item is not shown, or does not come this way, to be compared with this run."""
    st.subheader("What if it had not been shown?")
    seen = mine[mine["kind"].isin(["shown", "click", "like"])]
    later = not came.empty and bool(came.loc[came["tick"] >= tick, "shown"].any())
    if seen.empty:
        st.text("Nobody put it before this agent; choose an item of its list." if not later else
                "Nobody put it before this agent at this tick, but others were shown it.")  # fmt: skip
    why = None if seen.empty else str(seen.iloc[0]["why"])
    choices = why_queries.otherwise(run, agent, item, tick, why) if later or not seen.empty else []
    if not choices:
        return
    chosen = st.radio("Otherwise", range(len(choices)), format_func=lambda n: choices[n].label, horizontal=True)
    change = choices[chosen]
    st.text(
        visible(
            f"A fork goes on from before tick {tick} with one change: from then on {change.meaning}. The ticks before "
            "are shared, and so is every random number; what differs afterwards is the doing of this change.",
            600,
        )
    )
    root = place.Root.given()
    into = starting.free_name(root, f"{name}-without-{item}")
    here, there = os.path.relpath(run.path), os.path.relpath(root.folder / into)
    sets = " ".join(quote(visible(part)) for part in starting.sets(change.settings))
    st.code(
        f"townsquare fork {_quoted(here)} --at {tick} {sets} --out {_quoted(there)}\n"
        f"townsquare compare {_quoted(here)} {_quoted(there)}",
        language="sh",
        wrap_lines=True,
    )
    read_only = root.read_only
    if st.button("Start this fork", disabled=read_only, icon=":material/alt_route:"):
        _start(name, tick, change.settings, into)
    if read_only:
        st.caption("This dashboard only looks (--read-only).")


def _start(name: str, tick: int, settings: Mapping[str, Any], into: str) -> None:
    try:
        starting.fork(place.Root.given(), name, tick, settings, into)
    except TownsquareError as error:
        st.error(plain(error, 500))
        return
    st.success(plain(f"{into} was started; the page Runs shows how far it is.", 200))
    way("runs", "Runs", icon=":material/list:")
    way("compare", "Compare both, once it is done", icon=":material/balance:", run=[name, into],
        burn=tick)  # fmt: skip


def _quoted(text: str) -> str:
    return quote(visible(text, 200))
