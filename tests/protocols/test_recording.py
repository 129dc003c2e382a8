"""Writing a run folder so that nothing finished is ever lost."""

import os
import resource
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from townsquare.protocols import DiskFull, Events, InputError, RunFolderError, Streams
from townsquare.protocols.recording import RunWriter, newest_checkpoint
from townsquare.protocols.runfolder import FORMAT, Parent, RunFolder, RunInfo, tick_digest

AGENTS = pa.table({"agent": np.arange(3, dtype=np.int32), "group": ["users"] * 3})


def info(ticks: int = 50, parent: Parent | None = None) -> RunInfo:
    return RunInfo(
        format=FORMAT, townsquare="0", name="news", scenario={"record": {"checkpoints": 4}}, fingerprint="0" * 8,
        seed=0, ticks=ticks, parent=parent,
    )  # fmt: skip


def events_of(tick: int) -> Events:
    agents = Streams(tick).get("agents").integers(0, 9, size=5)
    return Events.of("click", agents, np.arange(5), value=agents / 7)


def items_of(tick: int) -> pa.Table:
    vector = pa.FixedSizeListArray.from_arrays(pa.array(np.arange(4, dtype=np.float32)), 2)
    numbers = {"item": np.array([2 * tick, 2 * tick + 1], np.int32), "author": np.array([0, 1], np.int32)}
    rest = {"born": np.full(2, tick, np.int64), "category": np.zeros(2, np.int32), "quality": np.ones(2, np.float32)}
    return pa.table({**numbers, **rest, "vector": vector})


def commit(writer: RunWriter, tick: int) -> None:
    measures = pd.DataFrame({"tick": [tick], "measure": ["m"], "group": [""], "value": [tick / 2]})
    snapshot = {"users": np.full((2, 2), tick)} if tick % 2 == 0 else None
    state = {"tick": np.array(tick), "many": np.arange(1000)}
    writer.commit(tick, events_of(tick), items_of(tick), measures, state, snapshot=snapshot, seconds=1.0, memory=tick)


def written(path: Path, n: int) -> RunFolder:
    with RunWriter.create(path, info(), AGENTS) as writer:
        for tick in range(n):
            commit(writer, tick)
    return RunFolder(path)


def names(path: Path, kind: str) -> list[int]:
    return sorted(int(p.stem) for p in (path / kind).iterdir())


def test_a_finished_tick_is_all_there(tmp_path: Path) -> None:
    folder = written(tmp_path / "run", 3)
    assert folder.info.ticks_done == 3
    assert folder.info.seconds == 3.0
    assert folder.info.peak_memory_mb == 2
    assert folder.digest() == folder.info.digest
    digest = b""
    for tick in range(3):
        digest = tick_digest(digest, events_of(tick), items_of(tick))
    assert folder.info.digest == digest.hex()
    assert folder.measures()["value"].tolist() == [0.0, 0.5, 1.0]
    assert folder.snapshot_ticks() == [0, 2]
    assert folder.tick_events(1).digest() == events_of(1).digest()
    assert not list((tmp_path / "run").rglob("*.tmp"))


def test_a_run_is_never_overwritten(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    with pytest.raises(InputError, match=r"run exists already; a run is never overwritten: choose another folder\.$"):
        RunWriter.create(tmp_path / "run", info(), AGENTS)
    (tmp_path / "file").write_text("x", "utf-8")
    with pytest.raises(InputError, match=r"the run folder .*file/run cannot be made: Not a directory\.$"):
        RunWriter.create(tmp_path / "file" / "run", info(), AGENTS)


def test_checkpoints_thin_out_but_the_two_newest_stay(tmp_path: Path) -> None:
    written(tmp_path / "run", 11)
    assert names(tmp_path / "run", "checkpoints") == [3, 7, 9, 10]


def test_reopen_goes_on_after_the_newest_checkpoint(tmp_path: Path) -> None:
    written(tmp_path / "run", 3)
    writer, done, state = RunWriter.reopen(RunFolder(tmp_path / "run"))
    with writer:
        assert done == 3
        assert state is not None
        assert int(state["tick"]) == 2
        commit(writer, 3)
    whole = written(tmp_path / "whole", 4)
    again = RunFolder(tmp_path / "run")
    assert again.info.digest == whole.info.digest == again.digest()
    assert again.measures().equals(whole.measures())
    assert again.info.seconds == 4.0


def tear(path: Path, where: float) -> None:
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * where)])


@pytest.mark.parametrize("where", [0.0, 0.3, 0.9, 0.999])
def test_a_torn_checkpoint_falls_back_to_an_older_one(where: float, tmp_path: Path) -> None:
    path = tmp_path / "run"
    written(path, 6)
    tear(path / "checkpoints" / "000005.npz", where)
    writer, done, state = RunWriter.reopen(RunFolder(path))
    with writer:
        assert done == writer.info.ticks_done == 5
        assert state is not None
        assert int(state["tick"]) == 4
        # what lies beyond is gone, so nothing of the lost tick can be read
        assert names(path, "events") == names(path, "items") == [0, 1, 2, 3, 4]
        assert names(path, "checkpoints") == [3, 4]
        commit(writer, 5)
    assert RunFolder(path).info.digest == written(tmp_path / "whole", 6).info.digest


