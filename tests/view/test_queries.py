"""Tables that pages ask for, held against the whole log."""

from pathlib import Path

import pytest

from tests.view.towns import runs
from townsquare.protocols.errors import RunFolderError
from townsquare.runs import Run, open_run
from townsquare.view import queries


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return runs(tmp_path_factory.mktemp("runs"))


@pytest.fixture(scope="module")
def run(root: Path) -> Run:
    return open_run(root / "first")


def test_every_run_and_what_is_broken_in_a_sentence(root: Path) -> None:
    found = {one.name: one for one in queries.runs_below(root)}
    assert set(found) == {"first", "deep/fork", "torn", "newer"}
    assert found["first"].info["status"] == "finished"
    assert found["deep/fork"].info["forked from"].endswith("at 2")
    assert "format 99" in found["newer"].problem
    assert "torn" in found["torn"].problem
    assert [one.name for one in queries.runs_below(root / "first")] == ["."]
    assert queries.runs_below(root / "nowhere") == []


def test_rows_of_a_tick(run: Run) -> None:
    whole = run.events(ticks=range(2, 3))
    mine = queries.events_of(run, 2, agents=[7])
    assert mine["seq"].tolist() == whole.loc[whole["agent"] == 7, "seq"].tolist()
    likes = queries.events_of(run, 2, kinds=["like"])
    assert set(likes["kind"]) <= {"like"}
    assert len(likes) == (whole["kind"] == "like").sum()


def test_a_fork_reads_the_past_of_its_parent(root: Path, run: Run) -> None:
    fork = open_run(root / "deep" / "fork")
    assert queries.feed(fork, 3, 1).equals(queries.feed(run, 3, 1))


def test_a_feed(run: Run) -> None:
    whole = run.events(ticks=range(3, 4))
    mine = whole[whole["agent"] == 5]
    found = queries.feed(run, 5, 3)
    assert found["rank"].tolist() == list(range(1, 11))
    assert found["item"].tolist() == mine[mine["kind"] == "shown"].sort_values("rank")["item"].tolist()
    assert set(found.loc[found["clicked"], "item"]) == set(mine.loc[mine["kind"] == "click", "item"])
    assert (found["name"] != "").all()
    assert found["score"].isna().all()


def test_what_an_agent_did(run: Run) -> None:
    whole = run.events()
    assert len(queries.history(run, 5)) == (whole["agent"] == 5).sum()
    newest = queries.history(run, 5, most=3)
    assert newest["tick"].tolist() == [3, 3, 3]


def test_back_to_the_causes(run: Run) -> None:
    likes = run.events(kinds=["like"])
    like = likes[likes["tick"] == 3].iloc[0]
    chain = queries.causes(run, 3, int(like["seq"]))
    assert chain["kind"].tolist()[:4] == ["like", "click", "shown", "post"]
    assert chain["item"].nunique() == len(chain) - 3
    assert chain["because"].str.len().min() > 5


def test_forward_to_the_effects(run: Run) -> None:
    whole = run.events()
    item = int(whole.loc[whole["kind"] == "like", "item"].mode()[0])
    found = queries.effects(run, item)
    for kind in ("shown", "click", "like"):
        assert found[kind].sum() == ((whole["kind"] == kind) & (whole["item"] == item)).sum()
    assert found["inspired"].sum() == ((whole["kind"] == "post") & (whole["ref"] == item)).sum()


def test_a_torn_segment_is_a_sentence(tmp_path: Path) -> None:
    root = runs(tmp_path)
    (root / "first" / "events" / "000001.parquet").write_bytes(b"PAR1 no more")
    with pytest.raises(RunFolderError, match="torn"):
        queries.feed(open_run(root / "first"), 0, 1)
    (root / "first" / "events" / "000001.parquet").unlink()
    with pytest.raises(RunFolderError, match="is missing"):
        queries.feed(open_run(root / "first"), 0, 1)
