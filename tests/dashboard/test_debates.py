"""The picture of a debate trial."""

import json
from typing import Any

import pandas as pd
import pytest

pytest.importorskip("altair")
from townsquare.dashboard.debates import SHIFTS, shifts


def measures(**values: float) -> pd.DataFrame:
    rows = [(tick, name, float("nan") if tick < 5 else value) for tick in range(6) for name, value in values.items()]
    return pd.DataFrame(rows, columns=["tick", "measure", "value"]).assign(group="")


def drawn(table: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows behind the chart."""
    held = [json.loads(rows) for rows in shifts(table).to_dict()["datasets"].values()]
    return next(rows for rows in held if "shift" in rows[0])


def test_arms_that_were_measured_are_drawn_with_their_range() -> None:
    table = measures(shift_human_ai=0.2, human_low_human_ai=-0.1, human_high_human_ai=0.3, shift_no_debate=0.0)
    assert drawn(table) == [
        {"arm": "human-ai", "shift": 0.2, "human_low": -0.1, "human_high": 0.3},
        {"arm": "no-debate", "shift": 0.0, "human_low": None, "human_high": None},
    ]


def test_every_arm_and_the_control_have_a_place() -> None:
    assert len(SHIFTS) == 5 * 4
    assert {"shift_human_human_personalised", "shift_no_debate"} <= set(SHIFTS)
