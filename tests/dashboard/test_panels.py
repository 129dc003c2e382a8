import builtins
import json

import numpy as np
import pandas as pd
import pytest

from townsquare.dashboard.panels import altair, inline, panel, spaced
from townsquare.dashboard.phases import Phase
from townsquare.protocols.errors import InputError


def test_names_are_pushed_apart_in_order():
    assert spaced([50, 51, 10], 15, 100) == [50, 65, 10]
    assert spaced([98, 99], 15, 100) == [85, 100]
    assert spaced([], 15, 100) == []


def test_nan_becomes_null_and_many_rows_are_no_error():
    data = inline(pd.DataFrame({"a": [1.0, np.nan]})).to_dict()
    assert json.loads(data["values"]) == [{"a": 1.0}, {"a": None}]
    assert len(json.loads(inline(pd.DataFrame({"a": np.arange(9000)})).to_dict()["values"])) == 9000


def test_axes_are_labelled_and_start_at_zero():
    spec = panel({"one": pd.Series([3.0, 4.0], index=[0, 1])}, axis="likes a tick", title="Likes").to_dict()
    line = spec["layer"][0]["encoding"]
    assert line["y"]["axis"]["title"] == "likes a tick"
    assert line["x"]["axis"]["title"] == "tick"
    assert line["y"]["scale"]["domain"][0] == 0
    assert spec["title"]["text"] == "Likes"


def test_lines_differ_in_colour_dash_and_shape():
    curves = {name: pd.Series([1.0, 2.0, i]) for i, name in enumerate("abc")}
    marks = [layer["mark"] for layer in panel(curves, axis="x").to_dict()["layer"]]
    lines = [mark for mark in marks if mark["type"] == "line"]
    points = [mark for mark in marks if mark["type"] == "point"]
    assert len({mark["color"] for mark in lines}) == 3
    assert len({tuple(mark["strokeDash"]) for mark in lines}) == 3
    assert len({mark["shape"] for mark in points}) == 3


def test_every_line_is_named_where_it_ends(rows_of):
    spec = panel({"up": pd.Series([0.0, 9.0]), "down": pd.Series([9.0, np.nan])}, axis="x").to_dict()
    names = {row["name"] for row in rows_of(spec) if "name" in row}
    assert names == {"up", "down"}


def test_bands_carry_the_names_of_the_phases(rows_of):
    phases = [Phase("start-up", 0, 1, ""), Phase("growth", 2, 9, "")]
    spec = panel({"": pd.Series(np.arange(10.0))}, axis="x", phases=phases, name_phases=True).to_dict()
    names = [row["name"] for row in rows_of(spec) if "name" in row]
    assert sorted(names) == ["growth", "start-up"]


@pytest.mark.parametrize("values", [[], [np.nan], [0.0], [-1.0, -2.0], [5.0]])
def test_any_curve_makes_a_panel(values):
    spec = panel({"a": pd.Series(values, dtype=float)}, axis="x").to_dict()
    low, high = spec["layer"][0]["encoding"]["y"]["scale"]["domain"]
    assert low < high


def test_a_missing_extra_is_one_sentence(monkeypatch):
    real = builtins.__import__

    def without(name, *args, **kwargs):
        if name.startswith("altair"):
            raise ImportError(name)
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(InputError, match=r"pip install 'townsquare\[report\]'"):
        altair()
