"""Pictures of the town square: what is drawn, and that axes stand still."""

import pandas as pd

from townsquare.dashboard.panels import altair
from townsquare.dashboard.square import PICKED, histogram, streams, town_map
from townsquare.dashboard.topics import ARTICLE, IN_LOOP

POINTS = pd.DataFrame(
    {"x": [0.0, 1.0], "y": [0.5, -1.0], "what": [IN_LOOP, ARTICLE], "who": [3, 9], "name": ["reader-3", "article 9"]}
)
TRAILS = pd.DataFrame({"who": [3, 3], "tick": [0, 1], "x": [0.2, 0.0], "y": [0.1, 0.5]})
SHARES = pd.DataFrame(
    {"tick": [-1, -1, 0, 0], "low": [0.0, 0.5] * 2, "high": [0.5, 1.0] * 2, "share": [0.5, 0.5, 0.25, 0.75]}
)


def test_the_map_has_the_frame_it_is_given_and_a_point_can_be_picked() -> None:
    spec = town_map(POINTS, TRAILS, (-2.0, 3.0, -4.0, 5.0)).to_dict()
    for layer in spec["layer"]:
        assert layer["encoding"]["x"]["scale"]["domain"] == [-2.0, 3.0]
        assert layer["encoding"]["y"]["scale"]["domain"] == [-4.0, 5.0]
    assert [one["name"] for one in spec["params"]] == [PICKED]
    assert spec["params"][0]["select"]["fields"] == ["who", "what"]
    assert spec["background"] == "white"


def test_a_map_without_points_or_trails_is_drawn() -> None:
    assert town_map(POINTS.head(0), TRAILS.head(0), (-1, 1, -1, 1)).to_dict()["layer"]


def test_bars_stand_on_the_ground_and_the_axis_is_that_of_all_ticks() -> None:
    spec = histogram(SHARES[SHARES["tick"] == 0].drop(columns="tick"), 0.9).to_dict()
    assert spec["encoding"]["y"]["scale"]["domain"] == [0, 0.9]
    assert spec["encoding"]["y2"] == {"datum": 0}
    rows = next(iter(spec["datasets"].values()))
    assert [row["share"] for row in rows] == [0.25, 0.75]


def test_the_rule_stands_at_the_tick_and_the_axis_ends_where_it_is_told() -> None:
    lines = pd.DataFrame({"tick": [-1, 0], "agent": [1, 1], "opinion": [0.2, 0.3]})
    spec = streams(
        SHARES.assign(start=SHARES["tick"] - 0.5, end=SHARES["tick"] + 0.5), lines, pd.DataFrame({"tick": [0]}), 9
    ).to_dict()
    cells, ways, rule = (spec["datasets"][layer["data"]["name"]] for layer in spec["layer"])
    assert rule == [{"tick": 0}]
    assert len(cells) == 4
    assert len(ways) == 2
    assert {tuple(layer["encoding"]["x"]["scale"]["domain"]) for layer in spec["layer"]} == {(-1.5, 9.5)}


def test_rows_may_come_later() -> None:
    name = altair().NamedData
    spec = streams(name("shares"), name("lines"), name("here"), 3).to_dict()
    assert [layer["data"]["name"] for layer in spec["layer"]] == ["shares", "lines", "here"]
    assert town_map(name("points"), name("trails"), (-1, 1, -1, 1)).to_dict()["layer"][1]["data"]["name"] == "points"
