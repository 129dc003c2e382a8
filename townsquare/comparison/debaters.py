"""What each person of a debate trial thought, so that two trials of the same people are compared person by person."""

import numpy as np
import pandas as pd

from townsquare.protocols.columns import FloatArray, IntArray
from townsquare.protocols.debate import against
from townsquare.protocols.runfolder import RunFolder


def is_trial(run: RunFolder) -> bool:
    """Whether a run is one of debates: its agents have an arm, and count or do not."""
    return {"arm", "counted"} <= set(run.agents().columns)


def per_person(run: RunFolder, ids: IntArray, ticks: range) -> dict[str, FloatArray]:
    """One value per person in the order of ``ids``, NaN where there is none; whoever debated counts, told or not.

    ``agreed_before``, ``agreed_after``: agreement with the opponent's side, 1 to 5 (of those who debated with nobody,
    with the proposition). ``moved_to_opponent``: the difference. ``took_for_ai``: 1 or 0.
    """
    events = run.events(ticks=ticks, kinds=["opinion", "assign", "guess"])
    why, kind = events["why"].astype(str), events["kind"].astype(str)
    side = _of(events[kind == "assign"], ids)
    before, after = (
        _against(_of(events[(kind == "opinion") & why.isin(names)], ids), side)
        for names in (["before"], ["after", "drawn"])
    )
    guess = _of(events[kind == "guess"], ids)
    found = {"agreed_before": before, "agreed_after": after, "moved_to_opponent": after - before, "took_for_ai": guess}
    return {name: values for name, values in found.items() if not np.isnan(values).all()}


def _of(events: pd.DataFrame, ids: IntArray) -> FloatArray:
    """The last value of each person."""
    last = events.drop_duplicates("agent", keep="last").set_index("agent")["value"]
    return last.reindex(ids).to_numpy(np.float64)


def _against(agreement: FloatArray, side: FloatArray) -> FloatArray:
    """``protocols.debate.against`` for columns; those without a side stay."""
    return np.where(side > 0, against(0, 1) - agreement, agreement)
