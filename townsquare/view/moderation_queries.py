"""What moderators did in a run, from its events: verdicts and why, appeals, what waits, what was kept from readers."""

import json
import re
from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import pyarrow.compute as pc

from townsquare.protocols.events import KIND, REASONS
from townsquare.protocols.runfolder import RunFolder
from townsquare.view import segments

OUT = ("remove", "hold")
"""Verdicts after which an item is put before nobody, for good or until a person has looked at it."""
HELD, APPEAL = 1, 2
"""The ``rank`` of a reviewer's verdict: on a post that was held, on the appeal of an author."""
_ABOUT = re.compile(r"\barticle (\d+)\b")
_COLUMNS = ["tick", "item", "verdict", "score"]


def verdicts(run: RunFolder, ticks: Sequence[int], items: Sequence[int] | None = None) -> pd.DataFrame:
    """Verdicts in order: tick, item, verdict, score (how sure that it breaks the rules, 0 to 1)."""
    frames = [_of(run, tick, "verdict") for tick in ticks]
    rows = pd.concat(frames, ignore_index=True) if frames else _empty()
    table = pd.DataFrame(
        {
            "tick": rows["tick"],
            "item": rows["item"],
            "verdict": [REASONS[code] if 0 <= code < len(REASONS) else str(code) for code in rows["why"]],
            "score": rows["value"].round(3),
        }
    )
    return table if items is None else table[table["item"].isin(list(items))].reset_index(drop=True)


def authors(run: RunFolder, ticks: Sequence[int]) -> "pd.Series[int]":
    """The author of each item published in ``ticks``, by item; -1 for those that are the town's."""
    frames = [segments.rows(run.segment("items", tick), "item", "author").to_pandas() for tick in ticks]
    table = pd.concat(frames, ignore_index=True) if frames else pd.DataFrame({"item": [], "author": []}, dtype=int)
    return table.set_index("item")["author"]


def appeals(run: RunFolder, ticks: Sequence[int]) -> pd.DataFrame:
    """Verdicts that authors disputed, in the order in which they did: item, agent (the author), against (the verdict),
    appealed (tick), decided (tick; missing while it waits), outcome (granted, upheld, waits).
    """
    frames = [_of(run, tick, "dispute") for tick in ticks]
    asked = pd.concat(frames, ignore_index=True) if frames else _empty()
    own = asked[asked["agent"] == authors(run, ticks).reindex(asked["item"]).to_numpy()] if len(asked) else asked
    reviewed = _reviewed(run, ticks if len(own) else ())
    ruled = verdicts(run, ticks, own["item"].tolist()) if len(own) else pd.DataFrame(columns=_COLUMNS)
    rows = []
    for row in own.to_dict("records"):
        item, tick = int(row["item"]), int(row["tick"])
        before = ruled.loc[(ruled["item"] == item) & (ruled["tick"] <= tick), "verdict"]
        decided, outcome = reviewed.get(item, (None, "waits"))
        rows.append({"item": item, "agent": int(row["agent"]), "against": before.iloc[0] if len(before) else "",
                     "appealed": tick, "decided": decided, "outcome": outcome})  # fmt: skip
    table = pd.DataFrame(rows, columns=["item", "agent", "against", "appealed", "decided", "outcome"])
    return table.astype({"decided": "Int64"})


def _reviewed(run: RunFolder, ticks: Sequence[int]) -> dict[int, tuple[int, str]]:
    """Of items about which an appeal was decided: the tick, and whether it was granted or the verdict upheld."""
    found: dict[int, tuple[int, str]] = {}
    for tick in ticks:
        rows = _of(run, tick, "verdict")
        for row in rows[rows["rank"] == APPEAL].to_dict("records"):
            found.setdefault(int(row["item"]), (tick, "granted" if row["value"] < 0.5 else "upheld"))
    return found


def disputes(run: RunFolder, ticks: Sequence[int]) -> pd.DataFrame:
    """Items that readers disputed: item, disputes (how many), first (tick); most disputed first."""
    frames = [_of(run, tick, "dispute") for tick in ticks]
    rows = pd.concat(frames, ignore_index=True) if frames else _empty()
    found = rows.groupby("item").agg(disputes=("tick", "size"), first=("tick", "min")).reset_index()
    return found.sort_values(["disputes", "item"], ascending=[False, True]).reset_index(drop=True)


