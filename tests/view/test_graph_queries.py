"""Ties of a run, held against what built it and against its events."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import townsquare as ts
from tests.view.town_square import CAMPAIGN
from townsquare.protocols.errors import RunFolderError
from townsquare.runs import Run, open_run
from townsquare.view import graph_queries


@pytest.fixture(scope="module")
def root(town_runs: Path) -> Path:
    return town_runs


def test_who_follows_whom_is_drawn_again_as_it_was(root: Path) -> None:
    run = open_run(root / "campaign")
    agents = run.agents()
    ties = graph_queries.follows(run, agents)
    assert ties is not None
    assert np.bincount(ties.target, minlength=62).tolist() == agents["followers"].tolist()
    network = open_run(root / "network")
    drawn = graph_queries.follows(network, network.agents())
    assert drawn is not None
    assert len(drawn) == 60 * 8
    for name in ("news", "shop"):
        assert graph_queries.follows(open_run(root / name), open_run(root / name).agents()) is None


def test_a_persuader_that_members_follow(tmp_path: Path) -> None:
    run = ts.run("campaign", seed=4, set={**CAMPAIGN, "ticks": 1, "persuaders.followers": 0.5}, out=tmp_path / "run")
    ties = graph_queries.follows(run, run.agents())
    assert ties is not None
    assert np.bincount(ties.target, minlength=62).tolist() == run.agents()["followers"].tolist()
    assert (ties.target >= 60).sum() > 30


def test_a_graph_that_comes_out_otherwise_is_a_sentence(root: Path, tmp_path: Path) -> None:
    run = ts.run("campaign", seed=4, set={**CAMPAIGN, "ticks": 1}, out=tmp_path / "run")
    told = json.loads((tmp_path / "run" / "run.json").read_text())
    told["seed"] = 5
    (tmp_path / "run" / "run.json").write_text(json.dumps(told))
    with pytest.raises(RunFolderError, match="otherwise than it was recorded"):
        graph_queries.follows(open_run(run.path), run.agents())
    told["scenario"]["graph"] = {"kind": "file", "path": str(tmp_path / "secret.csv")}
    (tmp_path / "secret.csv").write_text("a,b\n")
    told["fingerprint"] = "ffffffff"
    (tmp_path / "run" / "run.json").write_text(json.dumps(told))
    with pytest.raises(RunFolderError, match="not there any more or has changed"):
        graph_queries.follows(open_run(run.path), run.agents())
    told["scenario"]["graph"] = {"kind": "erdos-renyi", "degree": 10}
    told["scenario"]["members"]["count"] = 10_000_000
    told["fingerprint"] = "eeeeeeee"
    (tmp_path / "run" / "run.json").write_text(json.dumps(told))
    with pytest.raises(RunFolderError, match="too large"):
        graph_queries.follows(open_run(run.path), run.agents())


def test_dealings_are_counted_from_events(root: Path) -> None:
    run = open_run(root / "news")
    ties = graph_queries.dealings(run, "like", run.ticks(), 45)
    likes = run.events(kinds=["like"])
    author = run.items().set_index("item")["author"]
    wanted = pd.DataFrame({"who": likes["agent"], "at": author.reindex(likes["item"]).to_numpy()})
    counted = wanted.groupby(["who", "at"]).size()
    found = {(a, b): w for a, b, w in zip(ties.source, ties.target, ties.weight, strict=True)}
    assert found == counted.to_dict()
    only = graph_queries.dealings(run, "like", range(1, 2), 45)
    assert only.weight.sum() == (likes["tick"] == 1).sum()
    assert len(graph_queries.dealings(run, "like", range(0), 45)) == 0


def test_what_moved_opinions_and_who_replied(root: Path) -> None:
    run = open_run(root / "campaign")
    assert graph_queries.kinds_there(run, run.ticks()) == ["like", "click", "post", "opinion"]
    moved = run.events(kinds=["opinion"])
    ties = graph_queries.dealings(run, "opinion", run.ticks(), 62)
    assert ties.weight.sum() == ((moved["ref"] >= 0) & (moved["ref"] != moved["agent"])).sum()
    posts = run.events(kinds=["post"])
    author = run.items().set_index("item")["author"]
    replies = posts[posts["ref"] >= 0]
    others = author.reindex(replies["ref"]).to_numpy()
    expected = ((others >= 0) & (others != replies["agent"].to_numpy())).sum()
    assert graph_queries.dealings(run, "post", run.ticks(), 62).weight.sum() == expected


def _made(rows: list[tuple[int, int, int, int]]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["tick", "agent", "item", "ref"])


def test_cascades_are_trees() -> None:
    made = _made([(0, 1, 0, -1), (0, 2, 1, -1), (1, 3, 2, 0), (1, 1, 3, 2), (2, 4, 4, 0), (2, 4, 5, 99), (2, 4, 6, 6)])
    table = graph_queries.cascades(made)
    assert table.to_dict("records") == [{"root": 0, "began": 0, "posts": 4, "depth": 2, "authors": 3}]
    nodes, whole = graph_queries.tree(made, 0)
    assert whole == 4
    assert dict(zip(nodes["item"], nodes["row"], strict=True)) == {0: 0, 2: 1, 3: 2, 4: 3}
    part, whole = graph_queries.tree(made, 0, most=2)
    assert (part["item"].tolist(), whole) == ([0, 2], 4)
    assert graph_queries.cascades(made.head(0)).empty


def test_cascades_of_a_run(root: Path) -> None:
    run: Run = open_run(root / "campaign")
    made = graph_queries.posts(run)
    assert len(made) == len(run.events(kinds=["post"]))
    table = graph_queries.cascades(made)
    assert (table["posts"] >= 2).all()
    assert table["posts"].is_monotonic_decreasing


def test_a_missing_segment_is_a_sentence(tmp_path: Path) -> None:
    run = ts.run("campaign", seed=4, set={**CAMPAIGN, "ticks": 2}, out=tmp_path / "run")
    (tmp_path / "run" / "events" / "000001.parquet").unlink()
    with pytest.raises(RunFolderError, match="is missing"):
        graph_queries.dealings(run, "like", run.ticks(), 62)
    (tmp_path / "run" / "events" / "000001.parquet").write_bytes(b"PAR1")
    with pytest.raises(RunFolderError, match="torn"):
        graph_queries.kinds_there(run, run.ticks())
