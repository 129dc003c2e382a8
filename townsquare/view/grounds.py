"""Every verdict of a run with its grounds: by whom, on what, why, and on which words. No Streamlit here.

The grounds are those of ``verdicts/`` (docs/run-folder.md); where a run keeps none, verdicts are those of its events.
"""

import json
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import pandas as pd

from townsquare.protocols.errors import TownsquareError
from townsquare.protocols.runfolder import RunFolder
from townsquare.runs import scenario_of
from townsquare.view import moderation_queries, segments

_COLUMNS = ("item", "agent", "by", "action", "score", "category")
_WORDS = ("rationale", "spans", "evidence")
_MOST = 100
"""Spans and pieces of evidence that are read of one verdict."""
PLACES = {
    "author": "author, before posting",
    "channel": "channel",
    "reviewer": "reviewer, of what was held",
    "appeal": "reviewer, of appeals",
}
"""Where a verdict was given, by its ``by``; the others are readers' policies."""


def said(run: RunFolder, ticks: Sequence[int]) -> pd.DataFrame:
    """Every verdict in order: tick, item (-1 for a draft that was not posted), agent (its author, -1 for the town), by,
    action, score, category, row (its place in ``verdicts/`` of the tick, -1 where it has none).

    Of an item that is looked at again and held again only the first time counts.
    """
    frames = [_noted(run, tick) if run.segment("verdicts", tick).exists() else _ruled(run, tick) for tick in ticks]
    if not frames:
        return pd.DataFrame(columns=["tick", *_COLUMNS, "row"])
    table = pd.concat(frames, ignore_index=True)
    nobody = (table["row"] < 0) & (table["item"] >= 0)
    if nobody.any():
        by = moderation_queries.authors(run, ticks)
        table.loc[nobody, "agent"] = by.reindex(table.loc[nobody, "item"]).fillna(-1).to_numpy().astype(int)
    before = table[table["by"] == "channel"].groupby("item")["action"].shift()
    again = (table["action"] == "hold") & (before.reindex(table.index) == "hold")
    return table[~again].reset_index(drop=True)


def place_of(by: str) -> str:
    """Where a verdict was given, in words."""
    return PLACES.get(by, by.replace("reader: ", "reader, policy ", 1))


def who(run: RunFolder, by: str, tick: int) -> str:
    """Who gave a verdict: the name of a moderator or of a policy."""
    if by in ("reviewer", "appeal"):
        return "the simulated reviewer"
    if by.startswith("reader: "):
        return by.removeprefix("reader: ")
    told: Any = run.info.scenario
    if by == "author":
        told = told.get("author")
        use = told.get("advice") if isinstance(told, dict) else None
    else:
        use = told.get("moderator")
        if run.info.scenario.get("changes"):
            with suppress(TownsquareError):  # for a scenario that is none any more, what stands at its head will do
                use = scenario_of(run).at(tick).model_dump(mode="json").get("moderator", use)
    if isinstance(use, dict):
        return str(use.get("name", ""))
    return "a group of agents" if run.info.name == "team" else ""


def words(run: RunFolder, tick: int, rows: Sequence[int]) -> list[tuple[str, list[tuple[int, int]], list[str]]]:
    """Of rows of ``verdicts/`` of a tick: why, in words; the parts of the text that it rests on; what else it does."""
    table = segments.rows(run.segment("verdicts", tick), *_WORDS).take(list(rows))
    columns = (table[name].to_pylist() for name in _WORDS)
    return [(str(why or ""), _spans(spans), _texts(evidence)) for why, spans, evidence in zip(*columns, strict=True)]


def _noted(run: RunFolder, tick: int) -> pd.DataFrame:
    table = segments.rows(run.segment("verdicts", tick), *_COLUMNS).to_pandas()
    table["score"] = table["score"].astype(float).round(3)
    for column in ("by", "action", "category"):
        table[column] = table[column].fillna("").astype(str)
    return table.assign(tick=tick, row=range(len(table)))[["tick", *_COLUMNS, "row"]]


def _ruled(run: RunFolder, tick: int) -> pd.DataFrame:
    table = moderation_queries.verdicts(run, [tick]).rename(columns={"verdict": "action"})
    return table.assign(agent=-1, by="channel", category="", row=-1)[["tick", *_COLUMNS, "row"]]


def _spans(text: object) -> list[tuple[int, int]]:
    """Pairs of places; what is none is passed over, for a run folder is somebody else's."""
    found = []
    for one in _listed(text):
        if isinstance(one, list) and len(one) == 2 and all(type(place) is int for place in one):
            found.append((one[0], one[1]))
    return found


def _texts(text: object) -> list[str]:
    return [one for one in _listed(text) if isinstance(one, str)]


def _listed(text: object) -> list[Any]:
    try:
        told = json.loads(str(text))
    except (ValueError, RecursionError):
        return []
    return told[:_MOST] if isinstance(told, list) else []
