"""Pictures of ties and of cascades."""

import pandas as pd

from townsquare.dashboard.graphs import cascade, ties

NODES = pd.DataFrame(
    {"x": [0.0, 1.0], "y": [0.0, 1.0], "label": ["a", "b"], "size": [2, 1], "role": ["members", "persuaders"],
     "stance": [0.2, float("nan")], "told": ["2", "1"]}
)  # fmt: skip
EDGES = pd.DataFrame({"x": [0.0], "y": [0.0], "x2": [1.0], "y2": [1.0], "weight": [3.0]})


def _rows(spec: dict, layer: int) -> list:
    return spec["datasets"][spec["layer"][layer]["data"]["name"]]


def test_nodes_lines_and_numbers() -> None:
    spec = ties(NODES, EDGES, stance=True, sized="members").to_dict()
    assert [layer["mark"]["type"] for layer in spec["layer"]] == ["rule", "point", "point", "text"]
    assert _rows(spec, 0) == EDGES.to_dict("records")
    assert [row["label"] for row in _rows(spec, 1)] == ["a"]
    assert [row["label"] for row in _rows(spec, 2)] == ["b"]  # who has no opinion is drawn all the same, in grey
    assert spec["layer"][1]["encoding"]["color"]["field"] == "stance"
    assert "field" not in spec["layer"][2]["encoding"]["color"]
    assert spec["layer"][1]["encoding"]["shape"]["scale"]["domain"] == ["members", "persuaders"]


def test_without_opinions_roles_have_colours() -> None:
    spec = ties(NODES.drop(columns=["stance", "told"]), EDGES.head(0), stance=False, sized="ties").to_dict()
    assert spec["layer"][1]["encoding"]["color"]["field"] == "role"
    assert len(spec["layer"]) == 2


def test_every_post_hangs_on_what_it_rests_on() -> None:
    nodes = pd.DataFrame(
        {"item": [0, 2, 3], "ref": [-1, 0, 2], "tick": [0, 1, 1], "row": [0, 1, 2], "label": list("abc"),
         "author": list("xyz")}
    )  # fmt: skip
    spec = cascade(nodes).to_dict()
    assert _rows(spec, 0) == [
        {"tick": 1, "row": 1, "tick2": 0, "row2": 0},
        {"tick": 1, "row": 2, "tick2": 1, "row2": 1},
    ]
    assert len(_rows(spec, 1)) == 3
