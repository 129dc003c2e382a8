"""What moderators did and why, what waits, appeals, how often they were right; and readers' own rules."""

import pandas as pd
import streamlit as st

from townsquare.dashboard.labels import label_of
from townsquare.protocols.errors import TownsquareError
from townsquare.protocols.runfolder import RunFolder
from townsquare.view import grounds, moderation_queries, place, queries
from townsquare.view.chosen import when
from townsquare.view.drawing import chart, facts, shown
from townsquare.view.safe import plain, visible
from townsquare.view.screens import own_rules, verdicts
from townsquare.view.screens.verdicts import MOST, columns, look_column, named

_RIGHT = {
    "Acted on rightly": ("removal_precision", "flagged_precision"),
    "Of the bad, found": ("removal_recall", "flagged_recall"),
}
"""How often moderators were right, in the measures of the towns that know."""
_CURVES = ("removal_precision", "removal_recall", "flagged_precision", "flagged_recall", "flagged_fpr", "harm_shown",
           "review_waiting")  # fmt: skip


def page() -> None:
    """Queue, verdicts, appeals and precision up to a tick; then the rules of readers."""
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
    said = grounds.said(run, ticks)
    waiting = moderation_queries.queue(run, tick)
    appeals = moderation_queries.appeals(run, ticks)
    measures = run.measures()
    _facts(run, said, waiting, appeals, measures[measures["tick"] == tick])
    st.caption(
        f"Up to tick {tick}; the last two are of that tick alone. – stands where nothing was acted on, and in towns "
        "that do not know which posts are bad: only those of the scenarios team and moderation do."
    )
    if said.empty and waiting.empty:
        st.info(_nobody(run))
        return
    _queue(run, waiting)
    verdicts.section(name, run, said)
    _appeals(run, appeals, said)
    _curves(measures[measures["tick"] <= tick])


def _facts(run: RunFolder, said: pd.DataFrame, waiting: pd.DataFrame, appeals: pd.DataFrame, now: pd.DataFrame) -> None:
    ruled = moderation_queries.verdicts(run, range(int(said["tick"].max()) + 1)) if len(said) else said
    out = int(ruled.groupby("item").tail(1)["verdict"].isin(moderation_queries.OUT).sum()) if len(said) else 0
    told = {
        "Verdicts": f"{len(said):,}",
        "Taken out": f"{out:,}",
        "Waiting": f"{len(waiting):,}",
        "Appeals granted": f"{(appeals['outcome'] == 'granted').sum():,} of {len(appeals):,}",
    }
    for label, of in _RIGHT.items():
        values = now.loc[now["measure"].isin(of), "value"].dropna()
        told[label] = f"{values.iloc[0]:.0%}" if len(values) else "–"
    facts(told)


def _nobody(run: RunFolder) -> str:
    """Why there is nothing to show."""
    scenario = run.info.scenario
    use = scenario.get("moderator")
    if isinstance(use, dict):
        called = visible(use.get("name", ""), 60)
        if called == "none":
            return "This town has no moderator, and nobody disputed anything (setting moderator.name)."
        return plain(f"The moderator {called} has looked at nothing so far.")
    if run.info.name == "team":
        return "Nobody disputed anything so far, so nothing was looked at."
    return "In this town nobody moderates and nobody can dispute anything. Try the scenarios moderation and team."


def _queue(run: RunFolder, waiting: pd.DataFrame) -> None:
    st.subheader("What waits")
    if waiting.empty:
        st.text("Nothing waits.")
        return
    rows = waiting.head(MOST)
    table = columns(named(run, rows), "look", "item", "author", "waits", "since", "disputes", "text")
    shown(table, "what waits", look=look_column("queue-look", rows["item"].tolist()))
    if len(waiting) > MOST:
        st.caption(f"The first {MOST} of {len(waiting):,}.")


def _appeals(run: RunFolder, appeals: pd.DataFrame, said: pd.DataFrame) -> None:
    """What authors did not take, and what came of it; where nobody can appeal, what was looked at again."""
    st.subheader("Appeals")
    if len(appeals):
        newest = appeals.iloc[::-1].head(MOST)
        table = columns(
            named(run, newest), "look", "item", "author", "against", "appealed", "decided", "outcome", "text"
        )
        shown(table, "appeals", look=look_column("appeals-look", newest["item"].tolist()))
        st.caption(
            "Authors who did not take the verdict they appealed against (ticks). Granted: the reviewer found nothing "
            "wrong with the item, and it is shown again." + _more(len(appeals))
        )
        return
    if "review" in run.info.scenario:
        st.text("No author has appealed.")
        return
    twice = said[said.duplicated("item", keep=False)].sort_values(["item", "tick"])
    st.text(
        "Authors of this town cannot appeal (those of the scenario moderation can)"
        + (", and every item was looked at once." if twice.empty else "; these items were looked at more than once.")
    )
    if len(twice):
        shown(twice.head(MOST)[["item", "tick", "action", "score"]], "second looks")


def _more(count: int) -> str:
    return f" The newest {MOST} of {count:,}." if count > MOST else ""


def _curves(measures: pd.DataFrame) -> None:
    """How moderation went, tick by tick, two side by side."""
    there = [one for one in _CURVES if measures.loc[measures["measure"] == one, "value"].notna().any()]
    for first in range(0, len(there), 2):
        for column, measure in zip(st.columns(2), there[first : first + 2], strict=False):
            label = label_of(measure)
            rows = measures.loc[measures["measure"] == measure, ["tick", "value"]].dropna()
            with column:
                st.subheader(label.label)
                st.caption(f"{label.meaning} Unit: {label.unit}.")
                chart(rows, x="tick", y="value", title=label.label)
