"""Runs: forks share the past, replays come out identical, threads and processes change nothing."""

import asyncio
import re
from pathlib import Path

import pytest

import townsquare as ts
from tests.commands import SMALL, answer, small_town, townsquare
from townsquare.protocols.errors import InputError, RunFolderError
from townsquare.protocols.scenario import parse_override
from townsquare.runs import areplay, arun

TOWN = dict(parse_override(text) for text in SMALL) | {"ticks": 24}


@pytest.fixture(scope="module")
def parent(tmp_path_factory: pytest.TempPathFactory) -> ts.Run:
    return ts.run("news", seed=3, set=TOWN, out=tmp_path_factory.mktemp("runs") / "parent")


def test_digest_is_that_of_what_is_on_disk(parent: ts.Run) -> None:
    assert parent.info.status == "finished"
    assert parent.digest() == parent.info.digest


@pytest.mark.parametrize("workers", [1, 2, 3])
def test_threads_change_nothing(parent: ts.Run, workers: int, tmp_path: Path) -> None:
    again = ts.run("news", seed=3, set=TOWN, out=tmp_path / "again", workers=workers)
    assert again.info.digest == parent.info.digest


def test_another_process_changes_nothing(parent: ts.Run, tmp_path: Path) -> None:
    words = ["run", "news", *small_town("ticks=24"), "--seed", "3", "--out", "again", "--json"]
    assert answer(townsquare(*words, cwd=tmp_path, PYTHONHASHSEED="5"))["digest"] == parent.info.digest


def test_another_seed_changes_everything(parent: ts.Run, tmp_path: Path) -> None:
    assert ts.run("news", seed=4, set=TOWN, out=tmp_path / "other").info.digest != parent.info.digest


@pytest.mark.parametrize("at", [0, 1, 20, 24])
def test_fork_without_a_change_has_the_parents_digest(parent: ts.Run, at: int, tmp_path: Path) -> None:
    fork = parent.fork(at, out=tmp_path / "fork")
    assert fork.info.digest == parent.info.digest == fork.digest()
    assert fork.measures().equals(parent.measures())


def test_fork_with_a_change_shares_the_past_without_copying_it(parent: ts.Run, tmp_path: Path) -> None:
    fork = parent.fork(20, {"recommender.name": "random"}, out=tmp_path / "fork")
    theirs, ours = dict(parent.digests()), dict(fork.digests())
    assert [ours[t] for t in range(20)] == [theirs[t] for t in range(20)]
    assert ours[20] != theirs[20]
    assert sorted(int(p.stem) for p in (fork.path / "events").iterdir()) == [20, 21, 22, 23]
    assert len(fork.events()) > 0
    assert set(fork.measures()["tick"]) == set(range(24))


def test_fork_equals_the_run_that_changes_at_that_tick(parent: ts.Run, tmp_path: Path) -> None:
    change = {"slate.cold_start": 0.5, "users.step": 0.05}
    fork = parent.fork(7, change, out=tmp_path / "fork")
    whole = ts.run("news", seed=3, set=TOWN | {"changes": [{"tick": 7, "set": change}]}, out=tmp_path / "whole")
    assert whole.info.digest == fork.info.digest


@pytest.mark.slow
def test_fork_of_a_fork(parent: ts.Run, tmp_path: Path) -> None:
    first = parent.fork(8, {"slate.hot": 0.1}, out=tmp_path / "first")
    second = first.fork(12, out=tmp_path / "second")
    earlier = first.fork(4, out=tmp_path / "earlier")
    assert second.info.digest == first.info.digest
    assert earlier.info.digest == first.info.digest


def test_a_fork_may_run_longer(parent: ts.Run, tmp_path: Path) -> None:
    longer = parent.fork(24, {"ticks": 30}, out=tmp_path / "longer")
    assert longer.info.ticks_done == 30
    assert dict(longer.digests())[23] == parent.info.digest


def test_retraining_seldom_survives_a_fork_anywhere(tmp_path: Path) -> None:
    run = ts.run("news", set=TOWN | {"retrain": 5, "ticks": 13}, out=tmp_path / "run")
    for at in (4, 7, 10, 12):
        assert run.fork(at, out=tmp_path / f"fork{at}").info.digest == run.info.digest


def test_replay_says_identical(parent: ts.Run) -> None:
    assert asyncio.run(areplay(parent.path)) is None
    assert asyncio.run(areplay(parent)) is None
    assert parent.replay() is None


def test_a_run_says_what_it_is(parent: ts.Run) -> None:
    assert repr(parent) == f"<Run {parent.path}: finished, 24 of 24 ticks>"


def test_a_notebooks_loop_may_be_running(tmp_path: Path) -> None:
    async def notebook() -> tuple[str, str]:
        inside = ts.run("news", set=TOWN | {"ticks": 3}, out=tmp_path / "a")
        awaited = await arun("news", set=TOWN | {"ticks": 3}, out=tmp_path / "b")
        return inside.info.digest, awaited.info.digest

    a, b = asyncio.run(notebook())
    assert a == b


def test_nothing_is_overwritten(parent: ts.Run) -> None:
    with pytest.raises(InputError, match=r"exists already; a run is never overwritten: choose another folder\.$"):
        ts.run("news", set=TOWN, out=parent.path)


def test_default_folders_are_numbered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOWNSQUARE_RUNS", str(tmp_path))
    names = [ts.run("news", set=TOWN | {"ticks": 1}).path.name for _ in range(2)]
    assert names[1] == names[0] + "-2"


def test_fork_outside_the_run(parent: ts.Run) -> None:
    with pytest.raises(InputError, match=r"finished ticks 0 to 23; at may be 0 to 24\.$"):
        parent.fork(25)


ROWS = [f"a{i},word{i % 7} word{i % 5} other,author{i % 3},topic {'xy'[i % 2]}" for i in range(40)]


def articles(*rows: str) -> str:
    return "\n".join(["item_id,text,author,category", *rows])


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ts.Run:
    """A run on a table of articles that was named relative to the folder it lies in."""
    monkeypatch.chdir(tmp_path)
    Path("articles.csv").write_text(articles(*ROWS), "utf-8")
    return ts.run("news", set=TOWN | {"ticks": 3, "data.articles": "articles.csv"}, out=tmp_path / "run")


def test_changed_data_are_noticed(own: ts.Run) -> None:
    Path("articles.csv").write_text(articles(*ROWS[:-1]), "utf-8")
    with pytest.raises(RunFolderError, match=r"run cannot be forked: articles\.csv has changed since"):
        own.fork(1, out="fork")
    with pytest.raises(RunFolderError, match=r"run cannot be replayed: articles\.csv has changed since"):
        own.replay()


def test_data_that_are_looked_for_elsewhere(own: ts.Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    tried = re.escape(str(Path.cwd() / "articles.csv"))
    with pytest.raises(
        RunFolderError, match=rf"cannot be replayed: it was run on 'articles\.csv', and there is no {tried};"
    ):
        own.replay()
    with pytest.raises(RunFolderError, match=rf"cannot be forked: .* there is no {tried};"):
        own.fork(1, out="fork")
    assert not Path("fork").exists()


def test_category_numbers_have_their_names(own: ts.Run, parent: ts.Run) -> None:
    assert own.info.categories == ["topic x", "topic y"]
    assert set(own.items()["category"]) <= {-1, 0, 1}
    assert own.fork(1, out="fork").info.categories == own.info.categories
    assert len(parent.info.categories) == 23
