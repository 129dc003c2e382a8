"""Verdicts on the page Moderation: all of them, by place, action, category and author; and one item's in full."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from townsquare.protocols.runfolder import RunFolder
from townsquare.view import grounds, moderation_queries, place, queries, ways
from townsquare.view.drawing import shown
from townsquare.view.safe import marked, visible

MOST = 500
"""Rows of a table."""
_CHOSEN = "verdict-chosen"
_QUOTED = 300


def section(name: str, run: RunFolder, said: pd.DataFrame) -> None:
    """A table of verdicts, newest first, of those that the filters leave; and the item that is looked at."""
    st.subheader("Verdicts")
    if said.empty:
        st.text("There are none yet.")
        return
    kept = _filtered(run, said)
    if kept.empty:
        st.text("No verdict is of this kind.")
    else:
        _table(run, kept)
    _look(name, run, said, kept)


def look_column(key: str, items: Sequence[int]) -> Any:
    """A column of a table whose button chooses the item to look at."""
    return st.column_config.ButtonColumn(
        "look", help="All that is known of it, below", key=key, on_click=_pick, args=(key, list(items))
    )


def named(run: RunFolder, table: pd.DataFrame) -> pd.DataFrame:
    """``table`` with the name, the author and the text of its items beside them, and a button for each item."""
    about = queries.items(run, [item for item in table["item"].tolist() if item >= 0]).set_index("item")
    called = run.agents()["name"].astype(str)
    items = table["item"]
    by = about["author"].reindex(items).to_numpy() if "author" in about else [-1] * len(table)
    author = pd.Series(by, index=table.index, dtype=float).fillna(table.get("agent", -1)).astype(int)
    return table.assign(
        look=items.map(lambda item: "Look" if item >= 0 else None),
        name=about["name"].reindex(items).fillna("").to_numpy() if "name" in about else "",
        author=called.reindex(author).fillna("the town").to_numpy(),
        born=about["born"].reindex(items).fillna(0).astype(int).to_numpy() if "born" in about else 0,
        text=about["text"].reindex(items).fillna("").to_numpy() if "text" in about else "",
        wrote=author,
    )


def columns(table: pd.DataFrame, *names: str) -> pd.DataFrame:
    """These columns; those of words only where there are any."""
    words = ("text", "because", "category", "who")
    return table[[name for name in names if name not in words or table[name].astype(bool).any()]]


def _pick(key: str, items: Sequence[int]) -> None:
    row = int(st.session_state[key]["row"])
    if row < len(items) and items[row] >= 0:
        st.session_state[_CHOSEN] = items[row]
        st.toast(f"Item {items[row]} is shown under “Look at a verdict on”.")


def _filtered(run: RunFolder, said: pd.DataFrame) -> pd.DataFrame:
    """What the visitor wants to see; all of it stands in the address."""
    boxes = st.columns(4)
    kept = said
    for box, label, column in zip(boxes, ("Place", "Action", "Category"), ("by", "action", "category"), strict=False):
        there = [one for one in dict.fromkeys(said[column].tolist()) if one]
        if len(there) < 2:
            place.keep(**{column: None})
            continue
        key = f"verdicts-{column}"
        place.settled(key, column, [one for one in place.several(column) if one in there])
        st.session_state[key] = [one for one in st.session_state[key] if one in there]  # of another run or tick
        wanted = box.multiselect(label, there, key=key, placeholder="all", format_func=_option)
        place.told(key, column, wanted)
        kept = kept[kept[column].isin(wanted)] if wanted else kept
    place.settled("verdicts-author", "author", place.asked("author"))
    typed = boxes[3].text_input("Author", key="verdicts-author", placeholder="number or name").strip()
    place.told("verdicts-author", "author", typed or None)
    if typed:
        called = run.agents().set_index("agent")["name"].astype(str)
        authors = {int(agent) for agent in called.index[called == typed]} | (
            {int(typed)} if typed.isdecimal() else set()
        )
        kept = kept[kept["agent"].isin(authors)]
    return kept


def _option(one: str) -> str:
    return visible(grounds.place_of(one), 60)


def _table(run: RunFolder, kept: pd.DataFrame) -> None:
    newest = kept.iloc[::-1].head(MOST).reset_index(drop=True)
    table = named(run, newest)
    table["because"] = _because(run, newest)
    table["place"] = [grounds.place_of(by) for by in newest["by"]]
    names = {pair: grounds.who(run, *pair) for pair in dict.fromkeys(zip(newest["by"], newest["tick"], strict=True))}
    table["who"] = [names[pair] for pair in zip(newest["by"], newest["tick"], strict=True)]
    rows = columns(
        table, "look", "tick", "item", "author", "action", "score", "category", "place", "who", "because", "text"
    )
    shown(rows, "verdicts", look=look_column("verdicts-look", newest["item"].tolist()))
    st.caption(
        "Score: how sure whoever said it was that the item breaks the rules, from 0 to 1. Because: why, as far as "
        "the run keeps it."
        + (f" The newest {MOST} of {len(kept):,}." if len(kept) > MOST else f" {len(kept):,} verdicts.")
    )


def _because(run: RunFolder, rows: pd.DataFrame) -> list[str]:
    """Why, for rows of ``grounds.said``: what was noted with a verdict, or what a group of agents concluded."""
    found: dict[int, str] = {}
    for tick, of in rows[rows["row"] >= 0].groupby("tick"):
        told = grounds.words(run, int(str(tick)), of["row"].tolist())
        found |= {place: why for place, (why, _, _) in zip(of.index.tolist(), told, strict=True)}
    rest = rows[rows["row"] < 0]
    groups = moderation_queries.reasons(run, sorted(rest["tick"].unique().tolist()))
    found |= {place: groups[item][2] for place, item in rest["item"].items() if item in groups}  # type: ignore[misc]
    return [found.get(place, "") for place in rows.index]


def _look(name: str, run: RunFolder, said: pd.DataFrame, kept: pd.DataFrame) -> None:
    """The item that the address names, or one chosen here: what everybody said of it, and on which words."""
    there = said["item"][said["item"] >= 0]
    offered = kept["item"][kept["item"] >= 0].iloc[::-1].drop_duplicates().head(MOST).tolist()
    given = place.number("item", -1, 2**31, -1)
    if not offered and not (there == given).any():
        return
    place.settled(_CHOSEN, "item", given if (there == given).any() else offered[0])
    chosen = st.session_state[_CHOSEN]
    if not (there == chosen).any():  # of another run or tick
        chosen = st.session_state[_CHOSEN] = offered[0] if offered else int(there.iloc[-1])
    options = offered if chosen in offered else [chosen, *offered]
    item = int(st.selectbox("Look at a verdict on", options, format_func=lambda one: f"item {one}", key=_CHOSEN))
    place.told(_CHOSEN, "item", item)
    rows = said[said["item"] == item].reset_index(drop=True)
    with st.container(border=True):
        _one(name, run, rows)


def _one(name: str, run: RunFolder, rows: pd.DataFrame) -> None:
    """All verdicts on one item, oldest first, and ways on."""
    of = dict(named(run, rows.head(1)).iloc[0])
    item = int(of["item"])
    st.text(visible(f"Item {item}, {of['name']}, by {of['author']}, published at tick {of['born']}", 200))
    if not of["text"]:
        st.text("(no words were recorded)")
    own = moderation_queries.appeals(run, range(int(rows["tick"].max()) + 1))
    lines = [(int(row["appealed"]), _outcome(row)) for row in own[own["item"] == item].to_dict("records")]
    bare = True
    for row in rows.to_dict("records"):
        if row["by"] == "appeal" and lines:
            st.text("Tick {}: {}".format(*lines.pop(0)))
        bare = _said(name, run, row, str(of["text"])) and bare
    for line in lines:
        st.text("Tick {}: {}".format(*line))
    if bare and of["text"]:
        st.text(visible(of["text"]))
    _ways(name, run, item, int(of["born"]), int(of["wrote"]))


def _said(name: str, run: RunFolder, row: Mapping[Any, Any], text: str) -> bool:
    """One verdict; whether the text of the item is still to be shown."""
    tick, by = int(row["tick"]), str(row["by"])
    who = "" if by.startswith("reader: ") else f" ({grounds.who(run, by, tick)})"
    category = f", {row['category']}" if row["category"] else ""
    st.text(visible(f"Tick {tick}, {grounds.place_of(by)}{who}: {row['action']}, score {row['score']}{category}", 300))
    if row["row"] < 0:
        why = moderation_queries.reasons(run, [tick]).get(int(row["item"]))
        if why is not None:
            st.text(visible(f"Because {why[2]}", 1_000))
            ways.way("conversations", "The conversation that led to it", icon=":material/forum:", run=name,
                     tick=why[0], group=why[1])  # fmt: skip
        return True
    because, spans, evidence = grounds.words(run, tick, [int(row["row"])])[0]
    if because:
        st.text(visible(f"Because {because}", 1_000))
    if by == "author" and spans:
        st.text("It rests on words of the draft, which a run does not keep.")
    elif spans and text:
        st.html(marked(text, spans))
        parts = [text[max(0, start) : end] for start, end in spans[:20]]
        st.text(visible("It rests on: " + ", ".join(f"“{part.strip()}”" for part in parts), 1_000))
    if evidence:
        st.text("Evidence:\n" + "\n".join(f"• {visible(one, _QUOTED)}" for one in evidence[:10]))
    return by == "author" or not spans


def _outcome(row: Mapping[Any, Any]) -> str:
    waits = "which waits for a decision" if row["outcome"] == "waits" else f"{row['outcome']} at tick {row['decided']}"
    return f"its author appealed, {waits}"


def _ways(name: str, run: RunFolder, item: int, born: int, author: int) -> None:
    """Where it came from, a list that it was in, and its author."""
    first, second, third = st.columns([5, 4, 3])
    ways.way("why", "Where it came from, and what came of it", icon=":material/help:", within=first, run=name,
             agent=max(0, author), tick=born, item=item)  # fmt: skip
    for tick in range(born, min(run.info.ticks_done, born + moderation_queries.window_of(run))):
        seen = queries.events_of(run, tick, items=[item], kinds=["shown"])
        if len(seen):
            reader = int(seen["agent"].iloc[0])
            ways.way("feed", "A list that it was in", icon=":material/article:", within=second, run=name, agent=reader,
                     tick=tick)  # fmt: skip
            break
    else:
        second.caption("It was shown to nobody, as far as the run records it.")
    if author >= 0:
        ways.way("agent", "Its author", icon=":material/person:", within=third, run=name, agent=author, tick=born)
