"""What an agent saw at a tick, in order, why each item was there, what moderators said, and what the agent did."""

import math
from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from townsquare.protocols.runfolder import RunFolder
from townsquare.view import grounds, moderation_queries, queries
from townsquare.view.chosen import opened, steps, when, who
from townsquare.view.drawing import numbers
from townsquare.view.safe import plain, visible
from townsquare.view.ways import way

__all__ = ["WHY", "page", "when", "who"]

WHY = {
    "match": "the recommender chose it",
    "fill": "a place that its source could not fill, filled at random",
    "cold_start": "a place for new items",
    "hot": "a place for what is liked most",
    "promoted": "a place for what is promoted",
    "first": "the random list of the first tick",
    "followed": "somebody it follows wrote it",
    "first audience": "it was pushed to those who are to see it first",
}
_SCORED = (
    "Score: what the recommender ranked this list by, the higher the better. It can be compared within this list only "
    "(of a mixture, within one of its parts). What came another way has none."
)
_UNSCORED = "The recommender's scores were not recorded in this run; a run with record.scores=true shows them here."
_MOST = 100
_DID = {
    "click": "opened it",
    "like": "liked it",
    "rate": "rated it",
    "dispute": "disputed it",
    "opinion": "changed its mind",
    "post": "wrote after it",
}


def page() -> None:
    """Choose run, agent and tick; the list comes with a line of why per item, and a way to the page Why."""
    opened("Feed", _body)


def _body(name: str, run: RunFolder) -> None:
    agent, agents = who(run)
    tick = when(run)
    mine = agents.set_index("agent").loc[agent]
    st.subheader(plain(f"What {mine['name']} ({mine['group']}) saw at tick {tick}", 200), anchor=False)
    steps(tick, run.info.ticks_done - 1)
    shown = queries.feed(run, agent, tick)
    rows = queries.events_of(run, tick, agents=[agent])
    called = agents["name"].astype(str)
    if shown.empty:
        st.info(_nothing(run, rows))
        _posts(name, run, agent, tick, rows)
    else:
        _summary(shown, rows)
        said = _verdicts(run, shown, tick)
        for row in (dict(one) for _, one in shown.head(_MOST).iterrows()):
            _place(name, agent, tick, row, rows[rows["item"] == row["item"]], said.get(int(row["item"]), ""), called)
        if len(shown) > _MOST:
            st.caption(f"The first {_MOST} of {len(shown):,} places.")
        numbers(shown, f"feed of agent {agent} at tick {tick}")
    _kept_back(run, tick)
    _kept_from(run, str(mine.get("policy", "")), tick)
    way("agent", "Everything about this agent", icon=":material/person:", run=name, agent=agent, tick=tick)


def _nothing(run: RunFolder, rows: pd.DataFrame) -> str:
    record = run.info.scenario.get("record")
    if isinstance(record, dict) and record.get("exposures") is False:
        return "What is shown was not recorded in this run (record.exposures = false)."
    did = "It did something all the same; that is below." if (rows["kind"] == "post").any() else ""
    return f"Nothing was put before this agent in this tick. {did}"


def _summary(shown: pd.DataFrame, rows: pd.DataFrame) -> None:
    """How many places there were, where they came from, and how many of them it did something with."""
    sources = shown["why"].value_counts(sort=False)
    came = ", ".join(f"{count} × {WHY.get(str(why), str(why))}" for why, count in sources.items())
    done = {
        word: int(rows.loc[(rows["kind"] == kind) & rows["item"].isin(shown["item"]), "item"].nunique())
        for kind, word in (("click", "opened"), ("like", "liked"), ("rate", "rated"), ("dispute", "disputed"))
    }
    did = ", ".join(f"{count} {word}" for word, count in done.items() if count) or "nothing opened"
    st.caption(plain(f"{len(shown)} places: {came}. Of these, {did}.", 1_000))
    if (shown["why"] == "match").any():
        st.caption(_SCORED if shown["score"].notna().any() else _UNSCORED)


