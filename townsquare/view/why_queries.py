"""Why an item lay before an agent: what the town knew of both when the list was made."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from townsquare.protocols.errors import TownsquareError
from townsquare.protocols.runfolder import RunFolder
from townsquare.runs import scenario_of
from townsquare.sim.scenarios.feed import FeedScenario
from townsquare.view import graph_queries, queries
from townsquare.view.moderation_queries import window_of

CLOSED = {
    "match": ("recommender.name", "random", "the recommender chooses at random"),
    "cold_start": ("slate.cold_start", 0.0, "there are no places for new items"),
    "hot": ("slate.hot", 0.0, "there are no places for what is liked most"),
    "promoted": ("slate.promoted", 0.0, "nothing is promoted"),
    "followed": ("timeline.followed", 0.0, "there are no places for those it follows"),
    "first audience": ("timeline.first", 0.0, "nothing is pushed to a first audience"),
}
"""For each source of a place: the setting that closes it, its value, and what that means."""


@dataclass(frozen=True, slots=True)
class Known:
    """What lay in the log before the list was made."""

    ticks: range
    """The ticks that were looked at: those for which an item goes round."""
    likes: int
    """Likes of the item in them, by anybody."""
    likers: int
    """How many of those who liked it liked something that the agent liked too."""
    same_author: list[int]
    """Items of the same author that the agent liked."""
    same_category: list[int]
    """Items of the same category that the agent liked."""


@dataclass(frozen=True, slots=True)
class Otherwise:
    """A change with which an item would not have come."""

    label: str
    """What would be otherwise, in a few words."""
    settings: Mapping[str, Any]
    """What a fork from before the tick has to set."""
    meaning: str
    """The same as a clause."""


def known(run: RunFolder, agent: int, item: int, tick: int) -> Known:
    """What a recommender could go by: likes in the ticks before, of the agent and of others.

    Nothing here says what the recommender made of it; most of them cannot say it either.
    """
    ticks = range(max(0, tick - window_of(run)), tick)
    frames = [queries.events_of(run, one, kinds=["like"])[["agent", "item"]] for one in ticks]
    likes = pd.concat(frames, ignore_index=True) if frames else pd.DataFrame({"agent": [], "item": []}, dtype=int)
    mine = likes.loc[likes["agent"] == agent, "item"].drop_duplicates().tolist()
    theirs = set(likes.loc[likes["item"] == item, "agent"].tolist()) - {agent}
    shared = set(likes.loc[likes["item"].isin(mine) & (likes["agent"] != agent), "agent"].tolist())
    about = queries.items(run, [item, *mine]).set_index("item")
    author, category = _of(about, item, "author"), _of(about, item, "category")
    return Known(
        ticks,
        int((likes["item"] == item).sum()),
        len(theirs & shared),
        [one for one in mine if author >= 0 and _of(about, one, "author") == author],
        [one for one in mine if category >= 0 and _of(about, one, "category") == category],
    )


def by_score(run: RunFolder, rows: pd.DataFrame, item: int) -> str:
    """An item's score, and its place by score among what the recommender chose for a list, in words.

    ``rows`` are an agent's events of a tick; "" where the item was not shown, came another way, or no score is kept.
    """
    shown = rows[rows["kind"] == "shown"]
    scores = queries.scores(run, shown).dropna()
    own = scores[shown["item"] == item]
    if own.empty:
        return ""
    score = float(own.iloc[0])
    tied = ", tied" if int((scores == score).sum()) > 1 else ""
    return f"score {score:.6g}, number {1 + int((scores > score).sum())} of the {len(scores)} it chose{tied}"


def inspired(run: RunFolder, item: int) -> pd.DataFrame:
    """Posts that rest on an item: tick, agent, item; oldest first."""
    made = graph_queries.posts(run)
    return made[made["ref"] == item].sort_values(["tick", "item"])[["tick", "agent", "item"]].reset_index(drop=True)


def otherwise(run: RunFolder, agent: int, item: int, tick: int, why: str | None) -> list[Otherwise]:
    """The changes at ``tick`` with which an item would not have lain before an agent, the narrowest first.

    ``why`` is the source of its place in the agent's list, "" where that is not known; None where it lay in no list of
    this agent's, so that it can only be kept from everybody. Empty for a town that has no lists. What is withheld
    already stays so.
    """
    try:
        scenario = scenario_of(run)
    except TownsquareError:
        return []
    if not isinstance(scenario, FeedScenario):
        return []
    already = [one.model_dump(exclude_none=True) for one in scenario.at(tick).withheld]
    alone = Otherwise("Not shown to this reader", {"withheld": [*already, {"item": item, "agent": agent}]},
                      "this reader's lists are without it, and something else has its place")  # fmt: skip
    nobody = Otherwise("Not shown to anybody", {"withheld": [*already, {"item": item}]},
                       "it is in nobody's list, and something else has its place")  # fmt: skip
    closed = closing(run, why or "")
    if why is None:
        return [nobody]
    if closed is None:
        return [alone, nobody]
    setting, value, meaning = closed
    return [alone, nobody, Otherwise("The way closed by which it came", {setting: value}, meaning)]


def closing(run: RunFolder, why: str) -> tuple[str, object, str] | None:
    """The setting that closes the way by which an item came, as far as the scenario has it and it is open."""
    found = CLOSED.get(why)
    if found is None:
        return None
    top, _, key = found[0].partition(".")
    section = run.info.scenario.get(top)
    return found if isinstance(section, dict) and key in section and section[key] != found[1] else None


def _of(about: pd.DataFrame, item: int, column: str) -> int:
    value = about[column].get(item, -1) if column in about else -1
    return int(value) if value == value else -1
