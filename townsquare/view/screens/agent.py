"""One agent: who it is, what it remembers and did, and every decision from what lay before it to what came of it."""

import pandas as pd
import streamlit as st

from townsquare.protocols.errors import TownsquareError
from townsquare.protocols.events import KINDS
from townsquare.protocols.runfolder import RunFolder
from townsquare.view import decisions, memories, place, queries
from townsquare.view.decisions import Decision, Turn
from townsquare.view.drawing import shown
from townsquare.view.safe import plain, visible
from townsquare.view.screens.feed import when, who

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
        st.text(visible(memories.persona(run, group), 400))
    if not run.info.ticks_done:
        st.info("No tick is finished yet.")
        return
    tick = when(run)
    _decided(name, run, agent, group, tick)
    _remembered(run, agent, group)
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
        shown(table, "what lay before it")
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
        return
    shown(_linked(name, done.drop(columns=["tick"]), agent, tick), "deeds of the tick", why_link=_WHY_COLUMN)
    _effects(run, done, tick)


_WHY_COLUMN = st.column_config.LinkColumn("chain", display_text="Why", help="Back to its causes, and on to its effects")


def _linked(name: str, rows: pd.DataFrame, agent: int, tick: int | None = None) -> pd.DataFrame:
    """With a way to the page Why for every row that is about an item."""
    ticks = rows["tick"] if tick is None else [tick] * len(rows)
    made = [
        place.link("why", run=name, agent=agent, tick=int(when_), item=int(item)) if item >= 0 else None
        for when_, item in zip(ticks, rows["item"], strict=True)
    ]
    return rows.assign(why_link=pd.Series(made, index=rows.index, dtype=object))


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
    _recalled(run, agent, group, tick, number, first, items)
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


def _recalled(run: RunFolder, agent: int, group: str, tick: int, number: int, turn: Turn, items: list[int]) -> None:
    st.subheader("Memories recalled")
    told = turn.block("memories")
    st.text(visible("\n".join(told), 4_000) if told else "None: there is no block of memories in the prompt.")
    scored = memories.recalled(run, agent, group, tick, memories.of_items(turn.block("items")), items)
    if scored is not None and len(scored):
        shown(scored, f"scores of memories {number + 1}")
        st.caption(
            "Scores are computed again from the newest checkpoint, best first: likeness to what lay before it, how "
            "recent, how important, and about the same item. What found no room in the prompt is here too."
        )


def _remembered(run: RunFolder, agent: int, group: str) -> None:
    """Layers and their versions over time, as far as the folder keeps them."""
    st.header("What it remembers", divider="grey")
    found = memories.held(run, agent, group)
    if found is None:
        st.text(
            f"Nothing is kept: agents of the group {visible(group, 40)} have no memory in this run. Agents that a "
            "language model decides for have one where their scenario gives it."
        )
        return
    if found.empty:
        st.text("It has a memory, and nothing in it yet.")
        return
    layers = sorted(found["layer"].unique().tolist())
    given = place.asked("layer")
    layer = st.selectbox("Layer", layers, index=layers.index(given) if given in layers else 0)
    place.keep(layer=layer if len(layers) > 1 else None)
    shown(found[found["layer"] == layer], "memories")
    st.caption(
        "From the newest checkpoint: every version of a text with the tick that wrote it; of episodes the newest, as "
        "many as the store's ring holds."
    )


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
    shown(_linked(name, rows, agent), "everything it did and met", why_link=_WHY_COLUMN)
    st.caption(f"Newest first, {len(rows):,} rows" + (f", the newest {_MOST:,} only." if len(rows) == _MOST else "."))