def queue(run: RunFolder, tick: int) -> pd.DataFrame:
    """What waits after ``tick``: item, waits (why), since (tick), disputes (of readers).

    An item waits while readers dispute it and no moderator has looked at it, while its last verdict is that a person is
    to look at it, and while the appeal of its author is not decided.
    """
    ticks = range(tick + 1)
    said, asked, own = verdicts(run, ticks), disputes(run, ticks), appeals(run, ticks)
    count = dict(zip(asked["item"].tolist(), asked["disputes"].tolist(), strict=True))
    rows = []
    unseen = asked[~asked["item"].isin(set(said["item"].tolist()) | set(own["item"].tolist()))]
    for row in unseen.to_dict("records"):
        rows.append((int(row["item"]), "disputed, and nobody has looked at it", int(row["first"])))
    last = said.groupby("item").tail(1)
    for row in last[last["verdict"] == "hold"].to_dict("records"):
        first = said.loc[(said["item"] == row["item"]) & (said["verdict"] == "hold"), "tick"].min()
        rows.append((int(row["item"]), "held for review", int(first)))
    for row in own[own["outcome"] == "waits"].to_dict("records"):
        rows.append((int(row["item"]), "its author appealed", int(row["appealed"])))
        count[int(row["item"])] = count.get(int(row["item"]), 1) - 1  # an author is no reader
    table = pd.DataFrame(rows, columns=["item", "waits", "since"])
    return table.assign(disputes=[count.get(item, 0) for item in table["item"]])


def window_of(run: RunFolder) -> int:
    """Ticks for which an item goes round, as the scenario says; 10 where it does not."""
    scenario = run.info.scenario
    timeline = scenario.get("timeline")
    found = timeline.get("window") if isinstance(timeline, dict) else scenario.get("window")
    return found if isinstance(found, int) and 0 < found < 1_000 else 10


def kept_back(run: RunFolder, tick: int) -> pd.DataFrame:
    """What nobody could be shown at ``tick``: verdicts (as ``verdicts``) that took an item out while it went round."""
    said = verdicts(run, range(max(0, tick - window_of(run) + 1), tick + 1))
    last = said.groupby("item").tail(1)
    return last[last["verdict"].isin(OUT)].reset_index(drop=True)


def reasons(run: RunFolder, ticks: Sequence[int]) -> dict[int, tuple[int, int, str]]:
    """For items that a group of agents looked at: tick, number of the group, and its conclusion in words."""
    found: dict[int, tuple[int, int, str]] = {}
    for tick in ticks:
        path = run.segment("conversations", tick)
        if path.exists():
            found |= {item: (tick, group, told) for item, group, told in _concluded(path)}
    return found


def _concluded(path: Path) -> tuple[tuple[int, int, str], ...]:
    """Item, group and conclusion of each group of a segment whose goal names an article."""
    rows = segments.rows(path, "group", "kind", "text").to_pandas()
    found = []
    for group, steps in rows.groupby("group"):
        goals, ends = steps.loc[steps["kind"] == "opened", "text"], steps.loc[steps["kind"] == "ended", "text"]
        named = _ABOUT.search(str(goals.iloc[0])) if len(goals) else None
        if named is not None:
            found.append((int(named.group(1)), int(group), _sentence(str(ends.iloc[-1])) if len(ends) else "not ended"))
    return tuple(found)


def _sentence(text: str) -> str:
    """A conclusion as a sentence: those of a judge are JSON with a verdict and what it rests on."""
    try:
        told = json.loads(text)
    except ValueError:
        return text
    if not isinstance(told, dict):
        return text
    return "; ".join(f"{key}: {value}" for key, value in told.items())


def actions(said: pd.DataFrame) -> pd.DataFrame:
    """How often each verdict was given, tick by tick: tick, and one column per verdict."""
    if said.empty:
        return pd.DataFrame({"tick": []})
    return pd.crosstab(said["tick"], said["verdict"]).reset_index().rename_axis(None, axis=1)


def _of(run: RunFolder, tick: int, kind: str) -> pd.DataFrame:
    """Verdicts or disputes of a tick; both are read at once, for whoever asks for one asks for the other."""
    columns = ("agent", "kind", "item", "value", "rank", "why")
    table = segments.rows(run.segment("events", tick), *columns, kind=("verdict", "dispute"))
    return table.filter(pc.equal(table["kind"], KIND[kind])).to_pandas().assign(tick=tick)


def _empty() -> pd.DataFrame:
    return pd.DataFrame({"tick": [], "agent": [], "item": [], "value": [], "rank": [], "why": []}, dtype=int)
