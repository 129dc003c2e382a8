"""Reading a run folder: what it holds, its digest, and what it says when something is wrong with it."""

import json
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from townsquare.protocols import InputError, RunFolderError
from townsquare.protocols.events import KINDS
from townsquare.protocols.runfolder import FORMAT, RunFolder
from townsquare.runs import run

TOWN = {
    "users.count": 25, "creators.count": 4, "creators.articles": 2, "slate.length": 8, "clicks": 3, "ticks": 4,
    "recommender.name": "popular", "record.snapshots": 2,
}  # fmt: skip


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return run("news", set=TOWN, out=tmp_path_factory.mktemp("runs") / "run", workers=1).path


@pytest.fixture
def folder(finished: Path, tmp_path: Path) -> Path:
    """A copy that a test may spoil."""
    return Path(shutil.copytree(finished, tmp_path / "run"))


def rewrite(path: Path, change: dict[str, object]) -> None:
    data = json.loads(path.read_text("utf-8")) | change
    path.write_text(json.dumps(data), "utf-8")


# ---- what it holds -------------------------------------------------------------------------------------------------


def test_a_run_without_a_moderator_has_a_table_of_no_verdicts(finished: Path) -> None:
    none = RunFolder(finished).verdicts()
    assert len(none) == 0
    assert {"item", "by", "action", "spans"} <= set(none.columns)


def test_events_are_one_table_in_words(finished: Path) -> None:
    folder = RunFolder(finished)
    table = folder.events()
    assert table.columns.tolist() == ["tick", "seq", "agent", "kind", "item", "value", "rank", "ref", "why"]
    counts = table.groupby(["tick", "kind"], observed=True).size()
    for tick in range(4):
        assert counts[tick, "post"] == 8
        assert counts[tick, "shown"] == 25 * 8
        assert counts[tick, "click"] == 25 * 3
        rows = table[table["tick"] == tick]
        assert rows["seq"].tolist() == list(range(len(rows)))
    assert set(table.loc[table["tick"] == 0, "why"]) == {"", "first"}


def test_events_of_some_ticks_and_kinds(finished: Path) -> None:
    folder = RunFolder(finished)
    some = folder.events(ticks=range(1, 3), kinds=["like", "post"])
    whole = folder.events()
    wanted = whole[whole["tick"].isin([1, 2]) & whole["kind"].isin(["like", "post"])].reset_index(drop=True)
    pd.testing.assert_frame_equal(some, wanted, check_categorical=False)
    assert folder.events(kinds="like").equals(folder.events(kinds=["like"]))
    assert len(folder.events(ticks=range(0))) == 0
    assert folder.events(ticks=range(0)).columns.tolist() == whole.columns.tolist()


def test_events_have_only_the_categories_that_are_there(finished: Path) -> None:
    likes = RunFolder(finished).events(kinds=["like", "post"])
    assert list(likes["kind"].cat.categories) == ["post", "like"]
    assert likes["why"].value_counts().to_dict() == {"": len(likes)}
    assert list(RunFolder(finished).events(ticks=range(0))["kind"].cat.categories) == []


def test_the_folder_says_what_it_is(finished: Path) -> None:
    assert repr(RunFolder(finished)) == f"<RunFolder {finished}: finished, 4 of 4 ticks>"


def test_items_agents_vectors_and_snapshots_fit_together(finished: Path) -> None:
    folder = RunFolder(finished)
    items, agents = folder.items(), folder.agents()
    assert items["item"].tolist() == list(range(32))
    assert items["born"].tolist() == [t for t in range(4) for _ in range(8)]
    assert items["name"].is_unique
    assert "vector" not in items
    assert set(items["author"]) <= set(agents.loc[agents["group"] == "creators", "agent"])
    assert agents["agent"].tolist() == list(range(29))
    posts = folder.events(kinds=["post"])
    assert posts["item"].tolist() == items["item"].tolist()
    assert posts["value"].tolist() == items["quality"].tolist()
    assert folder.snapshot_ticks() == [0, 2, 3]
    snapshot = folder.snapshot(3)
    assert snapshot["users"].shape == (25, 100)
    assert (snapshot["vectors"][-8:] == folder.vectors(3)).all()
    assert snapshot["items"][-8:].tolist() == list(range(24, 32))


