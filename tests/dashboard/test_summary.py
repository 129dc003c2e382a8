import json

import numpy as np
import pytest

from townsquare.dashboard.summary import in_words, number, overview, summarise


def test_rows_hold_start_peak_and_end(run):
    likes = summarise(run.measures())[0]
    assert likes["measure"] == "likes_per_user"
    assert (likes["start"], likes["peak"], likes["peak_tick"], likes["end"]) == (1.37, 8.63, 15, 8.63)


def test_missing_is_none_and_everything_is_json(measured):
    table = measured({"spread_in_loop": [np.nan, 2.0, 1.0], "jaccard_exposure": [np.nan, np.nan, np.inf]})
    rows = {row["measure"]: row for row in json.loads(json.dumps(summarise(table), allow_nan=False))}
    assert rows["spread_in_loop"]["start"] is None
    assert rows["spread_in_loop"]["peak_tick"] == 1
    assert rows["jaccard_exposure"]["peak"] is None
    assert rows["jaccard_exposure"]["end"] is None


def test_measures_that_were_not_taken_have_no_row(measured):
    assert [row["measure"] for row in summarise(measured({"likes_per_user": [1]}))] == ["likes_per_user"]
    assert summarise(measured({})) == []


def test_overview_is_json_with_phases_and_their_rule(run):
    back = json.loads(json.dumps(overview(run.measures()), allow_nan=False))
    assert [phase["name"] for phase in back["phases"]] == ["start-up", "growth", "maturity", "decline"]
    assert back["phase_rule"]
    assert len(back["measures"]) == 15


def test_a_curve_in_words(run, measured):
    told = "Likes per user: 1.37 at tick 0, highest 8.63 at tick 15, 8.63 at tick 50."
    assert in_words(run.measures(), "likes_per_user") == told
    assert in_words(measured({"likes_per_user": [2]}), "likes_per_user") == "Likes per user: 2.00 at tick 0."
    assert in_words(measured({}), "likes_per_user") == "Likes per user: never measured."


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, "–"), (float("nan"), "–"), (0, "0"), (-0.02, "−0.020"), (8.6, "8.60"), (12345.6, "12,346"), (312.4, "312"),
     (0.00012, "0.00012"), (99.96, "100")],
)  # fmt: skip
def test_numbers(value, text):
    assert number(value) == text
