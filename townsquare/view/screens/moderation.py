"""What moderators did and why, what waits, how often they were right; and readers' own rules."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from townsquare.protocols.errors import TownsquareError
from townsquare.protocols.runfolder import RunFolder
from townsquare.view import moderation_queries, place, queries
from townsquare.view.chosen import when
from townsquare.view.drawing import chart, shown
from townsquare.view.safe import plain, visible
from townsquare.view.screens import own_rules
from townsquare.view.ways import way

_ROWS = 500
_RIGHT = {
    "removal_precision": ("Removed rightly", "Of the articles removed so far, the share that states what is not so"),
    "removal_recall": ("False ones removed", "Of the articles that state what is not so, the share removed so far"),
}


def page() -> None:
    """Queue, verdicts, second looks and precision up to a tick; then the rules of readers."""
    st.title("Moderation")
    chosen = place.chosen_run(queries.names_below(place.Root.given().folder))
    if chosen is None:
        return
    name, run = chosen
    try:
        if run.info.ticks_done:
            _body(name, run)
        else:
            st.info("No tick is finished yet.")
        own_rules.section(run)
    except TownsquareError as error:
        st.error(plain(error, 500))


def _body(name: str, run: RunFolder) -> None:
    tick = when(run)
    ticks = range(tick + 1)
    said = moderation_queries.verdicts(run, ticks)
    waiting = moderation_queries.queue(run, tick)
    measures = run.measures()
    columns = st.columns(5)
    out = int(said.groupby("item").tail(1)["verdict"].isin(moderation_queries.OUT).sum())
    facts = {"Verdicts": f"{len(said):,}", "Taken out": f"{out:,}", "Waiting": f"{len(waiting):,}"}
    for measure, (label, _) in _RIGHT.items():
        value = measures.loc[(measures["measure"] == measure) & (measures["tick"] == tick), "value"]
        known = len(value) and value.iloc[0] == value.iloc[0]
        facts[label] = f"{value.iloc[0]:.0%}" if known else "not known"
    for column, (label, fact) in zip(columns, facts.items(), strict=True):
        column.metric(label, fact)
    st.caption(
        f"Up to tick {tick}. Whether a verdict was right is known only where the town knows what is true: towns with "
        "rumours (the scenario team)."
    )
    if said.empty and waiting.empty:
        st.info(_nobody(run))
        return
    _queue(run, waiting)
    _verdicts(name, run, said)
    _again(said)
    _precision(measures, tick)


def _nobody(run: RunFolder) -> str:
    """Why there is nothing to show."""
    scenario = run.info.scenario
    use = scenario.get("moderator")
    if isinstance(use, dict):
        called = visible(use.get("name", ""), 60)
        if called == "none":
            return "This town has no moderator, and nobody disputed anything (setting moderator.name)."
        return f"The moderator {called} has looked at nothing so far."
    if run.info.name == "team":
        return "Nobody disputed anything so far, so nothing was looked at."
    return "In this town nobody moderates and nobody can dispute anything. Try the scenarios team and campaign."


def _queue(run: RunFolder, waiting: pd.DataFrame) -> None:
    st.subheader("What waits")
    if waiting.empty:
        st.text("Nothing waits.")
        return
    table = _named(run, waiting.head(_ROWS))
    shown(_columns(table, "item", "name", "author", "waits", "since", "disputes", "text"), "what waits")
    if len(waiting) > _ROWS:
        st.caption(f"The first {_ROWS} of {len(waiting):,}.")


def _verdicts(name: str, run: RunFolder, said: pd.DataFrame) -> None:
    st.subheader("Verdicts")
    if said.empty:
        st.text("There are none yet.")
        return
    newest = said.iloc[::-1].head(_ROWS).reset_index(drop=True)
    why = moderation_queries.reasons(run, sorted(newest["tick"].unique().tolist()))
    table = _named(run, newest)
    table["because"] = [why[item][2] if item in why else "" for item in table["item"]]
    shown(_columns(table, "tick", "item", "name", "author", "verdict", "score", "because", "text"), "verdicts")
    st.caption(
        "Score: how sure the moderator was that the item breaks the rules, from 0 to 1. "
        + (
            "Because: what the group of agents that looked at it concluded."
            if why
            else "Of this moderator a run keeps verdict and score; no reasons, and no places in the text."
        )
        + (f" The newest {_ROWS} of {len(said):,}." if len(said) > _ROWS else "")
    )
    items = table["item"].drop_duplicates().tolist()
    given = place.number("item", -1, 2**31, items[0])
    item = int(
        st.selectbox(
            "Look at a verdict on",
            items,
            index=items.index(given) if given in items else 0,
            format_func=lambda one: f"item {one}",
        )
    )
    place.keep(item=item)
    _one(name, dict(table[table["item"] == item].iloc[0]), why.get(item))


def _one(name: str, row: Mapping[Any, Any], why: tuple[int, int, str] | None) -> None:
    """One verdict with everything that is known of it, and ways on."""
    item, tick = int(row["item"]), int(row["tick"])
    with st.container(border=True):
        st.text(visible(f"Item {item}, {row['name']}, by {row['author']}", 200))
        st.text(visible(row["text"] or "(no words were recorded)"))
        st.text(visible(f"Tick {tick}: {row['verdict']}, score {row['score']}", 200))
        if why is not None:
            st.text(visible(f"Because {why[2]}", 1_000))
            way("conversations", "The conversation that led to it", icon=":material/forum:", run=name, tick=why[0],
                group=why[1])  # fmt: skip
        way("why", "Where it came from, and what came of it", icon=":material/help:", run=name,
            agent=row["by"], tick=row["born"], item=item)  # fmt: skip


def _again(said: pd.DataFrame) -> None:
    """Appeals as far as there is anything of the kind: items that were looked at again."""
    st.subheader("Appeals and second looks")
    twice = said[said.duplicated("item", keep=False)].sort_values(["item", "tick"])
    if twice.empty:
        st.text("None: every item was looked at once, and authors of these towns cannot appeal.")
    else:
        st.text("Authors of these towns cannot appeal; these items were looked at more than once.")
        shown(twice.head(_ROWS), "second looks")


def _precision(measures: pd.DataFrame, tick: int) -> None:
    for measure, (label, meaning) in _RIGHT.items():
        rows = measures[(measures["measure"] == measure) & (measures["tick"] <= tick)][["tick", "value"]].dropna()
        if len(rows):
            st.subheader(label)
            st.caption(meaning + ".")
            chart(rows, x="tick", y="value", title=label)


def _columns(table: pd.DataFrame, *names: str) -> pd.DataFrame:
    """These columns; those of words only where there are any."""
    return table[[name for name in names if name not in ("text", "because") or table[name].astype(bool).any()]]


def _named(run: RunFolder, table: pd.DataFrame) -> pd.DataFrame:
    """``table`` with the name, the author and the text of its items beside them."""
    about = queries.items(run, table["item"].tolist()).set_index("item")
    called = run.agents()["name"].astype(str)
    items = table["item"]
    author = about["author"].reindex(items).fillna(-1).astype(int) if "author" in about else pd.Series(-1, items)
    return table.assign(
        name=about["name"].reindex(items).fillna("").to_numpy() if "name" in about else "",
        author=called.reindex(author).fillna("the town").to_numpy(),
        by=author.clip(lower=0).to_numpy(),
        born=about["born"].reindex(items).fillna(0).astype(int).to_numpy() if "born" in about else 0,
        text=about["text"].reindex(items).fillna("").to_numpy() if "text" in about else "",
    )
