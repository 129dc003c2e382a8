"""Which record answers which ask, and what a cassette never does."""

import hashlib
import stat
from pathlib import Path
from typing import cast

import pytest

from tests.agents.chat.asking import GOOD, Told, ask_for, down, table
from townsquare.agents.chat.cassette import Cassette, Mode, Shelf
from townsquare.protocols.errors import ReplayMiss, RunFolderError, RunStopped

TAPE = "cassette.sqlite"


def choose(item: int) -> Told:
    return Told(lambda request: f'{{"item": {item}}}')


def item(path: Path, chat: Told | None, mode: str = "auto", run: str = "run-1", **more: object) -> int | str:
    """What one ask comes to: the item, or the outcome."""
    with table(path, chat, mode=cast("Mode", mode), run=run, **more) as at:  # type: ignore[arg-type]
        (answer,) = at.ask(ask_for())
    return answer.outcome if answer.value is None else answer.value.item


def contents(folder: Path) -> dict[str, str]:
    return {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in sorted(folder.iterdir())}


def test_auto_asks_once(tmp_path: Path) -> None:
    assert item(tmp_path / TAPE, choose(1)) == 1
    assert item(tmp_path / TAPE, choose(2)) == 1
    assert item(tmp_path / TAPE, choose(2), run="run-2") == 1


def test_record_wants_every_call_to_be_new(tmp_path: Path) -> None:
    path = tmp_path / TAPE
    assert item(path, choose(1), "record") == 1
    assert item(path, choose(2), "record") == 1  # the same run, gone on
    with pytest.raises(RunStopped, match="agent 0, tick 0, made by run-1"):
        item(path, choose(2), "record", run="run-2")
    assert item(path, None, "replay") == 1


def test_refresh_replaces_what_others_recorded_and_asks_once_itself(tmp_path: Path) -> None:
    path = tmp_path / TAPE
    assert item(path, choose(1)) == 1
    assert item(path, choose(2), "refresh", run="run-2") == 2
    assert item(path, choose(3), "refresh", run="run-2") == 2  # killed and gone on: paid for already
    assert item(path, None, "replay") == 2
    with Cassette(path, "replay", run="run-1") as cassette:
        assert cassette.spent().calls == 1  # what run-1 paid stays paid


def test_replay_needs_a_cassette(tmp_path: Path) -> None:
    with pytest.raises(RunFolderError, match="there is no cassette"):
        item(tmp_path / TAPE, None, "replay")


def test_replay_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / TAPE
    item(path, choose(1))
    before = contents(tmp_path)
    assert list(before) == [TAPE]  # no side files after a clean end
    path.chmod(stat.S_IRUSR)
    assert item(path, None, "replay") == 1
    with table(path, None, mode="replay") as at, pytest.raises(ReplayMiss):
        at.ask(ask_for(7))
    assert contents(tmp_path) == before


def test_replay_sees_what_a_writer_adds_meanwhile(tmp_path: Path) -> None:
    path = tmp_path / TAPE
    item(path, choose(1))
    with table(path, None, mode="replay") as reader:
        assert reader.ask(ask_for(0))[0].outcome == "answered"
        with table(path, choose(2)) as writer:
            writer.ask(ask_for(1))
            assert reader.ask(ask_for(1))[0].value.item == 2  # type: ignore[union-attr]
        with table(path, choose(3)) as writer:
            writer.ask(*(ask_for(agent) for agent in range(2, 400)))
        assert reader.ask(ask_for(399))[0].value.item == 3  # type: ignore[union-attr]
        assert reader.ask(ask_for(0))[0].value.item == 1  # type: ignore[union-attr]


def test_a_shelf_answers_what_is_missing(tmp_path: Path) -> None:
    parent, own = tmp_path / "parent.sqlite", tmp_path / "own.sqlite"
    item(parent, choose(1))
    before = contents(tmp_path)
    chat, shelf = choose(2), (Shelf(parent),)
    assert item(own, chat, run="fork", shelves=shelf) == 1
    assert not chat.asked
    assert item(own, chat, "refresh", run="fork", shelves=shelf) == 2
    assert item(own, None, run="fork", mode="replay", shelves=shelf) == 2
    assert contents(tmp_path)["parent.sqlite"] == before["parent.sqlite"]


def test_a_replay_may_stand_on_shelves_alone(tmp_path: Path) -> None:
    item(tmp_path / "parent.sqlite", choose(1))
    assert item(tmp_path / "none.sqlite", None, "replay", shelves=(Shelf(tmp_path / "parent.sqlite"),)) == 1
    assert not (tmp_path / "none.sqlite").exists()


def test_a_fork_keeps_the_failures_of_its_past_only(tmp_path: Path) -> None:
    """Grandparent, parent (forked at 1), fork (at 2): each tick's failure is that of the run that lived it."""
    words = "the same words"
    paths = [tmp_path / f"{name}.sqlite" for name in ("grandparent", "parent", "fork")]
    with table(paths[0], Told(down), run="grandparent") as at:
        at.ask(ask_for(tick=0, text=words))
        at.ask(ask_for(tick=1, text=words))  # after the fork: not the parent's past
    with table(paths[1], choose(5), run="parent", settled=1, shelves=(Shelf(paths[0], "grandparent", 1),)) as at:
        assert at.ask(ask_for(tick=0, text=words))[0].outcome == "failed"
        assert at.ask(ask_for(tick=1, text=words))[0].outcome == "answered"
    chain = (Shelf(paths[1], "parent", 2), Shelf(paths[0], "grandparent", 1))
    with table(paths[2], Told(), run="fork", settled=2, shelves=chain, mode="refresh") as at:
        outcomes = [at.ask(ask_for(tick=tick, text=words))[0].outcome for tick in (0, 1)]
    assert outcomes == ["failed", "answered"]


def test_a_foreign_failure_answers_a_replay_only(tmp_path: Path) -> None:
    path = tmp_path / TAPE
    assert item(path, Told(down)) == "failed"
    assert item(path, None, "replay", run="another") == "failed"
    assert item(path, choose(1), run="another") == 1
    assert item(path, None, "replay", run="another") == 1


def test_key_material_never_appears(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = "sk-very-secret-0123456789"
    monkeypatch.setenv("OPENAI_API_KEY", secret)
    with table(tmp_path / TAPE, Told(lambda request: GOOD)) as at:
        at.ask(*(ask_for(agent) for agent in range(50)))
        files = list(tmp_path.iterdir())
        assert any(path.name.endswith("-wal") for path in files)
        assert all(secret.encode() not in path.read_bytes() for path in files)


def test_sync_leaves_everything_in_the_main_file(tmp_path: Path) -> None:
    with table(tmp_path / TAPE, choose(1)) as at:
        at.ask(ask_for())
        at.cassette.sync()
        alone = tmp_path / "alone.sqlite"
        alone.write_bytes((tmp_path / TAPE).read_bytes())
    assert item(alone, None, "replay") == 1