def _verdicts(run: RunFolder, shown: pd.DataFrame, tick: int) -> dict[int, str]:
    """The last verdict on each item by then, in words."""
    first = max(0, tick - moderation_queries.window_of(run))
    said = moderation_queries.verdicts(run, range(first, tick + 1), shown["item"].tolist())
    return {
        int(row["item"]): f"moderator, tick {row['tick']}: {row['verdict']} (score {row['score']:.2f})"
        for row in said.to_dict("records")
    }


def _place(
    name: str,
    agent: int,
    tick: int,
    row: Mapping[str, Any],
    events: pd.DataFrame,
    verdict: str,
    called: "pd.Series[str]",
) -> None:
    """One place of the list."""
    item = int(row["item"])
    with st.container(border=True):
        left, middle, right, last = st.columns([1, 9, 8, 5], vertical_alignment="center")
        left.text(f"{row['rank']}")
        author = str(called.get(row["author"], "the town"))
        middle.text(visible(f"{row['name']}, by {author}", 200))
        if row["text"]:
            middle.text(visible(row["text"], 400))
        score = "" if math.isnan(row["score"]) else f"Score: {row['score']:.6g}"
        told = [f"Why: {WHY.get(row['why'], row['why'])}", score, verdict, f"Did: {_did(events)}"]
        right.text("\n".join(visible(line, 200) for line in told if line))
        way("why", "Why was it here?", icon=":material/help:", within=last, run=name, agent=agent, tick=tick,
            item=item)  # fmt: skip


def _did(events: pd.DataFrame) -> str:
    """What the agent did with one item."""
    found = []
    for kind, word in _DID.items():
        mine = events[events["kind"] == kind]
        if mine.empty:
            continue
        value = float(mine["value"].iloc[-1])
        more = {"rate": f" {value:g}", "opinion": f", now {value:.3f}", "like": f" (worth {value:.2f} to it)"}
        found.append(word + more.get(kind, ""))
    return ", ".join(found) or "passed it over"


def _posts(name: str, run: RunFolder, agent: int, tick: int, rows: pd.DataFrame) -> None:
    """What an agent that reads nothing wrote."""
    wrote = rows.loc[rows["kind"].isin(["post", "say"]), "item"].tolist()[:_MOST]
    about = queries.items(run, wrote)
    for row in about.to_dict("records"):
        with st.container(border=True):
            left, right = st.columns([8, 4])
            left.text(visible(f"wrote {row['name']}", 200))
            if row["text"]:
                left.text(visible(row["text"], 400))
            way("why", "What came of it", icon=":material/help:", within=right, run=name, agent=agent, tick=tick,
                item=int(row["item"]))  # fmt: skip


def _kept_back(run: RunFolder, tick: int) -> None:
    """What moderators kept from everybody at this tick, by name."""
    out = moderation_queries.kept_back(run, tick)
    if out.empty:
        return
    with st.expander(f"Kept from everybody by moderators at this tick: {len(out):,} items"):
        about = queries.items(run, out["item"].head(_MOST).tolist()).set_index("item")
        for row in out.head(_MOST).to_dict("records"):
            named = about["name"].get(row["item"], f"item {row['item']}")
            st.text(visible(f"{named}: {row['verdict']} at tick {row['tick']}, score {row['score']:.2f}", 200))


def _kept_from(run: RunFolder, policy: str, tick: int) -> None:
    """What the policy of this reader kept from it, of what goes round at this tick."""
    if not policy:
        return
    said = grounds.said(run, range(max(0, tick - moderation_queries.window_of(run) + 1), tick + 1))
    out = said[(said["by"] == f"reader: {policy}") & (said["action"] == "remove")]
    if out.empty:
        return
    with st.expander(plain(f"Kept from this reader by its policy, {policy}: {len(out):,} items")):
        about = queries.items(run, out["item"].head(_MOST).tolist()).set_index("item")
        for row in out.head(_MOST).to_dict("records"):
            named = about["name"].get(row["item"], f"item {row['item']}")
            st.text(visible(f"{named}: taken for {row['category']} at tick {row['tick']}", 200))
