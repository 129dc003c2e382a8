"""One agent: who it is, what it remembers and did, and every decision from what lay before it to what came of it."""

import pandas as pd
import streamlit as st

from townsquare.protocols.errors import TownsquareError
from townsquare.protocols.events import KINDS
from townsquare.protocols.runfolder import RunFolder
from townsquare.view import decisions, memories, place, queries, ways
from townsquare.view.decisions import Decision, Turn
from townsquare.view.drawing import shown
from townsquare.view.safe import plain, visible
from townsquare.view.screens import remembered
from townsquare.view.screens.feed import WHY, when, who

_LONG = 20_000
"""Letters of a prompt."""
_MOST = 1_000
"""Rows of what it did."""
_MET = ("shown",)
"""Kinds that happen to an agent; all others it did."""


def page() -> None:
    """Persona, memories, deeds, and the decisions of the tick chosen."""
    st.title("Agent")
    chosen = place.chosen_run(queries.names_below(place.Root.given().folder))
    if chosen is None:
        return
    name, run = chosen
    try:
        _body(name, run)
    except TownsquareError as error:
        st.error(plain(error, 600))


def _body(name: str, run: RunFolder) -> None:
    agent, agents = who(run)
    mine = agents.set_index("agent").loc[agent]
    group = str(mine["group"])
    st.text(visible(f"Agent {agent}: {mine['name']}, of the group {group}", 200))
    with st.expander("Who it is", expanded=True):
        traits = [
            {"trait": column, "value": visible(mine[column], 200)}
            for column in agents.columns
            if column not in ("agent", "name", "group") and mine[column] not in (-1, "")
        ]
        if traits:
            shown(pd.DataFrame(traits), "traits")
        st.text(visible(memories.persona(run, group, agent), 400))
    if not run.info.ticks_done:
        st.info("No tick is finished yet.")
        return
    tick = when(run)
    _decided(name, run, agent, group, tick)
    remembered.section(run, agent, group, tick)
    _did(name, run, agent)


def _decided(name: str, run: RunFolder, agent: int, group: str, tick: int) -> None:
    """The chain of the tick: observation, memories, prompt, answer, repair, action, effect."""
    st.header(f"Tick {tick}, step by step", divider="grey")
    st.subheader("What lay before it")
    before = queries.feed(run, agent, tick)
    if before.empty:
        st.text("Nothing was put before it in this tick, or what is shown was not recorded.")
    else:
        table = before[["rank", "item", "name", "text", "why"]].rename(columns={"rank": "place"})
        table["why"] = [WHY.get(str(why), str(why)) for why in table["why"]]
        shown(table if table["text"].any() else table.drop(columns="text"), "what lay before it")
    asked = decisions.asked(run, agent, tick)
    if not asked:
        st.text("No language model decided for it in this tick: no memories recalled, no prompt, no answer.")
    for number, one in enumerate(asked):
        with st.container(border=True):
            _asked(run, agent, group, tick, number, one, before["item"].tolist())
    st.subheader("What it did, and what came of it")
    rows = queries.events_of(run, tick, agents=[agent])
    done = rows[~rows["kind"].isin(_MET)]
    if done.empty:
        st.text("Nothing.")
    else:
        _chained(name, done, agent, "deeds of the tick")
        _effects(run, done, tick)
    remembered.kept(run, agent, group, tick)


def _chained(name: str, rows: pd.DataFrame, agent: int, title: str) -> None:
    """Events as a table, with a way to the page Why for every row that is about an item."""
    key = f"why of {title}"
    table = _worded(rows)
    shown(
        table.assign(chain=table["item"].map(lambda item: "Why" if pd.notna(item) else None))[
            ["chain", *table.columns]
        ],
        title,
        chain=ways.column("chain", key, "Back to its causes, and on to its effects"),
    )
    ways.follow(
        key,
        "why",
        [
            {"run": name, "agent": agent, "tick": tick, "item": item}
            for tick, item in zip(rows["tick"].tolist(), rows["item"].tolist(), strict=True)
        ],
    )


def _worded(rows: pd.DataFrame) -> pd.DataFrame:
    """The same, where -1 is nothing, places count from 1 as they do in the list, and ways are said in words."""
    table = rows.drop(columns=["agent", "rank"]).assign(
        place=rows["rank"].where(rows["rank"] >= 0).add(1).astype("Int64")
    )
    table["why"] = [WHY.get(str(why), str(why)) for why in rows["why"]]
    for column in ("item", "ref"):
        table[column] = rows[column].where(rows[column] >= 0).astype("Int64")
    return table[["tick", "seq", "kind", "item", "place", "value", "ref", "why"]]


def _effects(run: RunFolder, done: pd.DataFrame, tick: int) -> None:
    """What others did with what it published in the tick."""
    posted = [int(item) for item in done.loc[done["kind"].isin(("post", "say")), "item"] if item >= 0]
    if not posted:
        return
    rows = []
    for item in posted[:5]:
        table = queries.effects(run, item)
        rows.append({"item": item, **{kind: int(table[kind].sum()) for kind in table.columns if kind != "tick"}})
    st.text("What others did with it, over all ticks:")
    shown(pd.DataFrame(rows), "effects of its posts")


def _asked(run: RunFolder, agent: int, group: str, tick: int, number: int, one: Decision, items: list[int]) -> None:
    cost = "price unknown" if one.usd is None else f"{one.usd:.5f} USD"
    tokens = f"{one.tokens_in:,} tokens in, {one.tokens_out:,} out, {cost}"
    st.text(visible(f"Asked to {one.purpose}: {one.outcome}. {one.model}; {tokens}.", 300))
    first = one.turns[0] if one.turns else Turn((), "nothing is recorded", came=False)
    you = first.block("you")
    if you:
        st.subheader("Who it was told it is")
        st.text(visible("\n".join(you), 3_000))
    remembered.recalled(run, agent, group, tick, number, first, items)
    for turn_number, turn in enumerate(one.turns):
        repair = turn_number > 0
        st.subheader("The repair" if repair else "The prompt and the answer")
        for role, text in turn.messages[len(first.messages) if repair else 0 :]:
            with st.expander(f"Message: {plain(role, 40)}"):
                st.code(visible(text, _LONG), language=None, wrap_lines=True)
        st.text("It answered:" if turn.came else "There was no reply:")
        st.code(visible(turn.reply, _LONG), language=None, wrap_lines=True)
    if one.why:
        st.text(visible(f"What was wrong: {one.why}", 1_000))
    elif not one.repaired:
        st.text("The answer fitted the form; no repair was needed.")


def _did(name: str, run: RunFolder, agent: int) -> None:
    """What it did and met in all ticks, by kind."""
    st.header("Everything it did and met", divider="grey")
    given = [kind for kind in place.several("kind") if kind in KINDS]
    kinds = st.multiselect("Kinds", KINDS, default=given, placeholder="all kinds")
    place.keep(kind=list(kinds))
    rows = queries.history(run, agent, kinds=kinds or None, most=_MOST)[::-1]
    if rows.empty:
        st.text("Nothing of this kind is on record.")
        return
    _chained(name, rows, agent, "everything it did and met")
    st.caption(f"Newest first, {len(rows):,} rows" + (f", the newest {_MOST:,} only." if len(rows) == _MOST else "."))
