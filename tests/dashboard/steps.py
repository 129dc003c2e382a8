"""Conversations by hand."""

import pandas as pd

TEAM = "desk finder judge"
_KEYS = ("kind", "sender", "receivers", "state", "text", "status")


def group(*steps: tuple[str, ...], tick: int = 1, number: int = 0) -> pd.DataFrame:
    rows = [dict(zip(_KEYS, (*step, *("",) * (6 - len(step))), strict=True)) for step in steps]
    fixed = {"tick": tick, "group": number, "type": "", "task": "", "communication": 0, "work": 0}
    return pd.DataFrame([{**fixed, "step": n, **row} for n, row in enumerate(rows)])


CHECK = (
    ("opened", "desk", TEAM, "discussion", "Is it so?"),
    ("floor", "server", "desk", "discussion"),
    ("say", "desk", TEAM, "sync", "finder, please look"),
    ("task", "desk", "finder", "sync", "look"),
    ("progress", "finder", "desk", "sync"),
    ("result", "finder", "desk", "discussion", "left", "failed"),
    ("say", "desk", TEAM, "conclusion", "nothing <script>alert(1)</script> & so on"),
    ("ended", "server", TEAM, "conclusion", "undecided", "concluded"),
)