def test_a_flipped_byte_in_a_checkpoint_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "run"
    written(path, 3)
    checkpoint = path / "checkpoints" / "000002.npz"
    data = bytearray(checkpoint.read_bytes())
    data[len(data) // 3] ^= 0xFF
    checkpoint.write_bytes(bytes(data))
    done, _ = newest_checkpoint(RunFolder(path))
    assert done == 2


def test_without_any_checkpoint_a_run_starts_again(tmp_path: Path) -> None:
    path = tmp_path / "run"
    written(path, 2)
    for checkpoint in (path / "checkpoints").iterdir():
        checkpoint.write_bytes(b"")
    writer, done, state = RunWriter.reopen(RunFolder(path))
    with writer:
        assert (done, state, writer.info.digest) == (0, None, "")
        assert names(path, "events") == []
        assert len(RunFolder(path).measures()) in {0, 2}  # run.json on disk still says 2 until the next commit
        commit(writer, 0)
    assert RunFolder(path).measures()["tick"].tolist() == [0]


def test_temporary_files_and_segments_beyond_the_checkpoint_go(tmp_path: Path) -> None:
    path = tmp_path / "run"
    written(path, 2)
    for kind, suffix in (("events", "parquet"), ("items", "parquet"), ("snapshots", "npz"), ("checkpoints", "npz")):
        (path / kind / f"000001.{suffix}.tmp").write_bytes(b"half")
        (path / kind / f"000002.{suffix}.tmp").write_bytes(b"half")
    (path / "events" / "000002.parquet").write_bytes(b"whatever")
    (path / "items" / "000007.parquet").write_bytes(b"whatever")
    (path / "events" / "notes").write_text("not ours", "utf-8")
    RunWriter.reopen(RunFolder(path))[0].__exit__(None, None, None)
    assert not list(path.rglob("*.tmp"))
    assert [p.name for p in sorted((path / "events").iterdir())] == ["000000.parquet", "000001.parquet", "notes"]
    assert names(path, "items") == names(path, "checkpoints") == [0, 1]


def test_killed_between_checkpoint_and_run_json(tmp_path: Path) -> None:
    """The tick counts from the moment its checkpoint is in place, whatever run.json says."""
    path = tmp_path / "run"
    written(path, 2)
    before = (path / "run.json").read_bytes()
    writer, _, _ = RunWriter.reopen(RunFolder(path))
    with writer:
        commit(writer, 2)
    (path / "run.json").write_bytes(before)
    writer, done, _ = RunWriter.reopen(RunFolder(path))
    with writer:
        assert done == 3
        commit(writer, 3)
    assert RunFolder(path).info.digest == written(tmp_path / "whole", 4).info.digest
    assert RunFolder(path).measures()["tick"].tolist() == [0, 1, 2, 3]


def test_only_one_process_writes(tmp_path: Path) -> None:
    path = tmp_path / "run"
    with RunWriter.create(path, info(), AGENTS) as writer:
        commit(writer, 0)
        with pytest.raises(RunFolderError, match=r"run is being written by another process\.$"):
            RunWriter.reopen(RunFolder(path))
        assert names(path, "events") == [0]
    RunWriter.reopen(RunFolder(path))[0].__exit__(None, None, None)


def test_the_lock_of_another_process_is_respected(tmp_path: Path) -> None:
    path = tmp_path / "run"
    written(path, 1)
    code = (
        "import fcntl, sys; handle = open(sys.argv[1], 'a'); fcntl.flock(handle, fcntl.LOCK_EX); "
        "print('held', flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-c", code, str(path / "lock")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(RunFolderError, match="is being written by another process"):
            RunWriter.reopen(RunFolder(path))
        holder.kill()
    RunWriter.reopen(RunFolder(path))[0].__exit__(None, None, None)


def test_a_fork_reads_its_parents_ticks_and_goes_on_from_its_checkpoint(tmp_path: Path) -> None:
    parent = written(tmp_path / "parent", 6)
    at = 4
    digest = dict(parent.digests())[at - 1]
    with RunWriter.create(
        tmp_path / "fork", info(parent=Parent(path="../parent", at=at, digest=digest)), AGENTS
    ) as writer:
        writer.info.ticks_done, writer.info.digest = at, digest
        writer.save_info()
    done, state = newest_checkpoint(RunFolder(tmp_path / "fork"))
    assert done == 4  # the parent keeps tick 3, 4 and 5; those from 4 on are not the fork's
    assert state is not None
    assert int(state["tick"]) == 3
    writer, done, _ = RunWriter.reopen(RunFolder(tmp_path / "fork"))
    with writer:
        assert done == writer.info.ticks_done == at
        commit(writer, 4)
    fork = RunFolder(tmp_path / "fork")
    assert names(fork.path, "events") == [4]
    assert fork.info.digest == dict(parent.digests())[4] == fork.digest()
    assert fork.measures()["tick"].tolist() == [0, 1, 2, 3, 4]
    assert names(parent.path, "events") == [0, 1, 2, 3, 4, 5]


def test_log_lines_are_added(tmp_path: Path) -> None:
    with RunWriter.create(tmp_path / "run", info(), AGENTS) as writer:
        writer.log("one\n")
        writer.log("two")
    assert (tmp_path / "run" / "log.txt").read_text("utf-8") == "one\ntwo\n"


FULL = """
import resource, signal, sys
from pathlib import Path
from townsquare.protocols import DiskFull
from townsquare.runs import run

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
def tighten(done, of):
    if done == 3:
        resource.setrlimit(resource.RLIMIT_FSIZE, (6000, resource.RLIM_INFINITY))
town = {"users.count": 30, "creators.count": 4, "creators.articles": 2, "slate.length": 8, "clicks": 3, "ticks": 5}
try:
    run("news", set=town | {"recommender.name": "popular"}, out=sys.argv[1], workers=1, progress=tighten)
except DiskFull as error:
    print(error)
    sys.exit(9)
"""


@pytest.mark.skipif(not hasattr(signal, "SIGXFSZ"), reason="no limit on file sizes here")
def test_a_full_disk_keeps_every_finished_tick_and_the_run_can_go_on(tmp_path: Path) -> None:
    path = tmp_path / "run"
    env = os.environ | {"OPENBLAS_NUM_THREADS": "1"}
    out = subprocess.run([sys.executable, "-c", FULL, str(path)], capture_output=True, text=True, env=env, check=False)
    assert out.returncode == 9, out.stderr
    assert "no room left on the disk for" in out.stdout
    stopped = RunFolder(path)
    assert stopped.info.ticks_done == 3
    assert stopped.info.status == "stopped: disk full"
    assert stopped.digest() == stopped.info.digest
    from townsquare.runs import open_run, run

    town = {"users.count": 30, "creators.count": 4, "creators.articles": 2, "slate.length": 8, "clicks": 3, "ticks": 5}
    whole = run("news", set=town | {"recommender.name": "popular"}, out=tmp_path / "whole", workers=1)
    resumed = open_run(path).resume()
    assert resumed.info.status == "finished"
    assert resumed.info.digest == whole.info.digest == resumed.digest()


def test_disk_full_is_an_error_of_the_users(tmp_path: Path) -> None:
    """The same in this process, at a file that is larger than any allowed."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    with RunWriter.create(tmp_path / "run", info(), AGENTS) as writer:
        commit(writer, 0)
        try:
            resource.setrlimit(resource.RLIMIT_FSIZE, (4096, before[1]))
            with pytest.raises(DiskFull, match="free some space and resume the run"):
                commit(writer, 1)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)
            signal.signal(signal.SIGXFSZ, ignored)
    assert RunFolder(tmp_path / "run").info.ticks_done == 1
    writer, done, _ = RunWriter.reopen(RunFolder(tmp_path / "run"))
    with writer:
        assert done == 1


def test_tables_are_compressed_as_said(tmp_path: Path) -> None:
    written(tmp_path / "run", 1)
    meta = pq.read_metadata(tmp_path / "run" / "events" / "000000.parquet")
    assert meta.row_group(0).column(0).compression == "ZSTD"


def test_a_state_that_only_pickle_could_hold_is_refused_before_it_is_written(tmp_path: Path) -> None:
    with RunWriter.create(tmp_path / "run", info(), AGENTS) as writer:
        commit(writer, 0)
        measures = pd.DataFrame({"tick": [1], "measure": ["m"], "group": [""], "value": [0.5]})
        state = {"odd": np.array([object()])}
        with pytest.raises(ValueError, match="allow_pickle"):
            writer.commit(1, events_of(1), items_of(1), measures, state, snapshot=None, seconds=1.0, memory=1)
    assert names(tmp_path / "run", "checkpoints") == [0]
    assert RunFolder(tmp_path / "run").info.ticks_done == 1


def test_a_folder_that_cannot_be_reopened_is_not_left_locked(tmp_path: Path) -> None:
    folder = written(tmp_path / "run", 2)
    whole = (folder.path / "measures.parquet").read_bytes()
    tear(folder.path / "measures.parquet", 0.5)
    with pytest.raises(RunFolderError, match="torn") as kept:
        RunWriter.reopen(folder)
    (folder.path / "measures.parquet").write_bytes(whole)
    writer, done, _ = RunWriter.reopen(folder)  # while the error, and all its frames, are still held
    with writer:
        assert done == 2
    del kept
