"""What moderators did in a run: verdicts and why, what waits, what was kept from readers."""

import json
import re
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from townsquare.protocols.events import REASONS
from townsquare.protocols.runfolder import RunFolder
from townsquare.view import segments

OUT = ("remove", "hold")
"""Verdicts after which an item is put before nobody, for good or until a person has looked at it."""
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


def disputes(run: RunFolder, ticks: Sequence[int]) -> pd.DataFrame:
    """Items that readers disputed: item, disputes (how many), first (tick); most disputed first."""
    frames = [_of(run, tick, "dispute") for tick in ticks]
    rows = pd.concat(frames, ignore_index=True) if frames else _empty()
    found = rows.groupby("item").agg(disputes=("tick", "size"), first=("tick", "min")).reset_index()
    return found.sort_values(["disputes", "item"], ascending=[False, True]).reset_index(drop=True)


def queue(run: RunFolder, tick: int) -> pd.DataFrame:
    """What waits after ``tick``: item, waits (why), since (tick), disputes.

    An item waits while readers dispute it and no moderator has looked at it, or while its last verdict is that a person
    is to look at it.
    """
    ticks = range(tick + 1)
    said, asked = verdicts(run, ticks), disputes(run, ticks)
    seen = set(said["item"].tolist())
    waiting = asked[~asked["item"].isin(seen)]
    rows = [
        {"item": int(row["item"]), "waits": "disputed, and nobody has looked at it", "since": int(row["first"]),
         "disputes": int(row["disputes"])}
        for row in waiting.to_dict("records")
    ]  # fmt: skip
    count = dict(zip(asked["item"].tolist(), asked["disputes"].tolist(), strict=True))
    last = said.groupby("item").tail(1)
    for row in last[last["verdict"] == "hold"].to_dict("records"):
        rows.append(
            {"item": int(row["item"]), "waits": "held until a person looks at it", "since": int(row["tick"]),
             "disputes": int(count.get(row["item"], 0))}
        )  # fmt: skip
    return pd.DataFrame(rows, columns=["item", "waits", "since", "disputes"])


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
    table = segments.rows(run.segment("events", tick), "agent", "item", "value", "why", kind=kind)
    return table.to_pandas().assign(tick=tick)


def _empty() -> pd.DataFrame:
    return pd.DataFrame({"tick": [], "agent": [], "item": [], "value": [], "why": []}, dtype=int)