def test_measures_are_tidy(finished: Path) -> None:
    measures = RunFolder(finished).measures()
    assert measures.columns.tolist() == ["tick", "measure", "group", "value"]
    assert sorted(set(measures["tick"])) == [0, 1, 2, 3]
    assert not measures.duplicated(["tick", "measure", "group"]).any()


# ---- digest --------------------------------------------------------------------------------------------------------


def test_digest_is_computed_from_what_is_on_disk(finished: Path) -> None:
    folder = RunFolder(finished)
    digests = dict(folder.digests())
    assert list(digests) == [0, 1, 2, 3]
    assert len(set(digests.values())) == 4
    assert digests[3] == folder.digest() == folder.info.digest


@pytest.mark.parametrize("compression", ["NONE", "snappy", "gzip"])
def test_digest_does_not_depend_on_how_a_segment_is_packed(compression: str, folder: Path) -> None:
    for kind in ("events", "items"):
        path = folder / kind / "000001.parquet"
        before = path.read_bytes()
        pq.write_table(pq.read_table(path), path, compression=compression, use_dictionary=False, row_group_size=7)
        assert path.read_bytes() != before
    assert RunFolder(folder).digest() == RunFolder(folder).info.digest


@pytest.mark.parametrize(
    ("kind", "column"),
    [("events", name) for name in ("agent", "kind", "item", "value", "rank", "ref", "why")]
    + [("items", name) for name in ("item", "author", "born", "category", "quality")],
)  # fmt: skip
def test_an_altered_value_changes_the_digest(kind: str, column: str, folder: Path) -> None:
    path = folder / kind / "000002.parquet"
    table = pq.read_table(path)
    values = table[column].to_numpy().copy()
    values[len(values) // 2] += 1
    at = table.column_names.index(column)
    pq.write_table(table.set_column(at, table.field(at), [values]), path)
    digests = dict(RunFolder(folder).digests())
    assert digests[3] != RunFolder(folder).info.digest


def test_nothing_done_has_an_empty_digest(folder: Path) -> None:
    rewrite(folder / "run.json", {"ticks_done": 0})
    nothing = RunFolder(folder)
    assert nothing.digest() == ""
    assert len(nothing.items()) == len(nothing.measures()) == len(nothing.events()) == 0
    assert nothing.snapshot_ticks() == []


# ---- what is wrong -------------------------------------------------------------------------------------------------


def refusal(path: Path) -> str:
    with pytest.raises(RunFolderError) as caught:
        RunFolder(path)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_missing_foreign_and_file(tmp_path: Path) -> None:
    assert refusal(tmp_path / "no") == f"there is no run folder {tmp_path / 'no'}."
    assert refusal(tmp_path) == f"{tmp_path} is not a run folder: it holds no run.json."
    (tmp_path / "file").write_text("x", "utf-8")
    assert "there is no run folder" in refusal(tmp_path / "file")


@pytest.mark.parametrize("text", ["", "{", '{"format": 1}', "[]", '{"format": "x"}', "null"])
def test_torn_or_foreign_run_json(text: str, tmp_path: Path) -> None:
    (tmp_path / "run.json").write_text(text, "utf-8")
    assert refusal(tmp_path) == f"{tmp_path / 'run.json'} was not written by townsquare, or is torn."


def test_run_json_that_is_no_text(tmp_path: Path) -> None:
    (tmp_path / "run.json").write_bytes(b"\xff\xfe\x00")
    assert refusal(tmp_path).startswith(f"{tmp_path / 'run.json'} cannot be read: ")


def test_run_json_cut_anywhere_is_refused(folder: Path) -> None:
    text = (folder / "run.json").read_text("utf-8").rstrip()
    for end in range(0, len(text), 97):
        (folder / "run.json").write_text(text[:end], "utf-8")
        assert "is torn" in refusal(folder)


@pytest.mark.parametrize("fields", [{}, {"ticks": "a new kind of number"}])
def test_a_newer_format_is_refused_even_if_the_rest_cannot_be_read(fields: dict[str, object], folder: Path) -> None:
    rewrite(folder / "run.json", {"format": FORMAT + 1} | fields)
    said = f"{folder} is of run-folder format {FORMAT + 1}; this townsquare reads up to {FORMAT}: install a newer one."
    assert refusal(folder) == said


def test_a_key_of_a_later_version_is_passed_over(folder: Path) -> None:
    rewrite(folder / "run.json", {"mood": "fine"})
    assert RunFolder(folder).info.ticks_done == 4


def test_a_missing_segment_is_named(folder: Path) -> None:
    (folder / "events" / "000001.parquet").unlink()
    with pytest.raises(RunFolderError, match=r"events/000001\.parquet is missing: the run folder is torn\.$"):
        RunFolder(folder).events()


@pytest.mark.parametrize("keep", [0, 5, 300])
def test_a_torn_segment_is_named(keep: int, folder: Path) -> None:
    path = folder / "items" / "000002.parquet"
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(
        RunFolderError, match=r"items/000002\.parquet cannot be read, the run folder is torn: "
    ) as caught:
        RunFolder(folder).digest()
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("kinds", [["like", "likes"], "likes"])
def test_a_kind_that_does_not_exist(kinds: str | list[str], finished: Path) -> None:
    kinds_there = ", ".join(KINDS)
    told = rf"^kinds: there is no 'likes'\. Did you mean 'like'\? Kinds: {kinds_there}\.$"
    with pytest.raises(InputError, match=told):
        RunFolder(finished).events(kinds=kinds)


@pytest.mark.parametrize("read", ["events", "tick_events", "vectors"])
@pytest.mark.parametrize("tick", [4, -1])
def test_a_tick_that_is_not_finished(read: str, tick: int, finished: Path) -> None:
    folder = RunFolder(finished)
    with pytest.raises(InputError, match=rf"^there is no tick {tick} in .*run; finished ticks are 0 to 3\.$"):
        folder.events(ticks=range(tick, tick + 1)) if read == "events" else getattr(folder, read)(tick)


def test_a_snapshot_that_was_not_kept(finished: Path, folder: Path) -> None:
    told = r"^there is no snapshot of tick 1 in .*run; there are those of ticks 0, 2, 3 \(record\.snapshots\)\.$"
    with pytest.raises(InputError, match=told):
        RunFolder(finished).snapshot(1)
    shutil.rmtree(folder / "snapshots")
    with pytest.raises(InputError, match=r"no snapshot of tick 0 in .*run; there are none"):
        RunFolder(folder).snapshot(0)


# ---- forks ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def forked(folder: Path, tmp_path: Path) -> RunFolder:
    from townsquare.runs import open_run

    return open_run(open_run(folder).fork(2, {"recommender.name": "random"}, out=tmp_path / "deep" / "fork").path)


def test_a_fork_reads_the_parents_segments(forked: RunFolder, folder: Path) -> None:
    parent = RunFolder(folder)
    assert sorted(p.name for p in (forked.path / "events").iterdir()) == ["000002.parquet", "000003.parquet"]
    ours, theirs = forked.events(), parent.events()
    pd.testing.assert_frame_equal(ours[ours["tick"] < 2], theirs[theirs["tick"] < 2])
    assert not ours[ours["tick"] >= 2]["item"].equals(theirs[theirs["tick"] >= 2]["item"])
    assert forked.items()["item"].tolist() == list(range(32))
    assert dict(forked.digests())[1] == dict(parent.digests())[1]
    assert forked.digest() == forked.info.digest != parent.info.digest
    assert forked.measures()["tick"].drop_duplicates().tolist() == [0, 1, 2, 3]
    assert forked.snapshot_ticks() == [0, 2, 3]
    assert np.array_equal(forked.snapshot(0)["users"], parent.snapshot(0)["users"])


def test_a_fork_of_a_fork_reads_through_both(forked: RunFolder, tmp_path: Path) -> None:
    from townsquare.runs import open_run

    second = open_run(forked.path).fork(3, {"clicks": 1}, out=tmp_path / "second")
    table = second.events(kinds=["click"])
    assert table.groupby("tick").size().tolist() == [75, 75, 75, 25]
    assert dict(second.digests())[2] == dict(forked.digests())[2]
    assert second.digest() == second.info.digest


def test_a_fork_moves_with_its_parent(forked: RunFolder, folder: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    shutil.move(folder, tmp_path / "elsewhere" / folder.name)
    shutil.move(tmp_path / "deep", tmp_path / "elsewhere" / "deep")
    assert RunFolder(tmp_path / "elsewhere" / "deep" / "fork").digest() == forked.info.digest


def test_a_lost_parent_is_named(forked: RunFolder, folder: Path) -> None:
    shutil.rmtree(folder)
    with pytest.raises(
        RunFolderError, match=r"fork is a fork whose parent cannot be read: there is no run folder .*run\.$"
    ):
        forked.path and RunFolder(forked.path).events()
