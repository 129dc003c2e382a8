"""The debates of a trial: who argued what against whom, and what they thought before and after. No Streamlit here."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from townsquare.protocols.debate import OPPONENTS, STAGES, against
from townsquare.protocols.runfolder import RunFolder
from townsquare.view import queries

_KINDS = ("opinion", "rate", "assign", "say", "guess")


@dataclass(frozen=True, slots=True)
class Debate:
    """One debate, as far as it is on record."""

    topic: str
    people: pd.DataFrame
    """One row per debater, pro first: agent, name, group, side, before, after, after_by, moved, took_opponent_for.

    ``moved`` is in points of the scale towards the opponent; NaN where nothing was measured.
    """
    said: pd.DataFrame
    """One row per statement in order: tick, stage, agent, item, text."""


def listed(run: RunFolder) -> pd.DataFrame:
    """Every debate: debate, arm, topic (a number), debaters; empty in a town that has none."""
    agents = run.agents()
    if not {"debate", "arm", "topic"} <= set(agents.columns):
        return pd.DataFrame(columns=["debate", "arm", "topic", "debaters"])
    rows = agents[agents["debate"] >= 0]
    groups = rows.groupby("debate", sort=True)
    made = groups.agg(arm=("arm", "first"), topic=("topic", "first"), debaters=("agent", "size"))
    return made.reset_index()


def topics(run: RunFolder) -> dict[int, str]:
    """What is debated, by number."""
    wanted = sorted(set(listed(run)["topic"].tolist()))
    found = queries.items(run, wanted) if wanted and run.info.ticks_done else pd.DataFrame()
    return {} if found.empty else dict(zip(found["item"].tolist(), found["text"].astype(str), strict=True))


def opened(run: RunFolder, debate: int) -> Debate:
    """One debate with its statements and ratings."""
    agents = run.agents()
    mine = agents[agents["debate"] == debate]
    ids = mine["agent"].tolist()
    frames = [queries.events_of(run, tick, agents=ids, kinds=_KINDS) for tick in run.ticks()]
    events = pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=["agent", "kind", "tick", "item"])
    people = pd.DataFrame([_person(row, events) for row in mine.to_dict("records")])
    said = events[events["kind"] == "say"][["tick", "agent", "item"]].reset_index(drop=True)
    words = queries.items(run, said["item"].tolist()).set_index("item")["text"] if len(said) else pd.Series(dtype=str)
    said["text"] = [str(words.get(item, "")) for item in said["item"]]
    said.insert(1, "stage", [STAGES[tick] if tick < len(STAGES) else str(tick) for tick in said["tick"]])
    known = topics(run)
    topic = known.get(int(mine["topic"].iloc[0]), "") if len(mine) else ""
    return Debate(topic, people.sort_values("side", ascending=False, ignore_index=True), said)


def _person(row: Mapping[Any, Any], events: pd.DataFrame) -> dict[str, Any]:
    mine = events[events["agent"] == row["agent"]]

    def value(kind: str, *why: str) -> float:
        found = mine[(mine["kind"] == kind) & mine["why"].isin(why)] if len(mine) else mine
        return float(found["value"].iloc[-1]) if len(found) else float("nan")

    sided, before, after = value("assign", ""), value("opinion", "before"), value("opinion", "after", "drawn")
    guess = value("guess", "")
    last = mine[(mine["kind"] == "opinion") & mine["why"].isin(("after", "drawn"))] if len(mine) else mine
    measured = sided == sided and before == before and after == after
    return {
        "agent": row["agent"],
        "name": row["name"],
        "group": row["group"],
        "side": {1.0: "pro", -1.0: "con"}.get(sided, ""),
        "before": before,
        "after": after,
        "after_by": {"after": "said", "drawn": "drawn from the trial"}.get(str(last["why"].iloc[-1]), "")
        if len(last)
        else "",
        "moved": against(int(after), int(sided)) - against(int(before), int(sided)) if measured else float("nan"),
        "took_opponent_for": OPPONENTS[int(guess)] if guess in (0.0, 1.0) else "",
    }
